import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { namesOf, scanForDatasets, withoutSplits } from '../../../../src/datasets/index/datasetFolders.ts';
import { type DatasetNames, proposeRecipe } from '../../../../src/recipes/proposeRecipe.ts';
import { temporaryFolder } from '../../support/runs.ts';

const found: [name: string, files: string[], datasets: string[]][] = [
  ['a flat set', ['pets/cat/1.jpg', 'pets/dog/1.PNG'], ['pets']],
  ['a set with splits', ['s/train/a/1.jpg', 's/train/b/1.jpg', 's/test/a/1.jpg'], ['s', 's/train']],
  [
    'a set with splits of other names',
    ['s/Training/a/1.jpg', 's/Training/b/1.jpg', 's/Testing/a/1.jpg'],
    ['s', 's/Training'],
  ],
  [
    'class folders that hold patients',
    ['m/benign/P1/1.png', 'm/benign/P2/1.png', 'm/malignant/P3/1.png', 'm/malignant/P4/1.png'],
    ['m'],
  ],
  [
    'class folders that hold patients, in splits',
    ['m/train/a/P1/1.png', 'm/train/a/P2/1.png', 'm/train/b/P3/1.png', 'm/train/b/P4/1.png', 'm/val/a/P5/1.png'],
    ['m', 'm/train'],
  ],
  [
    'class folders that hold patients beside one that holds images',
    ['m/a/1/1.png', 'm/a/2/1.png', 'm/b/3/1.png', 'm/b/4/1.png', 'm/c/1.png'],
    ['m'],
  ],
  [
    'two datasets side by side, whose classes are numbered in different words',
    ['d/flowers/1/1.png', 'd/flowers/2/1.png', 'd/dogs/n02-husky/1.png', 'd/dogs/n03-boxer/1.png'],
    ['d', 'd/dogs', 'd/flowers'],
  ],
  [
    'two datasets side by side',
    ['d/mnist/0/1.png', 'd/mnist/1/1.png', 'd/svhn/0/1.png', 'd/svhn/1/1.png'],
    ['d/mnist', 'd/svhn'],
  ],
  [
    'splits by a word in the names of folders',
    [
      'pets/train_images/cat/1.jpg',
      'pets/train_images/dog/1.jpg',
      'pets/test_images/cat/1.jpg',
      'pets/test_images/dog/1.jpg',
    ],
    ['pets', 'pets/test_images', 'pets/train_images'],
  ],
  [
    'two datasets, one named like a split',
    ['d/unit_test/cat/1.jpg', 'd/unit_test/dog/1.jpg', 'd/digits/0/1.jpg', 'd/digits/1/1.jpg'],
    ['d/digits', 'd/unit_test'],
  ],
  ['one class only', ['pets/cat/1.jpg'], []],
  ['images without class folders', ['pets/1.jpg', 'pets/2.jpg'], []],
  ['folders of other files', ['src/a/x.ts', 'src/b/y.ts'], []],
  [
    'hidden and installed folders',
    ['.git/a/1.jpg', '.git/b/1.jpg', 'node_modules/p/a/1.png', 'node_modules/p/b/1.png'],
    [],
  ],
  ['the workspace folder itself', ['cat/1.webp', 'dog/1.tiff'], ['.']],
];
for (const [name, files, datasets] of found)
  test(`scanForDatasets() finds ${JSON.stringify(datasets)} in ${name}`, async (t) => {
    const root = await temporaryFolder(t);
    for (const file of files) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), '');
    }
    const { folders, complete } = await scanForDatasets([root]);
    assert.deepEqual(
      folders,
      datasets.map((path) => join(root, path)),
    );
    assert.equal(complete, true);
  });

test('scanForDatasets() tells split folders from a dataset beside them that is named like one', async (t) => {
  const root = await temporaryFolder(t);
  for (const path of ['train/cat', 'train/dog', 'val-2/cat', 'val-2/dog', 'test_flowers/rose', 'test_flowers/tulip']) {
    await mkdir(join(root, path), { recursive: true });
    await writeFile(join(root, path, '1.jpg'), '');
  }
  const scan = await scanForDatasets([root]);
  assert.deepEqual(scan.splits.toSorted(), [join(root, 'train'), join(root, 'val-2')]);
  assert.deepEqual(withoutSplits(scan), [root, join(root, 'test_flowers')]);
});

test('scanForDatasets() reports when it stopped at its limits', async (t) => {
  const root = await temporaryFolder(t);
  for (const path of ['a/b/c', 'a/d', 'e']) await mkdir(join(root, path), { recursive: true });
  assert.equal((await scanForDatasets([root], { depth: 2, folders: 100 })).complete, false);
  assert.equal((await scanForDatasets([root], { depth: 5, folders: 3 })).complete, false);
  assert.equal((await scanForDatasets([root], { depth: 3, folders: 6 })).complete, true);
});

const proposals: [name: string, names: Partial<DatasetNames>, recipe: string][] = [
  ['animals', { folderNames: ['animals'], classNames: ['cat', 'dog'] }, 'photos'],
  ['a folder named chest_xray', { folderNames: ['chest_xray'] }, 'chest-xray'],
  ['a class named PNEUMONIA', { classNames: ['NORMAL', 'PNEUMONIA'] }, 'chest-xray'],
  [
    'file names of a published X-ray set',
    { fileNames: ['person1_virus_2.jpeg', 'IM-0115-0001.jpeg', 'x.jpg'] },
    'chest-xray',
  ],
  ['a treasure chest', { folderNames: ['furniture'], classNames: ['chair', 'table'] }, 'photos'],
];
for (const [name, names, recipe] of proposals)
  test(`proposeRecipe() proposes ${recipe} for ${name}`, () => {
    assert.equal(proposeRecipe({ folderNames: [], classNames: [], fileNames: [], ...names }), recipe);
  });

test('namesOf() names the classes of the training split, whatever its folder is called', async (t) => {
  const root = await temporaryFolder(t);
  for (const path of ['train_images/cat', 'train_images/dog', 'test_images/cat', 'other'])
    await mkdir(join(root, path), { recursive: true });
  assert.deepEqual((await namesOf(root)).classNames.toSorted(), ['cat', 'dog']);
});

const samples: [string, string][] = [
  ['animals', 'photos'],
  ['chest_xray', 'chest-xray'],
];
for (const [name, recipe] of samples)
  test(`proposeRecipe() proposes ${recipe} for samples/${name}`, async () => {
    assert.equal(proposeRecipe(await namesOf(resolve('samples', name))), recipe);
  });
