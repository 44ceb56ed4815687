import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatasetCounts } from '../../../../src/datasets/index/datasetCounts.ts';
import { DatasetIndex, mostDatasets } from '../../../../src/datasets/index/datasetIndex.ts';

const counts: DatasetCounts = {
  classNames: ['a'],
  splits: [{ split: null, counts: [1] }],
  complete: true,
  sameFolders: [],
  namedLikeSplits: [],
  innerFolders: null,
};

function made() {
  const counted: string[] = [];
  let told = 0;
  let atOnce = 0;
  const index = new DatasetIndex({
    async count(folder) {
      assert.equal(++atOnce, 1, 'one at a time');
      counted.push(folder);
      await nextTurn();
      atOnce--;
      return counts;
    },
    checks: { summary: async () => null, isRunning: () => false, onDidChange: () => ({ dispose() {} }) },
    onError: (error) => assert.fail(String(error)),
  });
  index.onDidChange(() => told++);
  const settled = async () => {
    for (let i = 0; i < 50; i++) await nextTurn();
  };
  return { index, counted, settled, told: () => told };
}

const scan = (folders: string[], touched: string[] | 'all' = 'all', complete = true) => ({
  folders,
  touched,
  splits: [],
  complete,
});

test('datasets are counted only once a view is open, one at a time', async () => {
  const { index, counted, settled } = made();
  index.scanned(scan(['/w/a', '/w/b', '/w/b/train']));
  await settled();
  assert.deepEqual(counted, []);
  assert.deepEqual(
    index.datasets.map(({ folder, counts: own }) => [folder, own]),
    [
      ['/w/a', null],
      ['/w/b', null],
    ],
  );
  index.watch(true);
  await settled();
  assert.deepEqual(counted, ['/w/a', '/w/b']);
  assert.equal(index.datasets[1]!.counts, counts);
});

test('only datasets near added or removed files are counted again', async () => {
  const { index, counted, settled } = made();
  index.watch(true);
  index.scanned(scan(['/w/a', '/w/ab', '/w/c']));
  await settled();
  counted.length = 0;
  index.scanned(scan(['/w/a', '/w/ab', '/w/c', '/w/d'], ['/w/a/cat/1.jpg']));
  await settled();
  assert.deepEqual(counted, ['/w/a', '/w/d']);
  counted.length = 0;
  index.scanned(scan(['/w/a', '/w/ab', '/w/c'], ['/w']));
  await settled();
  assert.deepEqual(counted.sort(), ['/w/a', '/w/ab', '/w/c']);
  index.scanned(scan(['/w/c'], ['/w/a']));
  assert.deepEqual(
    index.datasets.map(({ folder }) => folder),
    ['/w/c'],
  );
});

test('a workspace with too many datasets shows some of them, and reports that it does', () => {
  const { index } = made();
  index.scanned(scan(Array.from({ length: mostDatasets + 1 }, (_, i) => `/w/${i}`)));
  assert.equal(index.datasets.length, mostDatasets);
  assert.equal(index.complete, false);
  index.scanned(scan(['/w/1'], 'all', false));
  assert.equal(index.complete, false);
  index.scanned(scan(['/w/1']));
  assert.equal(index.complete, true);
});
