// Entry of the compare panel: turns user input into actions and messages, and requests test predictions when a pair needs them.
// Absent: drawing (the elements beside it), the meaning of messages (state.ts).
import '../page/withoutEval.ts';

import { type ComparePanelState, compareProtocol, type FromComparePanel } from '../../shared/messages/compare.ts';
import { editorHost } from '../page/host.ts';
import { startPanel } from '../page/panelLoop.ts';
import { actEvent, sendEvent } from '../page/tell.ts';
import type { ComparePanel } from './comparePanel.ts';
import { defineElements } from './define.ts';
import {
  type CompareAction,
  type CompareState,
  initialCompareState,
  keptState,
  reduceCompare,
  wantedPredictions,
} from './state.ts';

function start(): void {
  defineElements();
  const host = editorHost(compareProtocol);
  const panel = document.createElement('sh-compare-panel') as ComparePanel;
  const { dispatch } = startPanel({
    host,
    panel,
    initial: initialCompareState(host.restore() ?? null),
    reduce: (state: CompareState, action: CompareAction) => reduceCompare(state, action),
    kept,
    follow(state) {
      const [runId] = wantedPredictions(state);
      if (runId === undefined) return;
      host.send({ type: 'testPredictionsWanted', runId });
      dispatch({ type: 'predictionsAsked', runId });
    },
  });
  panel.addEventListener(actEvent, (event) => dispatch((event as CustomEvent<CompareAction>).detail));
  panel.addEventListener(sendEvent, (event) => host.send((event as CustomEvent<FromComparePanel>).detail));
}

function kept(before: CompareState, after: CompareState): ComparePanelState | undefined {
  const fields = ['runIds', 'curve', 'logScale', 'hidden', 'pickedPair'] as const;
  const same = before.runs !== null && fields.every((field) => before[field] === after[field]);
  return same ? undefined : keptState(after);
}

start();
