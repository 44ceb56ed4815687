// Entry of the evaluation panel: what a person does in it becomes an action or a message. Absent: what is drawn
// (components/evaluation/), what the messages mean (evaluationState.ts), when it is drawn (panelLoop.ts).
import './withoutEval.ts';

import { defineElements } from './components/evaluation/define.ts';
import type { EvaluationPanel } from './components/evaluation/evaluationPanel.ts';
import { actEvent, sendEvent } from './components/tell.ts';
import { type EvaluationPanelState, evaluationProtocol, type FromEvaluationPanel } from './evaluationContract.ts';
import {
  type EvaluationAction,
  type EvaluationState,
  initialEvaluationState,
  keptState,
  reduceEvaluation,
} from './evaluationState.ts';
import { editorHost } from './host.ts';
import { startPanel } from './panelLoop.ts';

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
