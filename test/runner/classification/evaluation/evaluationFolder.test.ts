import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type FolderRequest,
  indexEvaluationFolder,
} from '../../../../runner/classification/evaluation/evaluationFolder.ts';
import type { ErrorCode, UserError } from '../../../../shared/contracts/errors.ts';
import { reasonDicom } from '../../../../shared/dataset/imageNames.ts';
import { folderWith, images, treeOf } from '../../../support/imageFolder.ts';

const none = { split: null, ignoreUnknownClasses: false, unlabelled: false };
const classNames = ['cat', 'dog'];

interface Case extends Partial<Omit<FolderRequest, 'folder'>> {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
}

async function indexed(t: TestContext, { files, ...request }: Case) {
  const folder = await folderWith(t, files);
  const before = await treeOf(folder);
  const index = await indexEvaluationFolder({ folder, classNames, ...none, ...request });
  assert.deepEqual(await treeOf(folder), before, 'the folder is only read');
  return index;
}

/** Path -> class name, or null. */
const told = ({ images }: Awaited<ReturnType<typeof indexed>>) =>
  Object.fromEntries(
    images.map(({ relativePath, label }) => [relativePath, label === null ? null : classNames[label]]),
  );

const flat = {
  ...images('', 0),
  ...Object.fromEntries(Object.entries(images('x', 2)).map(([path, bytes]) => [path.slice(2), bytes])),
};

for (const { name, expected, ...one } of [
  {
    name: 'class folders by their names',
    files: { ...images('dog', 1), ...images('cat', 1) },
    expected: { labelled: true, images: { 'cat/0.bmp': 'cat', 'dog/0.bmp': 'dog' } },
  },
  {
    name: 'one class folder only',
    files: images('dog', 2),
    expected: { labelled: true, images: { 'dog/0.bmp': 'dog', 'dog/1.bmp': 'dog' } },
  },
  {
    name: 'images within folders of a class folder',
    files: images('dog/2024/may', 1),
    expected: { labelled: true, images: { 'dog/2024/may/0.bmp': 'dog' } },
  },
  {
    name: 'plain images, without labels',
    files: flat,
    expected: { labelled: false, images: { '0.bmp': null, '1.bmp': null } },
  },
  {
    name: 'all images of train, val and test folders',
    files: { ...images('train/cat', 1), ...images('test/dog', 1) },
    expected: { labelled: true, images: { 'test/dog/0.bmp': 'dog', 'train/cat/0.bmp': 'cat' } },
  },
  {
    name: 'the split that was asked for, also without a train folder',
    files: { ...images('Validation/cat', 1), ...images('test/dog', 1) },
    split: 'val' as const,
    expected: { labelled: true, images: { 'Validation/cat/0.bmp': 'cat' } },
  },
  {
    name: 'splits by a word in the names of folders that contain a class of the model',
    files: { ...images('train_images/cat', 1), ...images('test-images/Dog', 1) },
    split: 'test' as const,
    expected: { labelled: true, images: { 'test-images/Dog/0.bmp': 'dog' } },
  },
  {
    name: 'a test folder before a folder with test among other words',
    files: { ...images('test/dog', 1), ...images('test_old/dog', 1) },
    expected: { labelled: true, images: { 'test/dog/0.bmp': 'dog' } },
  },
  {
    name: 'splits beside several folders that are named like one other split',
    files: { ...images('train/cat', 1), ...images('test1/dog', 1), ...images('test2/dog', 1) },
    expected: { labelled: true, images: { 'train/cat/0.bmp': 'cat' } },
  },
  {
    name: 'a test folder of plain images, without labels',
    files: { ...images('train/cat', 1), ...images('test', 2) },
    split: 'test' as const,
    expected: { labelled: false, images: { 'test/0.bmp': null, 'test/1.bmp': null } },
  },
  {
    name: 'class folders that bear the names of splits',
    files: { ...images('train', 1), ...images('bus', 1) },
    classNames: ['bus', 'train'],
    expected: { labelled: true, images: { 'bus/0.bmp': 'cat', 'train/0.bmp': 'dog' } },
  },
  {
    name: 'folders of other names without labels, when the person says so',
    files: { ...images('monday', 1), ...images('tuesday/ward', 1) },
    unlabelled: true,
    expected: { labelled: false, images: { 'monday/0.bmp': null, 'tuesday/ward/0.bmp': null } },
  },
  {
    name: 'known classes beside unknown ones, when the person says so',
    files: { ...images('cat', 1), ...images('fox', 3) },
    ignoreUnknownClasses: true,
    expected: { labelled: true, images: { 'cat/0.bmp': 'cat' } },
  },
])
  test(`indexEvaluationFolder() accepts ${name}`, async (t) => {
    const index = await indexed(t, one);
    assert.deepEqual({ labelled: index.labelled, images: told(index) }, expected);
    if ('ignoreUnknownClasses' in one) assert.deepEqual(index.ignoredClasses, [{ folder: 'fox', imageCount: 3 }]);
  });

for (const { name, code, words, ...one } of [
  { name: 'an empty folder', files: { 'cat/.hidden': 'none' }, code: 'noImages', words: 'no images' },
  {
    name: 'a folder without images',
    files: { 'cat/readme.txt': 'none' },
    code: 'noImagesPassedOver',
    words: '1 x .txt is not an image type that is read (for example "cat/readme.txt")',
  },
  {
    name: 'a split that is not there',
    files: images('train/cat', 1),
    split: 'test',
    code: 'splitMissing',
    words: 'no test folder',
  },
  {
    name: 'a split of a folder without splits',
    files: images('cat', 1),
    split: 'val',
    code: 'splitMissing',
    words: 'no val folder',
  },
  {
    name: 'folders that are no class',
    files: { ...images('cat', 1), ...images('fox', 1), ...images('owl', 1) },
    code: 'unknownClasses',
    words: '"fox", "owl"',
  },
  {
    name: 'folders of which none is a class, even when they may be left out',
    files: images('fox', 1),
    ignoreUnknownClasses: true,
    code: 'noImages',
    words: 'no images',
  },
  {
    name: 'two folders for one class',
    files: { ...images('cat', 1), ...images('Cat', 1) },
    code: 'classesAmbiguous',
    words: '"Cat" and "cat"',
  },
] satisfies readonly (Case & { name: string; code: ErrorCode; words: string })[])
  test(`indexEvaluationFolder() refuses ${name}`, async (t) => {
    await assert.rejects(indexed(t, one), (error: UserError) => error.code === code && error.message.includes(words));
  });

test('indexEvaluationFolder() lists what it skips, with the reason', async (t) => {
  const { skipped } = await indexed(t, {
    files: { ...images('cat', 1), 'cat/notes.txt': 'x', 'cat/empty.png': '', 'loose.png': 'x', 'cat/scan.dcm': 'x' },
  });
  assert.deepEqual(Object.fromEntries(skipped.map(({ relativePath, reason }) => [relativePath, reason])), {
    'cat/notes.txt': '.txt is not an image type that is read',
    'cat/empty.png': 'an empty file',
    'cat/scan.dcm': reasonDicom,
    'loose.png': 'an image outside the class folders',
  });
});

test('indexEvaluationFolder() reports a missing folder', async () => {
  await assert.rejects(
    indexEvaluationFolder({ folder: '/nowhere/at/all', classNames, ...none }),
    (error: UserError) => error.code === 'folderMissing',
  );
});
