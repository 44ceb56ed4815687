// Entry of the run panel: what a person does in it becomes an action or a message. Absent: what is drawn (components/), what the
// messages mean (state.ts), when it is drawn (panelLoop.ts).
import './withoutEval.ts';

import { defineElements } from './components/define.ts';
import type { RunPanel } from './components/runPanel.ts';
import { type PanelState, runProtocol } from './contract.ts';
import { editorHost } from './host.ts';
import { startPanel } from './panelLoop.ts';
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
  });
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
}

const kept = (before: ViewState, { run, threshold }: ViewState): PanelState | undefined =>
  run !== null && (threshold !== before.threshold || run.runId !== before.run?.runId)
    ? { runId: run.runId, threshold }
    : undefined;

start();
