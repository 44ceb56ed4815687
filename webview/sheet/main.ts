// Entry of the contact sheet: turns user input into actions and messages, and requests thumbnails as tiles approach the view.
// Absent: drawing (the elements beside it), the meaning of messages (state.ts).
import '../page/withoutEval.ts';

import { type FromSheetPanel, mostWanted, type SheetPanelState, sheetProtocol } from '../../shared/messages/sheet.ts';
import { editorHost } from '../page/host.ts';
import { startPanel } from '../page/panelLoop.ts';
import { actEvent, sendEvent } from '../page/tell.ts';
import { wantEvent } from './act.ts';
import { defineElements } from './define.ts';
import type { SheetPanel } from './sheetPanel.ts';
import {
  groupKey,
  initialSheetState,
  keptSheet,
  reduceSheet,
  type SheetAction,
  type SheetState,
  wantedSamples,
} from './state.ts';

function start(): void {
  defineElements();
  const host = editorHost(sheetProtocol);
  const panel = document.createElement('sh-sheet-panel') as SheetPanel;
  const { dispatch } = startPanel({
    host,
    panel,
    initial: initialSheetState(host.restore() ?? null),
    reduce: (state: SheetState, action: SheetAction) => reduceSheet(state, action),
    kept,
    follow(state) {
      const [wanted] = wantedSamples(state);
      if (wanted === undefined || state.sync !== 'live') return;
      const { group, count } = wanted;
      host.send({ type: 'moreWanted', split: group.split, className: group.className, count });
      dispatch({ type: 'moreAsked', key: groupKey(group), count });
    },
  });
  panel.addEventListener(actEvent, (event) => dispatch((event as CustomEvent<SheetAction>).detail));
  panel.addEventListener(sendEvent, (event) => host.send((event as CustomEvent<FromSheetPanel>).detail));
  // Tiles of many groups come into view in one frame, so their requests share one message.
  let wished = new Set<string>();
  panel.addEventListener(wantEvent, (event) => {
    if (wished.size === 0)
      requestAnimationFrame(() => {
        const relativePaths = [...wished];
        wished = new Set();
        dispatch({ type: 'thumbnailsAsked', relativePaths });
        for (let from = 0; from < relativePaths.length; from += mostWanted)
          host.send({ type: 'thumbnailsWanted', relativePaths: relativePaths.slice(from, from + mostWanted) });
      });
    for (const path of (event as CustomEvent<readonly string[]>).detail) wished.add(path);
  });
}

function kept(before: SheetState, after: SheetState): SheetPanelState | undefined {
  const fields = ['dataset', 'seed', 'split', 'className', 'markedOnly'] as const;
  const same = before.card !== null && fields.every((field) => before[field] === after[field]);
  return same ? undefined : keptSheet(after);
}

start();
