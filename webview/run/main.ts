// Entry of the run panel: turns user input into actions and messages. Absent: drawing (the elements beside it), the meaning of
// messages (state.ts), the moment of drawing (page/panelLoop.ts).
import '../page/withoutEval.ts';
import type { AskedThreshold } from '../../shared/contracts/scores.ts';
import { type CurveLook, type FromPanel, type PanelState, runProtocol } from '../../shared/messages/run.ts';
import { editorHost } from '../page/host.ts';
import { startPanel } from '../page/panelLoop.ts';
import { defineElements } from './define.ts';
import { wanted } from './predictionHistory.ts';
import type { RunPanel } from './runPanel.ts';
import { type Action, initialViewState, reduce, type ViewState } from './state.ts';

function start(): void {
  defineElements();
  const host = editorHost(runProtocol);
  const panel = document.createElement('sh-run-panel') as RunPanel;
  const { dispatch } = startPanel({
    host,
    panel,
    initial: initialViewState(host.restore() ?? null),
    reduce: (state: ViewState, action: Action) => reduce(state, action),
    kept,
    follow: predictionReader((epoch) => host.send({ type: 'predictionsWanted', epoch })),
  });
  const on = <T>(event: string, act: (detail: T) => void): void =>
    panel.addEventListener(event, (told) => act((told as CustomEvent<T>).detail));
  on('sh-ask', (message: FromPanel) => {
    host.send(message);
    if (message.type === 'stop') dispatch({ type: 'stopRequested' });
  });
  on('sh-threshold', (asked: AskedThreshold) => dispatch({ type: 'thresholdMoved', asked }));
  on('sh-class', (label: number) => dispatch({ type: 'classPicked', label }));
  on('sh-epoch', (epoch: number | null) => dispatch({ type: 'epochPicked', epoch }));
  on('sh-look', (look: CurveLook) => dispatch({ type: 'lookChanged', look }));
}

/** Requests missing epochs one at a time, because a slider passes epochs faster than files are read. */
function predictionReader(ask: (epoch: number) => void): (state: ViewState) => void {
  let answered = -1;
  return ({ sync, history }) => {
    const epoch = wanted(history);
    if (sync !== 'live' || epoch === null || answered === history.answers) return;
    answered = history.answers;
    ask(epoch);
  };
}

function kept(before: ViewState, after: ViewState): PanelState | undefined {
  const { run, threshold, pickedClass, look } = after;
  const isOld =
    before.run?.runId === run?.runId &&
    before.threshold === threshold &&
    before.pickedClass === pickedClass &&
    before.history.epoch === after.history.epoch &&
    before.look === look;
  return run === null || isOld
    ? undefined
    : { runId: run.runId, threshold, pickedClass, pickedEpoch: after.history.epoch, look };
}

start();
