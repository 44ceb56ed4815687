import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noLabels } from '../../../../shared/contracts/labels.ts';
import type { Run } from '../../../../src/runs/runs.ts';
import { type ArrangedTree, arrangedTree, changedIds } from '../../../../src/runs/tree/arrangedTree.ts';
import { type Arrangement, plainArrangement } from '../../../../src/runs/tree/arrangement.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { rowContext, runOf } from '../../support/runs.ts';

const xray = chestXrayRun();
const animals = animalsRun();
const first = runOf(xray.runId, xray.events);
const second = runOf(animals.runId, animals.events);
const running = runOf('20261124-080000-chest-xray-resnet50-0001', upToEpoch(xray.events, 2));

const treeOf = (runs: readonly Run[], change: Partial<Arrangement> = {}): ArrangedTree =>
  arrangedTree(runs, { ...plainArrangement, ...change }, rowContext);

test('arrangedTree() shows no message while all rows are in the usual order', () => {
  const { groups, description, message } = treeOf([first, second]);
  assert.deepEqual([groups, description, message], [null, '', null]);
});

test('arrangedTree() reports filter and order, and running runs that are hidden', () => {
  const starred = { ...first, labels: { ...noLabels, starred: true } };
  const tree = treeOf([starred, second, running], {
    starredOnly: true,
    states: ['finished', 'failed'],
    text: ' xray ',
    sortBy: 'test AUROC',
  });
  assert.equal(tree.description, '1 of 3 · test AUROC ↓');
  assert.equal(tree.message, '1 of 3 runs: starred, Finished / Failed, "xray". Active, but not shown: 1.');
});

test('arrangedTree() defers to the welcome text when no row is left', () => {
  assert.equal(treeOf([first], { text: 'nothing' }).message, null);
  assert.equal(treeOf([first], { text: 'nothing' }).description, '0 of 1');
});

test('arrangedTree() labels groups with name and count, and distinguishes two datasets of one name', () => {
  const elsewhere = { ...second, state: { ...first.state, dataset: '/mnt/b/chest_xray' } };
  const { groups } = treeOf([first, elsewhere], { groupBy: 'dataset' });
  assert.deepEqual(
    groups?.map(({ label, description, rows }) => [label, description, rows.length]),
    [
      ['chest_xray', '1 · /home/ada/data/chest_xray', 1],
      ['chest_xray', '1 · /mnt/b/chest_xray', 1],
    ],
  );
  assert.deepEqual(
    treeOf([first, running], { groupBy: 'state' }).groups?.map(({ label, description }) => [label, description]),
    [
      ['Running', '1'],
      ['Finished', '1'],
    ],
  );
});

test('changedIds() lists the rows whose text changed, and all when rows came, went or moved', () => {
  const before = treeOf([first, second]);
  assert.deepEqual(changedIds(before, treeOf([{ ...first }, { ...second }])), []);
  const starred = { ...second, labels: { ...noLabels, starred: true } };
  assert.deepEqual(changedIds(before, treeOf([first, starred])), [second.id]);
  assert.equal(changedIds(before, treeOf([first, second], { descending: false })), 'all');
  assert.equal(changedIds(before, treeOf([first])), 'all');
  assert.equal(changedIds(before, treeOf([first, second, running])), 'all');
  assert.equal(changedIds(before, treeOf([first, second], { groupBy: 'state' })), 'all');
});

test('changedIds() refreshes one heading when rows joined it, and one row when only that changed', () => {
  const before = treeOf([first, second, running], { groupBy: 'dataset' });
  const more = runOf('20261125-080000-animals-resnet18-0001', animals.events);
  const group = before.groups!.find(({ label }) => label === 'animals')!;
  assert.deepEqual(changedIds(before, treeOf([first, second, running, more], { groupBy: 'dataset' })), [group.id]);
  const named = { ...first, labels: { ...noLabels, name: 'Warm start' } };
  assert.deepEqual(changedIds(before, treeOf([named, second, running], { groupBy: 'dataset' })), [first.id]);
  assert.equal(changedIds(before, treeOf([first, running], { groupBy: 'dataset' })), 'all');
});
