import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { indexFolder } from '../../../../runner/classification/classes/classFolders.ts';
import { compareCodePoints } from '../../../../shared/codePoints.ts';
import { splitNames } from '../../../../shared/contracts/splits.ts';
import {
  countsOf,
  type DatasetWarning,
  imageCount,
  imbalanceOf,
  layoutText,
  sameCounts,
  warningsOf,
} from '../../../../src/datasets/index/datasetCounts.ts';
import { scanForDatasets } from '../../../../src/datasets/index/datasetFolders.ts';
import { type ImageGroup, listImages } from '../../../../src/datasets/index/listImages.ts';
import { warningText } from '../../../../src/datasets/tree/datasetWords.ts';
import { english } from '../../../../src/words/translate.ts';
import { assertProperty } from '../../../support/property.ts';
import { temporaryFolder } from '../../support/runs.ts';

async function folderOf(t: TestContext, files: readonly string[]): Promise<string> {
  const root = await temporaryFolder(t);
  for (const file of files) {
    await mkdir(join(root, file.endsWith('/.') ? file : dirname(file)), { recursive: true });
    if (!file.endsWith('/.')) await writeFile(join(root, file), 'x');
  }
  return root;
}

const many = (folder: string, count: number) => Array.from({ length: count }, (_, i) => `${folder}/${i}.jpg`);

/** Counts by split and class; undefined: no such folder. */
function counted(sets: Readonly<Record<string, Readonly<Record<string, number>>>>) {
  const groups = Object.entries(sets).flatMap(([split, classes]) =>
    Object.entries(classes).map(([className, count]): ImageGroup => {
      const name = splitNames.find((one) => one === split) ?? null;
      return { split: name, className, relativePaths: many(name === null ? className : `${name}/${className}`, count) };
    }),
  );
  return countsOf({ groups, complete: true });
}

test('listImages() counts what the runner finds by names, in splits and deep folders, and ignores other files', async (t) => {
  const root = await folderOf(t, [
    ...many('Train/cat', 3),
    'Train/cat/deeper/4.PNG',
    ...many('Train/dog', 2),
    ...many('validation/cat', 1),
    ...many('validation/dog', 1),
    ...[
      'Train/cat/Thumbs.db',
      'Train/cat/notes.txt',
      'Train/dog/._0.jpg',
      'Train/.hidden/a.jpg',
      'extra/a.jpg',
      'b.jpg',
    ],
  ]);
  await symlink(join(root, 'Train/cat/0.jpg'), join(root, 'Train/cat/link.jpg')); // counted already where it points to
  const list = await listImages(root);
  const { index } = await indexFolder(root);
  assert.deepEqual(
    list.groups.flatMap(({ relativePaths }) => relativePaths).sort(),
    index.images.map(({ relativePath }) => relativePath).sort(),
  );
  assert.deepEqual(
    list.groups.map(({ split, className, relativePaths }) => [split, className, relativePaths.length]),
    [
      ['train', 'cat', 4],
      ['train', 'dog', 2],
      ['val', 'cat', 1],
      ['val', 'dog', 1],
    ],
  );
  assert.equal(list.complete, true);
});

test('listImages() and the runner agree about names of splits, system folders, and classes named like splits', async (t) => {
  const layouts = [
    ['Training/a/0.jpg', 'Training/b/0.jpg', 'Testing/a/0.jpg', 'Testing/b/0.jpg'],
    ['my-train/a/0.jpg', 'my-train/b/0.jpg', 'test_2/a/0.jpg', 'test_2/b/0.jpg', 'notes/a/0.jpg'],
    ['train/a/0.jpg', 'train/b/0.jpg', 'train_masks/a/0.jpg', 'Test images/a/0.jpg', 'Test images/b/0.jpg'],
    ['training/a/0.jpg', 'training/b/0.jpg', 'dev/a/0.jpg', 'dev/b/0.jpg', 'Evaluation/a/0.jpg', 'Evaluation/b/0.jpg'],
    [
      'bus/0.jpg',
      'training/0.jpg',
      'training/@eaDir/0.jpg/SYNOPHOTO_THUMB_M.jpg',
      'dev/0.jpg',
      '@eaDir/dev/0.jpg',
      '#recycle/a.jpg',
    ],
  ];
  for (const files of layouts) {
    const root = await folderOf(t, files);
    const { index } = await indexFolder(root);
    const { groups } = await listImages(root);
    assert.deepEqual(
      groups.flatMap(({ relativePaths }) => relativePaths).sort(),
      index.images.map(({ relativePath }) => relativePath).sort(),
    );
    assert.deepEqual([...new Set(groups.map(({ className }) => className))].sort(), index.classNames);
    const splits = splitNames.filter((split) => groups.some((group) => group.split === split));
    assert.deepEqual(splits, index.givenSplits);
  }
});

test('folders within class folders cause a warning when a split could or does divide them', async (t) => {
  const flat = await folderOf(t, ['a/p1/0.jpg', 'a/p1/1.jpg', 'a/p2/0.jpg', 'b/p3/0.jpg']);
  const counts = countsOf(await listImages(flat));
  assert.deepEqual(counts.innerFolders, { folderCount: 3, example: 'a/p1' });
  const texts = warningsOf(counts).map((warning) => warningText(warning, english));
  assert.match(texts.join('\n'), /^3 folders within the class folders \(for example a\/p1\): .*groups to "folder"/m);
  const given = ['train/a/p1/0.jpg', 'train/a/p1/1.jpg', 'train/a/p2/0.jpg', 'val/a/p3/0.jpg', 'test/a/p4/0.jpg'];
  assert.equal(countsOf(await listImages(await folderOf(t, given))).innerFolders, null);
  const torn = await folderOf(t, [...given, 'test/a/p2/1.jpg']);
  assert.deepEqual(countsOf(await listImages(torn)).innerFolders, { folderCount: 1, example: 'a/p2' });
});

test('class folders that all contain the same folders cause a warning', async (t) => {
  const root = await folderOf(t, ['p1/cat/0.jpg', 'p1/dog/0.jpg', 'p2/cat/0.jpg', 'p2/dog/0.jpg']);
  const [first] = warningsOf(countsOf(await listImages(root)));
  assert.deepEqual(first, { kind: 'sameFolders', classNames: ['p1', 'p2'], inner: ['cat', 'dog'] });
  assert.match(warningText(first, english), /p1, p2 contains the same folders \(cat, dog\)/);
});

test('class folders that are named like splits cause a warning, and the runner refuses them', async (t) => {
  const root = await folderOf(t, ['train_images/0.jpg', 'test_images/0.jpg']);
  const [first] = warningsOf(countsOf(await listImages(root)));
  assert.deepEqual(first, { kind: 'namedLikeSplits', names: ['test_images', 'train_images'] });
  assert.match(warningText(first, english), /test_images, train_images are named like splits/);
  await assert.rejects(indexFolder(root), { code: 'classesNamedLikeSplits' });
});

test('listImages() treats a folder without a train folder of class folders as one flat dataset', async (t) => {
  const root = await folderOf(t, [...many('train', 2), ...many('bus', 1), 'empty/.']);
  const { groups } = await listImages(root);
  assert.deepEqual(
    groups.map(({ split, className, relativePaths }) => [split, className, relativePaths.length]),
    [
      [null, 'bus', 1],
      [null, 'empty', 0],
      [null, 'train', 2],
    ],
  );
});

test('listImages() stops at its limits and reports it; a missing folder is empty', async (t) => {
  const root = await folderOf(t, [...many('a', 5), ...many('b', 5)]);
  const few = await listImages(root, { images: 7, folders: 100 });
  assert.equal(few.complete, false);
  assert.equal(imageCount(countsOf(few)), 7);
  assert.equal((await listImages(root, { images: 100, folders: 2 })).complete, false);
  assert.equal((await listImages(root, { images: 10, folders: 3 })).complete, true);
  assert.deepEqual(await listImages(join(root, 'gone')), { groups: [], complete: true });
});

test('countsOf() counts every image, whatever the groups', () => {
  const group = fc.record({
    split: fc.constantFrom(null, ...splitNames),
    className: fc.constantFrom('a', 'b', 'é', '🐈'),
    relativePaths: fc.array(fc.string(), { maxLength: 5 }),
  });
  assertProperty(
    fc.property(fc.array(group), (groups) => {
      const all = groups.reduce((sum, { relativePaths }) => sum + relativePaths.length, 0);
      assert.equal(imageCount(countsOf({ groups, complete: true })), all);
    }),
  );
});

const warned: [name: string, sets: Record<string, Record<string, number>>, kinds: DatasetWarning['kind'][]][] = [
  ['a large balanced set', { train: { a: 100, b: 90 }, val: { a: 30, b: 30 }, test: { a: 30, b: 31 } }, []],
  ['a class missing in a split', { train: { a: 90, b: 90 }, val: { a: 40 } }, ['missing']],
  ['an empty class', { train: { a: 90, b: 0 }, val: { a: 40, b: 40 } }, ['empty']],
  ['few validation images', { train: { a: 90, b: 90 }, val: { a: 29, b: 30 } }, ['fewImages']],
  ['a small flat set', { all: { a: 199, b: 200 } }, ['fewImages']],
  ['a large flat set', { all: { a: 200, b: 200 } }, []],
  ['ten to one in training', { train: { a: 1000, b: 100 }, val: { a: 30, b: 30 } }, ['unbalanced']],
  ['nine to one', { train: { a: 900, b: 100 }, val: { a: 30, b: 30 } }, []],
  ['one class', { train: { a: 90 }, val: { a: 30 } }, ['oneClass']],
];
for (const [name, sets, kinds] of warned)
  test(`warningsOf() gives ${JSON.stringify(kinds)} for ${name}`, () => {
    assert.deepEqual(
      warningsOf(counted(sets)).map(({ kind }) => kind),
      kinds,
    );
  });

test('warnings are sentences with names and numbers, and name a few of many classes', () => {
  const say = (sets: Parameters<typeof counted>[0]) =>
    warningsOf(counted(sets)).map((one) => warningText(one, english));
  assert.deepEqual(say({ train: { a: 90, b: 90 }, val: { a: 12 } }), [
    'Class "b" is missing from val.',
    'Too few images in val: a (12). Results for a class with fewer than 30 say little.',
  ]);
  assert.deepEqual(say({ train: { a: 2000, b: 100 }, val: { a: 30, b: 30 } }), [
    'Very unbalanced: a has 20.0 times as many images as b; always predicting a would be right for 95 %.',
  ]);
  const [flat] = say({ all: { a: 10, b: 11, c: 12, d: 13, e: 14 } });
  assert.equal(
    flat,
    'Too few images: a (10), b (11), c (12), 2 more. Validation and test get about 15 % of each: fewer than 30, which say little.',
  );
});

test('imbalanceOf() considers the training images, and all images of a flat dataset', () => {
  assert.deepEqual(imbalanceOf(counted({ train: { a: 10, b: 40 }, test: { a: 500, b: 1 } })), {
    most: 'b',
    least: 'a',
    ratio: 4,
    share: 0.8,
  });
  assert.equal(imbalanceOf(counted({ all: { a: 3, b: 3 } }))?.ratio, 1);
  assert.equal(imbalanceOf(counted({ all: { a: 3, b: 0 } })), null);
});

test('sameCounts() is false for another count or another class name', () => {
  const one = counted({ train: { a: 3, b: 4 } });
  assert.equal(sameCounts(one, counted({ train: { a: 3, b: 4 } })), true);
  assert.equal(sameCounts(one, counted({ train: { a: 4, b: 3 } })), false);
  assert.equal(sameCounts(one, counted({ train: { a: 3, c: 4 } })), false);
  assert.equal(layoutText(one), 'train');
  assert.equal(layoutText(counted({ all: { a: 1 } })), null);
});

test('listImages() and the runner agree about links, within the dataset and out of it', {
  skip: process.platform === 'win32',
}, async (t) => {
  const root = await temporaryFolder(t);
  const data = join(root, 'data');
  const write = async (path: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), 'x');
  };
  for (const path of [
    'store/1.jpg',
    'store/2.jpg',
    'store/more/3.jpg',
    'elsewhere/4.jpg',
    'data/cat/a.jpg',
    'data/dog/b.jpg',
  ])
    await write(path);
  await symlink('../../store/1.jpg', join(data, 'cat/1.jpg'));
  await symlink('../../store/1.jpg', join(data, 'dog/again.jpg'));
  await symlink('../../store/2.jpg', join(data, 'dog/2.jpg'));
  await symlink('../../elsewhere/4.jpg', join(data, 'dog/4.jpg'));
  await symlink('../cat/a.jpg', join(data, 'dog/a.jpg'));
  await symlink('../store/more', join(data, 'owl'));
  await symlink('nowhere.jpg', join(data, 'dog/nowhere.jpg'));
  for (const linkFolders of [[join(root, 'store')], [root], [join(root, 'store'), join(root, 'elsewhere')]]) {
    const { index } = await indexFolder(data, { linkFolders });
    const { groups } = await listImages(data, { linkFolders });
    assert.deepEqual(
      groups.flatMap(({ relativePaths }) => relativePaths).toSorted(compareCodePoints),
      index.images.map(({ relativePath }) => relativePath),
    );
    assert.equal(index.images.length, linkFolders[0] === root || linkFolders.length === 2 ? 6 : 5);
  }
  assert.deepEqual(
    (await listImages(data)).groups.map(({ className, relativePaths }) => [className, relativePaths.length]),
    [
      ['cat', 1],
      ['dog', 1],
    ],
  );
  assert.deepEqual((await scanForDatasets([root])).folders.includes(data), true);
});
