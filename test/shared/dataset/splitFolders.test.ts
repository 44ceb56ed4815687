import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type SplitName, splitNames } from '../../../shared/contracts/splits.ts';
import {
  classesNamedLikeSplits,
  rivalsAmong,
  splitFoldersAmong,
  splitOfKeyword,
  splitOfName,
  splitsInName,
} from '../../../shared/dataset/splitFolders.ts';
import { assertProperty } from '../../support/property.ts';

// Splits that load a file FOLDER/cat/0.png, as observed with Hugging Face's datasets 5.2.0: get_data_patterns() of a folder that contains
// only this file, and the files of each split by DataFilesDict.from_patterns(). None: the default, all files as train.
const observed: readonly (readonly [readonly SplitName[], readonly string[]])[] = [
  [
    ['test'],
    [
      'test',
      'testing',
      'eval',
      'evaluation',
      'test_images',
      'my-test',
      'test.2',
      'test2',
      'seg_test',
      'images-testing',
      'x.test',
      'evaluation_2',
      'testing1',
      'my test',
      'test 2',
    ],
  ],
  [
    ['train'],
    [
      'train',
      'training',
      'train_images',
      'my-train',
      'train-v2',
      'train_v2',
      'train1',
      '2train',
      'train2020',
      'seg_train',
      'train.images',
      'images_training',
      'train-data',
      '_train',
      'train_',
      'training_set',
      'training_data',
      'pre-train',
      'train images',
      'train  x',
    ],
  ],
  [['val'], ['val', 'valid', 'validation', 'dev', 'val_images', 'dev_set', 'validation.old', 'valid3', '3valid3']],
  [
    [],
    [
      'seg_pred',
      'train~images',
      'train+test',
      'evalset',
      'trainset',
      'testset',
      'traindata',
      'trainval',
      'y(train)',
      'interval',
      'contest',
      'latest',
      'attest',
      'evaluate',
      'devil',
      'trains',
      'tests',
      't',
      'rain',
      'pretrain',
    ],
  ],
  [['train', 'test'], ['train_test_split']],
  [['train', 'val'], ['train_val']],
  [['val', 'test'], ['test-dev']],
];

test("splitsInName() finds the splits that Hugging Face's datasets finds, in any case", () => {
  for (const [splits, names] of observed)
    for (const name of names)
      for (const written of [name, name.toUpperCase(), name[0]!.toUpperCase() + name.slice(1)])
        assert.deepEqual(splitsInName(written), splits, written);
});

/** KEYWORDS_IN_DIR_NAME_BASE_PATTERNS of datasets 5.2.0 for one keyword, with * as any text without /. */
const patternsOf = (keyword: string) => [
  new RegExp(`^${keyword}$`),
  new RegExp(`^${keyword}[-._ 0-9][^/]*$`),
  new RegExp(`^[^/]*[-._ 0-9]${keyword}$`),
  new RegExp(`^[^/]*[-._ 0-9]${keyword}[-._ 0-9][^/]*$`),
];
const keywords: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  val: ['validation', 'valid', 'dev', 'val'],
  test: ['test', 'testing', 'eval', 'evaluation'],
};

test('splitsInName() equals the patterns of datasets on any name of keywords, separators and letters', () => {
  const part = fc.constantFrom(...Object.values(keywords).flat(), '-', '.', '_', ' ', '0', '7', 'x', 'set', '~', 'ing');
  assertProperty(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const name = parts.join('');
      const expected = splitNames.filter((split) =>
        keywords[split].some((keyword) => patternsOf(keyword).some((pattern) => pattern.test(name))),
      );
      assert.deepEqual(splitsInName(name), expected);
    }),
    { numRuns: 500 },
  );
});

test('splitOfName() is the one split of a name, splitOfKeyword() that of a name without other words', () => {
  assert.deepEqual(['train_images', 'Dev', 'test-dev', 'cat'].map(splitOfName), ['train', 'val', undefined, undefined]);
  assert.deepEqual(['train_images', 'Dev', 'EVAL'].map(splitOfKeyword), [undefined, 'val', 'test']);
});

const chosen = (top: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    splitFoldersAmong(
      Object.entries(top).map(([name, folders]) => ({ name, folders: folders.split(' ').filter(Boolean) })),
    ).map(({ name, split }) => [split, name]),
  );

test('splitFoldersAmong() takes keywords among words if the folders share class folders', () => {
  assert.deepEqual(chosen({ test_images: 'cat dog', train_images: 'cat dog', masks: 'cat dog' }), {
    train: 'train_images',
    test: 'test_images',
  });
  assert.deepEqual(chosen({ train: 'cat dog', 'val-2': 'Dog' }), { train: 'train', val: 'val-2' });
  // No class folder is in both: a station, and a tube.
  assert.deepEqual(chosen({ train_station: 'p1 p2', test_tube: 'p3' }), {});
  assert.deepEqual(chosen({ train_images: 'cat dog', test_images: '' }), {});
  assert.deepEqual(chosen({ train_images: 'cat dog' }), {});
  assert.deepEqual(chosen({ train: 'cat', test_tube: 'p1' }), { train: 'train' });
});

test('splitFoldersAmong() prefers a keyword alone, and leaves out names of several splits', () => {
  assert.deepEqual(chosen({ train: 'cat dog', train_masks: 'cat dog', test: 'cat dog', 'test-old': 'cat dog' }), {
    train: 'train',
    test: 'test',
  });
  assert.deepEqual(chosen({ train_val: 'cat dog', test: 'cat dog' }), {});
  assert.deepEqual(chosen({ val: 'cat dog', test: 'cat dog' }), {}, 'no train');
});

test('splitFoldersAmong() returns all folders with a keyword alone, in the order of splits', () => {
  const top = ['test', 'training', 'train'].map((name) => ({ name, folders: ['cat'] }));
  assert.deepEqual(
    splitFoldersAmong(top).map(({ name, split }) => [split, name]),
    [
      ['train', 'training'],
      ['train', 'train'],
      ['test', 'test'],
    ],
  );
});

test('splitFoldersAmong() takes none of several folders for a split by a word, and rivalsAmong() names them', () => {
  const folders = ['cat', 'dog'];
  const top = ['test1', 'test2', 'train', 'val', 'masks'].map((name) => ({ name, folders }));
  assert.deepEqual(
    splitFoldersAmong(top).map(({ name }) => name),
    ['train', 'val'],
  );
  const rivals = [
    { name: 'test1', folders, split: 'test' },
    { name: 'test2', folders, split: 'test' },
  ];
  assert.deepEqual(rivalsAmong(top), rivals);
  // One without a class of another split claims none.
  assert.deepEqual(chosen({ train: 'cat dog', test1: 'cat dog', test_tube: 'p1' }), { train: 'train', test: 'test1' });
  assert.deepEqual(chosen({ train_1: 'cat dog', train_2: 'cat dog', test: 'cat dog' }), {}, 'no train');
});

const suspects = (...paths: readonly string[]) => {
  const classNames = [...new Set(paths.map((path) => path.split('/')[0]!))].sort();
  return classesNamedLikeSplits(
    classNames,
    paths.map((relativePath) => ({ relativePath, split: null })),
  );
};

test('classesNamedLikeSplits() finds classes that are all named like splits, also without separators', () => {
  assert.deepEqual(suspects('train/0.png', 'test/0.png'), ['test', 'train']);
  assert.deepEqual(suspects('train_images/0.png', 'test_images/0.png'), ['test_images', 'train_images']);
  assert.deepEqual(suspects('TrainImages/0.png', 'TestImages/0.png'), ['TestImages', 'TrainImages']);
  assert.deepEqual(suspects('trainset/0.png', 'devset/0.png', 'testdata/0.png'), ['devset', 'testdata', 'trainset']);
  assert.deepEqual(suspects('train_val/0.png', 'test/0.png'), ['test', 'train_val']);
});

test('classesNamedLikeSplits() finds train and another split among other classes if train contains folders', () => {
  // The Intel image classification set of Kaggle.
  const intel = ['seg_train/seg_train/sea/0.jpg', 'seg_test/seg_test/sea/0.jpg', 'seg_pred/seg_pred/0.jpg'];
  assert.deepEqual(suspects(...intel), ['seg_test', 'seg_train']);
  assert.deepEqual(suspects('train_images/cat/0.png', 'test_images/0.png', 'masks/0.png'), [
    'test_images',
    'train_images',
  ]);
});

test('classesNamedLikeSplits() leaves classes alone', () => {
  assert.deepEqual(suspects('bus/0.png', 'train/0.png'), []);
  assert.deepEqual(suspects('freight train/0.png', 'pregnancy test/0.png', 'apple/0.png'), []);
  assert.deepEqual(suspects('train_1/0.png', 'train_2/0.png'), [], 'one split only');
  assert.deepEqual(suspects('trains/0.png', 'devices/0.png'), []);
  assert.deepEqual(suspects('interval/0.png', 'contest/0.png'), []);
  assert.deepEqual(
    classesNamedLikeSplits(['test', 'train'], [{ relativePath: 'train/test/0.png', split: 'train' }]),
    [],
    'classes of a dataset with splits',
  );
});
