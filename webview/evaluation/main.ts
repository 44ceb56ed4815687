// Entry of the evaluation panel: turns user input into actions and messages. Absent: drawing (the elements beside it), the meaning of
// messages (state.ts), the moment of drawing (page/panelLoop.ts).
import '../page/withoutEval.ts';

import {
  type EvaluationPanelState,
  evaluationProtocol,
  type FromEvaluationPanel,
} from '../../shared/messages/evaluation.ts';
import { editorHost } from '../page/host.ts';
import { startPanel } from '../page/panelLoop.ts';
import { actEvent, sendEvent } from '../page/tell.ts';
import { defineElements } from './define.ts';
import type { EvaluationPanel } from './evaluationPanel.ts';
import {
  type EvaluationAction,
  type EvaluationState,
  initialEvaluationState,
  keptState,
  reduceEvaluation,
} from './state.ts';

function start(): void {
  defineElements();
  const host = editorHost(evaluationProtocol);
  const panel = document.createElement('sh-evaluation-panel') as EvaluationPanel;
  const { dispatch } = startPanel({
    host,
    panel,
    initial: initialEvaluationState(host.restore() ?? null),
    reduce: (state: EvaluationState, action: EvaluationAction) => reduceEvaluation(state, action),
    kept,
  });
  panel.addEventListener(actEvent, (event) => dispatch((event as CustomEvent<EvaluationAction>).detail));
  panel.addEventListener(sendEvent, (event) => host.send((event as CustomEvent<FromEvaluationPanel>).detail));
}

function kept(before: EvaluationState, after: EvaluationState): EvaluationPanelState | undefined {
  const fields = ['preset', 'calibrated', 'prevalence', 'matrixShare', 'pick', 'pickedClass'] as const;
  const isNew = before.snapshot === null && after.snapshot !== null;
  return isNew || fields.some((field) => before[field] !== after[field]) ? keptState(after) : undefined;
}

start();
