import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folderQuestion } from '../../../src/datasets/folderQuestion.ts';
import type { ImageGroup } from '../../../src/datasets/index/listImages.ts';

const listOf = (...groups: ImageGroup[]) => ({ groups, complete: true });
const group = (className: string, paths: readonly string[], split: ImageGroup['split'] = null): ImageGroup => ({
  split,
  className,
  relativePaths: paths.map((path) => `${split === null ? '' : `${split}/`}${className}/${path}`),
});

const nothing = { groups: 'pattern', groupPattern: null } as const;
const patients = listOf(group('benign', ['P1/1.png', 'P1/2.png', 'P2/1.png']), group('malignant', ['P3/1.png']));

test('the editor asks about folders within class folders unless the recipe defines them', async () => {
  assert.deepEqual(await folderQuestion(patients, nothing), { folderCount: 3, example: 'benign/P1', isSplit: false });
  assert.deepEqual((await folderQuestion(patients, { ...nothing, groupPattern: '^(person\\d+)' }))?.folderCount, 3);
  for (const said of [
    { groups: 'folder', groupPattern: null },
    { groups: 'image', groupPattern: null },
    { groups: 'pattern', groupPattern: '^([^/]+)/' },
    { groups: 'pattern', groupPattern: '^(\\d)' }, // it matches the names of files
  ] as const)
    assert.equal(await folderQuestion(patients, said), null);
});

test('the editor does not ask about flat class folders, one folder in each, or patients that given splits keep apart', async () => {
  assert.equal(await folderQuestion(listOf(group('a', ['1.png', '2.png']), group('b', ['1.png'])), nothing), null);
  assert.equal(
    await folderQuestion(listOf(group('a', ['x/1.png', 'x/2.png']), group('b', ['x/1.png'])), nothing),
    null,
  );
  const three = (val: string) =>
    listOf(
      group('a', ['P1/1.png', 'P1/2.png', 'P2/1.png'], 'train'),
      group('a', [`${val}/1.png`], 'val'),
      group('a', ['P4/1.png'], 'test'),
    );
  assert.equal(await folderQuestion(three('P3'), nothing), null);
  assert.deepEqual(await folderQuestion(three('P1'), nothing), { folderCount: 1, example: 'a/P1', isSplit: true });
});

test('the editor also asks about class folders that all contain the same folders with one image each', async () => {
  const same = listOf(group('x', ['a/1.png', 'b/1.png']), group('y', ['a/1.png', 'b/1.png']));
  assert.deepEqual(await folderQuestion(same, nothing), { folderCount: 2, example: 'x/a', isSplit: false });
});
