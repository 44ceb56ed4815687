import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isTooWide, refuseTooWide } from '../../../../src/datasets/index/tooWide.ts';
import { noteMove } from '../../../../src/datasets/relabelling/noteMove.ts';
import { freeFileName, insideOf, planRelabelling } from '../../../../src/datasets/relabelling/relabelPlan.ts';
import { imagePlaces } from '../../../../src/panels/evaluation/imagePlaces.ts';
import { temporaryFolder } from '../../support/runs.ts';

async function datasetOf(t: TestContext, files: readonly string[]): Promise<string> {
  const dataset = await temporaryFolder(t);
  for (const file of files) {
    await mkdir(dirname(join(dataset, file)), { recursive: true });
    await writeFile(join(dataset, file), file);
  }
  return dataset;
}

const plan = (dataset: string, relativePaths: readonly string[], target: string) =>
  planRelabelling({ dataset, relativePaths, classFolders: ['cat', 'dog'], target });

test('an image moves to the other class of its split, also in a flat dataset, and keeps its folders within the class', async (t) => {
  const dataset = await datasetOf(t, ['test/cat/a.png', 'cat/b.png', 'train/cat/patient 1/c.png', 'train/dog/d.png']);
  assert.deepEqual(
    await plan(dataset, ['test/cat/a.png', 'cat/b.png', 'train/cat/patient 1/c.png', 'train/dog/d.png'], 'dog'),
    [
      { from: 'test/cat/a.png', to: 'test/dog/a.png' },
      { from: 'cat/b.png', to: 'dog/b.png' },
      { from: 'train/cat/patient 1/c.png', to: 'train/dog/patient 1/c.png' },
      // d.png is there already.
    ],
  );
});

test('an image moves within a split that a word in its name denotes, and from a class with such a name', async (t) => {
  const dataset = await datasetOf(t, ['test_images/cat/a.png', 'test tube/cat/b.png']);
  assert.deepEqual(await plan(dataset, ['test_images/cat/a.png'], 'dog'), [
    { from: 'test_images/cat/a.png', to: 'test_images/dog/a.png' },
  ]);
  const classFolders = ['cat', 'test tube'];
  const moves = await planRelabelling({ dataset, relativePaths: ['test tube/cat/b.png'], classFolders, target: 'cat' });
  assert.deepEqual(moves, [{ from: 'test tube/cat/b.png', to: 'cat/cat/b.png' }]);
});

test('a taken name gets a number, also among images that move together and regardless of case', async (t) => {
  const dataset = await datasetOf(t, ['cat/A.png', 'dog/a.png', 'cat/x/1.png', 'cat/y/1.png']);
  assert.deepEqual(await plan(dataset, ['cat/A.png'], 'dog'), [{ from: 'cat/A.png', to: 'dog/A-2.png' }]);
  assert.equal(freeFileName('b.tar.gz', new Set(['b.tar.gz', 'b.tar-2.gz'])), 'b.tar-3.gz');
  assert.equal(freeFileName('.hidden', new Set(['.hidden'])), '.hidden-2');
});

test('a path out of the dataset, a folder and a missing file are refused', async (t) => {
  const dataset = await datasetOf(t, ['cat/a.png', 'dog/b.png']);
  const refused = (path: string, code: string) =>
    assert.rejects(plan(dataset, [path], 'dog'), (error: { code?: string }) => error.code === code);
  await refused('../outside.png', 'imageOutside');
  await refused('/etc/passwd', 'imageOutside');
  await refused('cat', 'imageGone');
  await refused('cat/none.png', 'imageGone');
});

test("a target that is not a class folder's name is refused", async (t) => {
  const dataset = await datasetOf(t, ['cat/a.png', 'dog/b.png', 'cat/owl/c.png']);
  for (const target of ['..', '.', '', '../dog', 'cat/owl', '/etc', 'dog/../../x', 'owl', 'dog\0'])
    await assert.rejects(
      planRelabelling({
        dataset,
        relativePaths: ['cat/a.png'],
        classFolders: ['cat', 'dog', ...(target === 'owl' ? [] : [target])],
        target,
      }),
      { code: 'targetNotAClass' },
      target,
    );
  await assert.rejects(plan(dataset, ['cat/../cat/a.png'], 'dog'), { code: 'imageOutside' });
});

test('the root of a disk, the home folder and its parents are refused as datasets, also behind links', async (t) => {
  const root = await temporaryFolder(t);
  const home = join(root, 'users', 'someone');
  await mkdir(join(home, 'pets', 'cat'), { recursive: true });
  for (const folder of ['/', root, join(root, 'users'), home, `${home}/`, join(home, 'pets', '..')])
    assert.ok(isTooWide(folder, home), folder);
  for (const folder of [join(home, 'pets'), join(root, 'users', 'someone-else'), join(root, 'data')])
    assert.ok(!isTooWide(folder, home), folder);
  await refuseTooWide(join(home, 'pets'), home);
  await assert.rejects(refuseTooWide(home, home), { code: 'datasetTooWide' });
  if (process.platform === 'win32') return;
  await symlink(root, join(home, 'pets', 'all'));
  await symlink(home, join(root, 'house'));
  await assert.rejects(refuseTooWide(join(home, 'pets', 'all'), home), { code: 'datasetTooWide' });
  await assert.rejects(refuseTooWide(home, join(root, 'house')), { code: 'datasetTooWide' });
  await assert.rejects(
    planRelabelling({ dataset: '/', relativePaths: ['cat/a.png'], classFolders: ['cat', 'dog'], target: 'dog' }),
    { code: 'datasetTooWide' },
  );
});

test('a link moves as a link when it still resolves to the same file; files behind a linked folder stay', {
  skip: process.platform === 'win32',
}, async (t) => {
  const dataset = await datasetOf(t, ['data/cat/a.png', 'data/dog/b.png', 'store/1.png', 'store/cow/2.png']).then(
    (root) => join(root, 'data'),
  );
  await symlink('../../store/1.png', join(dataset, 'cat/relative.png'));
  await symlink(join(dataset, '../store/1.png'), join(dataset, 'cat/absolute.png'));
  await symlink('a.png', join(dataset, 'cat/neighbour.png'));
  await symlink('nowhere.png', join(dataset, 'cat/dangling.png'));
  await symlink('../store/cow', join(dataset, 'cow'));
  assert.deepEqual(await plan(dataset, ['cat/relative.png', 'cat/absolute.png'], 'dog'), [
    { from: 'cat/relative.png', to: 'dog/relative.png' },
    { from: 'cat/absolute.png', to: 'dog/absolute.png' },
  ]);
  const classFolders = ['cat', 'cow', 'dog'];
  const refused = (path: string, target: string, code: string) =>
    assert.rejects(
      planRelabelling({ dataset, relativePaths: [path], classFolders, target }),
      (error: { code?: string }) => error.code === code,
    );
  await refused('cat/neighbour.png', 'dog', 'linkWouldBreak');
  await refused('cat/dangling.png', 'dog', 'imageGone');
  await refused('cow/2.png', 'dog', 'imageBehindLink');
  await refused('cat/a.png', 'cow', 'imageBehindLink');
  // A link within the dataset makes two places one.
  await symlink('dog', join(dataset, 'hound'));
  await symlink('cat', join(dataset, 'kitten'));
  for (const [from, target] of [
    ['cat/a.png', 'hound'],
    ['kitten/a.png', 'dog'],
  ] as const)
    await assert.rejects(
      planRelabelling({ dataset, relativePaths: [from], classFolders: ['cat', 'dog', 'hound', 'kitten'], target }),
      { code: 'imageBehindLink' },
    );
});

test('an image outside of every class folder is refused with a sentence', async (t) => {
  const dataset = await datasetOf(t, ['elsewhere/a.png', 'train/elsewhere/a.png']);
  for (const path of ['elsewhere/a.png', 'train/elsewhere/a.png'])
    await assert.rejects(plan(dataset, [path], 'dog'), /Cannot tell which folder/);
});

test('a class folder with accents in the other Unicode form is the same folder', async (t) => {
  const stored = 'e\u0301cole';
  const dataset = await datasetOf(t, ['cat/a.png', `${stored}/b.png`]);
  const [move] = await planRelabelling({
    dataset,
    relativePaths: ['cat/a.png'],
    classFolders: ['cat', '\u00e9cole'],
    target: '\u00e9cole',
  });
  assert.equal(move!.to, `${stored}/a.png`);
});

test('insideOf() returns nothing for a path outside the folder', () => {
  assert.equal(insideOf('/data', 'a/b.png'), '/data/a/b.png');
  for (const path of ['', '.', '..', '../data2/a.png', '/data2/a.png', 'a/../../b.png'])
    assert.equal(insideOf('/data', path), undefined, path);
  assert.equal(insideOf('data', 'a.png'), undefined);
});

test('moves are recorded by the original place: a second move extends the first, a move back removes it', () => {
  const places = new Map<string, string>();
  noteMove(places, '/d/cat/a', '/d/dog/a');
  noteMove(places, '/d/dog/a', '/d/owl/a');
  assert.deepEqual([...places], [['/d/cat/a', '/d/owl/a']]);
  noteMove(places, '/d/owl/a', '/d/cat/a');
  assert.equal(places.size, 0);
});

test('imagePlaces() distinguishes moved from missing images, and follows only recorded moves', async (t) => {
  const dataset = await datasetOf(t, ['test/cat/a.png', 'test/dog/b.png', 'test/dog/c.png']);
  const paths = ['test/cat/a.png', 'test/cat/b.png', 'test/cat/c.png', 'test/cat/d.png', '../x.png'];
  const moves = new Map([
    [join(dataset, 'test/cat/b.png'), join(dataset, 'test/dog/b.png')],
    [join(dataset, 'test/cat/d.png'), join(dataset, 'test/dog/gone.png')],
  ]);
  assert.deepEqual(await imagePlaces(dataset, paths, moves), {
    gone: ['test/cat/c.png', 'test/cat/d.png', '../x.png'],
    moved: [{ from: 'test/cat/b.png', to: 'test/dog/b.png' }],
  });
});
