// Entry of the run panel: joins host, state and page. Everything drawn goes through one ViewState, at most once a frame.
// Absent: what is drawn (components/), what the messages mean (state.ts).
import './withoutEval.ts';

import { defineElements } from './components/define.ts';
import type { RunPanel } from './components/runPanel.ts';
import { editorHost, type Host } from './host.ts';
import { type Action, initialViewState, reduce, type ViewState } from './state.ts';
import { useStrings } from './strings.ts';

/** A snapshot that does not come within this time is asked for again: messages to a hidden panel may be lost. */
const askAgainMs = 5000;

function start(host: Host, root: HTMLElement): void {
  defineElements();
  const panel = document.createElement('sh-run-panel') as RunPanel;
  let state = initialViewState(host.restore() ?? null);
  let drawIsDue = false;
  let askAgain: ReturnType<typeof setInterval> | undefined;

  const draw = (): void => {
    drawIsDue = false;
    panel.state = state;
  };
  const ask = (): void => {
    host.send({ type: 'ready' });
    askAgain ??= setInterval(() => host.send({ type: 'ready' }), askAgainMs);
  };
  const dispatch = (action: Action): void => {
    const before = state;
    state = reduce(state, action);
    if (state.strings !== before.strings) useStrings(state.strings);
    if (state.sync === 'live') {
      clearInterval(askAgain);
      askAgain = undefined;
    } else if (before.sync === 'live') ask();
    if (changesKept(before, state)) host.keep({ runId: state.run!.runId, threshold: state.threshold });
    if (!drawIsDue) requestAnimationFrame(draw);
    drawIsDue = true;
  };

  panel.addEventListener('sh-ask', (event) => {
    const { type } = (event as CustomEvent<{ type: 'stop' | 'openLog' | 'revealFolder' }>).detail;
    host.send({ type });
    if (type === 'stop') dispatch({ type: 'stopRequested' });
  });
  panel.addEventListener('sh-threshold', (event) =>
    dispatch({ type: 'thresholdMoved', threshold: (event as CustomEvent<number>).detail }),
  );
  panel.addEventListener('sh-class', (event) =>
    dispatch({ type: 'classPicked', label: (event as CustomEvent<number>).detail }),
  );
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') dispatch({ type: 'snapshotWanted' });
  });
  host.listen(dispatch, (reason) => {
    console.error(`A message of the editor was refused: ${reason}`);
    dispatch({ type: 'snapshotWanted' });
  });

  draw();
  root.append(panel);
  ask();
}

const changesKept = (before: ViewState, after: ViewState): boolean =>
  after.run !== null && (after.threshold !== before.threshold || after.run.runId !== before.run?.runId);

start(editorHost(), document.body);
