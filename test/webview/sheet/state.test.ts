import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheetPanelState } from '../../../shared/messages/sheet.ts';
import {
  filteredGroups,
  groupKey,
  initialSheetState,
  keptSheet,
  reduceSheet,
  type SheetAction,
  wantedSamples,
} from '../../../webview/sheet/state.ts';
import { card, pathOf, snapshot, thumbnailsFor } from '../support/sheets.ts';

const after = (...actions: SheetAction[]) => actions.reduce(reduceSheet, initialSheetState());
const path = pathOf('train', 'NORMAL', 0);

test('a snapshot activates the panel, keeps loaded thumbnails and requests them again', () => {
  const state = after(
    snapshot(),
    { type: 'thumbnailsAsked', relativePaths: [path] },
    thumbnailsFor([path]),
    { type: 'snapshotWanted' },
    snapshot(),
  );
  assert.equal(state.sync, 'live');
  assert.equal(state.asked.size, 0);
  assert.equal(state.thumbnails.get(path)?.reason, null, 'still shown until the new answer');
});

test('a longer sample is requested once, accepted only for the same seed, and dropped for another', () => {
  const longer: SheetAction = { type: 'moreShown', key: 'train/NORMAL', count: 120 };
  const wanting = after(snapshot(), longer);
  assert.deepEqual(
    wantedSamples(wanting).map(({ group, count }) => [groupKey(group), count]),
    [['train/NORMAL', 120]],
  );
  const asked = reduceSheet(wanting, { type: 'moreAsked', key: 'train/NORMAL', count: 120 });
  assert.deepEqual(wantedSamples(asked), []);
  assert.equal(wantedSamples(reduceSheet(asked, snapshot())).length, 1, 'the snapshot is short again');
  assert.deepEqual(wantedSamples(reduceSheet(asked, snapshot({ seed: 2 }))), []);
  const all: SheetAction = { type: 'moreShown', key: 'val/NORMAL', count: 120 };
  assert.deepEqual(wantedSamples(after(snapshot(), all)), [], 'there are no more than are shown');
});

test('a filter for a removed split or class shows everything', () => {
  const restored = { dataset: '/d', seed: 1, split: 'val', className: 'GONE', markedOnly: false } as const;
  const state = reduceSheet(initialSheetState(restored), snapshot());
  assert.deepEqual([state.split, state.className], ['val', null]);
  const flat = reduceSheet(state, snapshot({ card: { ...card, splits: [{ split: null, counts: [1, 1] }] } }));
  assert.equal(flat.split, null);
});

test('filteredGroups() combines split, class and flags', () => {
  const keys = (...actions: SheetAction[]) => filteredGroups(after(snapshot(), ...actions)).map(groupKey);
  assert.equal(keys().length, 6);
  assert.deepEqual(keys({ type: 'classPicked', className: 'NORMAL' }), ['train/NORMAL', 'val/NORMAL', 'test/NORMAL']);
  assert.deepEqual(keys({ type: 'markedOnlySet', on: true }), ['train/NORMAL', 'train/PNEUMONIA', 'test/PNEUMONIA']);
  assert.deepEqual(keys({ type: 'markedOnlySet', on: true }, { type: 'splitPicked', split: 'val' }), []);
  assert.deepEqual(keys({ type: 'markedOnlySet', on: true }, { type: 'show', split: 'val', className: 'NORMAL' }), [
    'val/NORMAL',
  ]);
});

test('stored state can be restored', () => {
  assert.equal(keptSheet(initialSheetState()), undefined);
  const kept = keptSheet(after(snapshot(), { type: 'splitPicked', split: 'test' }));
  assert.deepEqual(SheetPanelState.parse(kept), kept);
  assert.deepEqual(reduceSheet(initialSheetState(SheetPanelState.parse(kept)), snapshot()).split, 'test');
});
