import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CheckRecord, summaryOf } from '../../../../src/datasets/checks/checkRecord.ts';
import type { DatasetCounts } from '../../../../src/datasets/index/datasetCounts.ts';
import { withoutSplits } from '../../../../src/datasets/index/datasetFolders.ts';
import type { DatasetEntry } from '../../../../src/datasets/index/datasetIndex.ts';
import { type DatasetRow, datasetTree } from '../../../../src/datasets/tree/datasetTree.ts';
import { chestXrayRun } from '../../../webview/support/transcripts.ts';
import { rowContext, runOf } from '../../support/runs.ts';

const context = {
  ...rowContext,
  name: (folder: string) => folder.split('/').at(-1)!,
  place: (folder: string) => folder,
};

const counts: DatasetCounts = {
  classNames: ['NORMAL', 'PNEUMONIA'],
  splits: [
    { split: 'train', counts: [1000, 3000] },
    { split: 'val', counts: [40, null] },
  ],
  complete: true,
  sameFolders: [],
  namedLikeSplits: [],
  innerFolders: null,
};
const entry: DatasetEntry = { folder: '/data/chest_xray', counts, check: null, isChecking: false };

const recordOf = (over: Partial<CheckRecord> = {}): CheckRecord => ({
  version: 1,
  dataset: '/data/chest_xray',
  checkedAt: new Date(2026, 10, 23, 9, 5).toISOString(),
  recipe: 'chest-xray',
  counts,
  result: {
    folder: '/data/chest_xray',
    classNames: ['NORMAL', 'PNEUMONIA'],
    counts: { train: [1000, 3000], val: [40, 0], test: [0, 0] },
    splitOrigin: 'given',
    fingerprint: 'f',
    imageSizes: { smallest: size(8), median: size(9), largest: size(10), distinct: 3 },
    findings: [
      { kind: 'corrupt', relativePath: 'train/NORMAL/1.jpg', reason: 'the file is empty' },
      {
        kind: 'duplicate',
        relativePaths: ['train/NORMAL/2.jpg', 'val/NORMAL/2.jpg'],
        splits: ['train', 'val'],
        classNames: ['NORMAL'],
      },
      { kind: 'groupOverlap', group: 'person1', splits: ['train', 'val'], imageCount: 4 },
      { kind: 'identifyingMarks', mark: 'patientNumber', imageCount: 2, examples: ['MRN •••'] },
      { kind: 'note', text: 'Unbalanced' },
    ],
    report: 'the report',
  },
  ...over,
});

function size(side: number) {
  return { width: side, height: side };
}

const only = (entries: readonly DatasetEntry[], runs = datasetRuns(0)): DatasetRow =>
  datasetTree(entries, runs, context)[0]!;

function datasetRuns(count: number) {
  const { events } = chestXrayRun();
  const moved = events.map((event) => (event.type === 'started' ? { ...event, dataset: '/data/chest_xray/' } : event));
  return Array.from({ length: count }, (_, i) => runOf(`20261123-09150${i}-chest-xray-resnet50-1a2b`, moved));
}

const textOf = ({ label, description }: DatasetRow) => [label, description].filter((part) => part !== '').join(' | ');

test('datasetTree() shows images, classes and layout, then warnings, splits and their classes', () => {
  const row = only([entry]);
  assert.equal(textOf(row), 'chest_xray | 4,040 images · 2 classes · train+val');
  assert.equal(row.contextValue, 'dataset');
  assert.equal(row.icon.id, 'warning');
  assert.deepEqual(row.children.map(textOf), [
    'Class "PNEUMONIA" is missing from val.',
    'train | 4,000 images',
    'val | 40 images',
  ]);
  assert.deepEqual(row.children[1]!.children.map(textOf), [
    'NORMAL | 1,000 images · 25 %',
    'PNEUMONIA | 3,000 images · 75 %',
  ]);
  assert.deepEqual(row.children[2]!.children.map(textOf), ['NORMAL | 40 images · 100 %', 'PNEUMONIA | missing']);
  assert.deepEqual(row.children[1]!.children[0]!.opens, { type: 'sheet', split: 'train', className: 'NORMAL' });
  assert.match(row.accessibilityLabel, /1 warnings?$/);
});

test('a flat dataset shows its classes directly, and a dataset being counted says so', () => {
  const flat = { ...counts, splits: [{ split: null, counts: [400, 300] }] };
  const row = only([{ ...entry, counts: flat }]);
  assert.equal(textOf(row), 'chest_xray | 700 images · 2 classes · flat');
  assert.deepEqual(row.children.map(textOf), ['NORMAL | 400 images · 57 %', 'PNEUMONIA | 300 images · 43 %']);
  const counting = only([{ ...entry, counts: null }]);
  assert.equal(textOf(counting), 'chest_xray | Counting');
  assert.deepEqual(counting.children, []);
  assert.equal(
    textOf(only([{ ...entry, counts: { ...flat, complete: false } }])),
    'chest_xray | more than 700 images · 2 classes · flat',
  );
});

test('the row shows the last check with its time, and calls it outdated when the counts differ', () => {
  const check = summaryOf(recordOf());
  const row = only([{ ...entry, check }]);
  assert.match(row.description, / · check found 4$/);
  const [, checked] = row.children;
  assert.equal(textOf(checked!), 'Checked 09:05 | 1 unusable, 2 in several splits, may identify a person');
  assert.deepEqual(checked!.opens, { type: 'report' });
  const old = only([{ ...entry, check: summaryOf(recordOf({ counts: { ...counts, splits: [] } })) }]);
  assert.match(old.description, / · changed since the check$/);
  assert.match(textOf(old.children[1]!), / · changed since$/);
  const clean = recordOf();
  const found = only([{ ...entry, check: summaryOf({ ...clean, result: { ...clean.result, findings: [] } }) }]);
  assert.match(found.description, / · checked$/);
  assert.match(only([{ ...entry, isChecking: true }]).description, / · checking$/);
});

test('runs on a dataset appear below its row and open from there', () => {
  const row = only([entry], datasetRuns(2));
  const used = row.children.at(-1)!;
  assert.equal(used.label, 'Used by 2 runs');
  assert.match(textOf(used.children[0]!), /^chest-xray \(resnet50\) \| (test )?AUROC 0\.\d{3} · /);
  assert.equal(used.children[0]!.opens?.type, 'run');
  assert.equal(
    only([{ ...entry, folder: '/data/chest' }], datasetRuns(2)).children.some(
      ({ contextValue }) => contextValue === 'runs',
    ),
    false,
  );
});

test('the tooltip is a table, and class names cannot become Markdown', () => {
  const odd = { ...counts, classNames: ['a|b', '[x](command:y)'] };
  const { tooltip } = only([{ ...entry, counts: odd }]);
  assert.match(tooltip, /\| class \| train \| val \| all \|/);
  assert.match(tooltip, /\| a\\\|b \| 1000 \| 40 \| 1040 \|/);
  assert.doesNotMatch(tooltip, /\[x\]\(/);
});

test('withoutSplits() removes the split folders of a dataset, but not a folder that only has such a name', () => {
  const folders = ['/w/s', '/w/s/train', '/w/s/Test', '/w/s/val_2', '/w/train', '/w/s/test_flowers'];
  assert.deepEqual(withoutSplits({ folders, splits: ['/w/s/val_2'] }), ['/w/s', '/w/train', '/w/s/test_flowers']);
});
