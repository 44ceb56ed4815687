// Entry of the Grad-CAM panel: turns user input into actions and messages, and requests what the state lacks.
// Absent: drawing (the elements beside it), the meaning of messages (state.ts).
import '../page/withoutEval.ts';

import {
  type ExplanationPanelState,
  explanationProtocol,
  type FromExplanationPanel,
} from '../../shared/messages/explanation.ts';
import { editorHost } from '../page/host.ts';
import { startPanel } from '../page/panelLoop.ts';
import { actEvent, sendEvent } from '../page/tell.ts';
import { pictureEvent } from './act.ts';
import { defineElements } from './define.ts';
import type { ExplanationPanel } from './explanationPanel.ts';
import {
  type ExplanationAction,
  type ExplanationViewState,
  initialExplanationState,
  keptExplanation,
  nextStep,
  reduceExplanation,
} from './state.ts';

function start(): void {
  defineElements();
  const host = editorHost(explanationProtocol);
  const panel = document.createElement('sh-explanation-panel') as ExplanationPanel;
  let newest = initialExplanationState(host.restore() ?? null);
  const { dispatch } = startPanel({
    host,
    panel,
    initial: newest,
    reduce: (state: ExplanationViewState, action: ExplanationAction) => reduceExplanation(state, action),
    kept,
    follow(state) {
      newest = state;
      const step = nextStep(state);
      if (step === null) return;
      if (step.type === 'stop') {
        host.send({ type: 'stop' });
        return dispatch({ type: 'requestDropped' });
      }
      const { paths, check } = step;
      host.send({ type: 'explain', id: state.lastId + 1, question: state.question, paths: [...paths], check });
      dispatch({ type: 'requested', paths, check });
    },
  });
  panel.addEventListener(actEvent, (event) => {
    const action = (event as CustomEvent<ExplanationAction>).detail;
    if (action.type === 'stopped') host.send({ type: 'stop' });
    dispatch(action);
  });
  panel.addEventListener(sendEvent, (event) => host.send((event as CustomEvent<FromExplanationPanel>).detail));
  panel.addEventListener(pictureEvent, (event) => {
    const path = (event as CustomEvent<string>).detail;
    if (newest.pictures.has(path)) return;
    dispatch({ type: 'pictureAsked', path });
    host.send({ type: 'pictureWanted', path });
  });
}

function kept(before: ExplanationViewState, after: ExplanationViewState): ExplanationPanelState | undefined {
  const fields = ['snapshot', 'question', 'look', 'shown'] as const;
  return fields.every((field) => before[field] === after[field]) ? undefined : keptExplanation(after);
}

start();
