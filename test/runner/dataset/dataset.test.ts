import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, readFile, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { check, checkResult, describeDataset, imageSizes } from '../../../runner/commands/check.ts';
import { checkImage } from '../../../runner/dataset/checks/decodable.ts';
import { type Dataset, splitsByImage } from '../../../runner/dataset/dataset.ts';
import { chooseDepth } from '../../../runner/dataset/depth.ts';
import { fingerprintOf } from '../../../runner/dataset/fingerprint.ts';
import { leakVerdict } from '../../../runner/reports/sections/datasetSection.ts';
import { warningsOf } from '../../../runner/run/warnings.ts';
import { CheckResult } from '../../../shared/contracts/checkResult.ts';
import { type ErrorCode, UserError } from '../../../shared/contracts/errors.ts';
import { Finding } from '../../../shared/contracts/finding.ts';
import { photos } from '../../../shared/contracts/recipes.ts';
import { bitmapOf, folderWith, images, treeOf } from '../../support/imageFolder.ts';
import { curves, fileNamed } from '../../support/pillow.ts';
import { prepareDataset } from '../../support/prepareDataset.ts';

const split = { train: 0.7, val: 0.15, test: 0.15 };
const prepare = (folder: string, groupPattern: string | null = null, seed = 1) =>
  prepareDataset({ folder, groupPattern, split, seed, depth: 'auto' });

const failsWith =
  (code: ErrorCode, params: Record<string, unknown> = {}) =>
  (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code);
    for (const [key, value] of Object.entries(params)) assert.equal(error.params[key], value, key);
    return true;
  };

const of = <K extends Finding['kind']>(dataset: Dataset, kind: K) =>
  dataset.findings.filter((finding): finding is Extract<Finding, { kind: K }> => finding.kind === kind);

const jpeg = await sharp(curves(100, 80).data, { raw: { width: 100, height: 80, channels: 3 } })
  .jpeg()
  .toBuffer();

/** Every kind of problem that does not stop a run, in one flat dataset. */
const troubled = (t: TestContext) =>
  folderWith(t, {
    ...images('cat', 8),
    ...images('dog', 10),
    'cat/cut.jpg': jpeg.subarray(0, Math.floor(jpeg.length / 2)),
    'cat/empty.png': '',
    'cat/page.jpg': '<!DOCTYPE html><title>404</title>',
    'cat/odd.jpg': jpeg.subarray(0, -2),
    'dog/text.png': 'nothing to see',
    'dog/Thumbs.db': 'x',
  });

test('prepareDataset() lists corrupt images with path and reason, skips them, and continues', async (t) => {
  const folder = await troubled(t);
  const dataset = await prepare(folder);
  assert.deepEqual(
    of(dataset, 'corrupt').map(({ relativePath }) => relativePath),
    ['cat/cut.jpg', 'cat/page.jpg', 'dog/text.png'],
  );
  assert.match(of(dataset, 'corrupt')[1]!.reason, /web page/);
  assert.deepEqual(of(dataset, 'suspect'), [
    { kind: 'suspect', relativePath: 'cat/odd.jpg', reason: 'its end marker is missing' },
  ]);
  assert.deepEqual(
    of(dataset, 'ignored').map(({ relativePath }) => relativePath),
    ['cat/empty.png', 'dog/Thumbs.db'],
  );
  assert.equal(dataset.images.length, 19);
  assert.deepEqual(
    dataset.counts.train.map((n, label) => n + dataset.counts.val[label]! + dataset.counts.test[label]!),
    [9, 10],
  );
  for (const finding of dataset.findings) Finding.parse(finding);
});

test('prepareDataset() never writes to the dataset', async (t) => {
  const folder = await troubled(t);
  const before = await treeOf(folder);
  await prepare(folder);
  assert.deepEqual(await treeOf(folder), before);
});

test('prepareDataset() records what later steps need of an image', async (t) => {
  const folder = await folderWith(t, {
    ...images('a', 3, (i) => `p${i}_x.bmp`),
    ...images('b', 2, (i) => `q${i}_x.bmp`),
    'b/p9_turned.png': fileNamed('orientation-6.png'),
  });
  const { images: records } = await prepare(folder, '^(.\\d)_');
  const turned = records.at(3)!;
  const bytes = await readFile(turned.file);
  assert.deepEqual(
    [turned.relativePath, turned.label, turned.group, turned.width, turned.height, turned.sizeBytes],
    ['b/p9_turned.png', 1, 'p9', 24, 16, bytes.length],
  );
  assert.equal(turned.sha256, createHash('sha256').update(bytes).digest('hex'));
});

test('prepareDataset() gives the same result however many files it reads at a time', async (t) => {
  const folder = await troubled(t);
  const options = { folder, groupPattern: null, split, seed: 1, depth: 'auto' as const };
  assert.deepEqual(
    await prepareDataset(options, { concurrency: 1 }),
    await prepareDataset(options, { concurrency: 16 }),
  );
});

test('prepareDataset() reports progress up to the last image, and stops when its signal aborts', async (t) => {
  const folder = await troubled(t);
  const seen: [number, number][] = [];
  await prepareDataset(
    { folder, groupPattern: null, split, seed: 1, depth: 'auto' as const },
    { onProgress: (done, total) => seen.push([done, total]) },
  );
  assert.deepEqual(
    seen,
    Array.from({ length: 23 }, (_, i) => [i, 22]),
  );
  const stop = new AbortController();
  const stopped = prepareDataset(
    { folder, groupPattern: null, split, seed: 1, depth: 'auto' as const },
    { signal: stop.signal, concurrency: 1, onProgress: (done) => done === 3 && stop.abort() },
  );
  await assert.rejects(stopped, { name: 'AbortError' });
});

test('prepareDataset() finds copies of a file in two splits, in two classes, and within a class', async (t) => {
  const [one, two, three] = [bitmapOf(9001), bitmapOf(9002), bitmapOf(9003)];
  const folder = await folderWith(t, {
    ...images('train/cat', 2),
    ...images('train/dog', 2),
    ...images('val/cat', 2),
    ...images('val/dog', 2),
    ...images('test/cat', 2),
    ...images('test/dog', 2),
    'train/cat/leak.bmp': one,
    'test/cat/leak.bmp': one,
    'val/cat/both.bmp': two,
    'val/dog/both.bmp': two,
    'train/dog/x.bmp': three,
    'train/dog/y.bmp': three,
  });
  assert.deepEqual(of(await prepare(folder), 'duplicate'), [
    {
      kind: 'duplicate',
      relativePaths: ['train/cat/leak.bmp', 'test/cat/leak.bmp'],
      splits: ['train', 'test'],
      classNames: ['cat'],
    },
    {
      kind: 'duplicate',
      relativePaths: ['train/dog/x.bmp', 'train/dog/y.bmp'],
      splits: ['train'],
      classNames: ['dog'],
    },
    {
      kind: 'duplicate',
      relativePaths: ['val/cat/both.bmp', 'val/dog/both.bmp'],
      splits: ['val'],
      classNames: ['cat', 'dog'],
    },
  ]);
});

test('prepareDataset() finds patients that appear in two given splits', async (t) => {
  const folder = await folderWith(t, {
    ...images('train/ill', 2, (i) => `person1_${i}.bmp`),
    ...images('train/well', 1, () => 'person2_0.bmp'),
    ...images('val/ill', 1, () => 'person3_0.bmp'),
    ...images('val/well', 1, () => 'person4_0.bmp'),
    ...images('test/ill', 1, () => 'person5_0.bmp'),
    ...images('test/well', 1, () => 'person1_9.bmp'),
  });
  assert.deepEqual(of(await prepare(folder, '^(person\\d+)_'), 'groupOverlap'), [
    { kind: 'groupOverlap', group: 'person1', splits: ['train', 'test'], imageCount: 3 },
  ]);
  assert.deepEqual(of(await prepare(folder), 'groupOverlap'), []);
});

/** Twelve patients with five slices each, with similar names, in class/patient. */
const patientFolders = (t: TestContext, splitOf: (slice: number) => string = () => '') =>
  folderWith(
    t,
    Object.assign(
      {},
      ...Array.from({ length: 60 }, (_, i) => {
        const [patient, slice] = [Math.floor(i / 5), i % 5];
        const folder = `${splitOf(slice)}${patient < 6 ? 'benign' : 'malignant'}/P${String(patient + 1).padStart(2, '0')}`;
        return images(folder, 1, () => `slice_${slice}.bmp`);
      }),
    ),
  );

test('prepareDataset() keeps the images of a patient folder in one split when the recipe says groups "folder"', async (t) => {
  const folder = await patientFolders(t);
  const options = { folder, groupPattern: null, split, seed: 42 };
  const without = await prepareDataset(options);
  const [found] = of(without, 'innerFolders');
  assert.equal(found?.folderCount, 12);
  const tornHere = new Map<string, Set<string>>();
  for (const [name, own] of Object.entries(without.splits))
    for (const i of own) {
      const patient = without.images[i]!.relativePath.split('/')[1]!;
      tornHere.set(patient, (tornHere.get(patient) ?? new Set()).add(name));
    }
  const torn = [...tornHere].filter(([, splits]) => splits.size > 1);
  assert.ok(torn.length > 0);
  assert.deepEqual([found.splitCount, found.imageCount], [torn.length, 5 * torn.length]);
  assert.match(found.example, /^(benign|malignant)\/P\d\d$/);
  assert.match(leakVerdict(without.findings), /^Unknown\. \d+ of the 12 folders/);
  const warned = warningsOf(photos, without).find(({ problem }) => problem.code === 'innerFolders');
  assert.equal(warned?.problem.params.torn, torn.length);
  assert.match(
    describeDataset('classification', without),
    /POSSIBLE LEAK[\s\S]*of the 12 folders[\s\S]*--set\s+groups=folder/,
  );

  for (const how of [{ groups: 'folder' }, { groupPattern: '^(P\\d+)/' }] as const) {
    const dataset = await prepareDataset({ ...options, ...how });
    assert.deepEqual(of(dataset, 'innerFolders'), []);
    const placeOf = new Map<string, string>();
    for (const [name, own] of Object.entries(dataset.splits))
      for (const i of own) {
        const { group } = dataset.images[i]!;
        assert.match(group, /^P\d\d$/);
        assert.equal(placeOf.get(group) ?? name, name);
        placeOf.set(group, name);
      }
    assert.equal(placeOf.size, 12);
    assert.match(
      of(dataset, 'note')
        .map(({ text }) => text)
        .join(),
      /12 groups by the .* 60 of 60/,
    );
  }
  assert.deepEqual(of(await prepareDataset({ ...options, groups: 'image' }), 'innerFolders'), []);
});

test('prepareDataset() reports patient folders that appear in two given splits as a leak, once the recipe names them as groups', async (t) => {
  const folder = await patientFolders(t, (slice) => `${['train', 'train', 'train', 'val', 'test'][slice]}/`);
  const options = { folder, groupPattern: null, split, seed: 42 };
  assert.deepEqual(of(await prepareDataset(options), 'innerFolders'), [
    { kind: 'innerFolders', folderCount: 12, splitCount: 12, imageCount: 60, example: 'benign/P01' },
  ]);
  const said = await prepareDataset({ ...options, groups: 'folder' });
  assert.match(leakVerdict(said.findings), /^LEAK: 12 groups/);
  const overlaps = of(said, 'groupOverlap');
  assert.equal(overlaps.length, 12);
  assert.deepEqual(overlaps[0], {
    kind: 'groupOverlap',
    group: 'P01',
    splits: ['train', 'val', 'test'],
    imageCount: 5,
  });
});

test('prepareDataset() reads class folders that all contain the same folders, once the recipe defines those', async (t) => {
  const days = ['mon', 'tue', 'wed'];
  const folder = await folderWith(
    t,
    Object.assign({}, ...['cat', 'dog'].flatMap((name) => days.map((day) => images(`${name}/${day}`, 2)))),
  );
  const options = { folder, groupPattern: null, split, seed: 1 };
  await assert.rejects(prepareDataset(options), failsWith('sameFoldersInEach'));
  assert.deepEqual((await prepareDataset({ ...options, groups: 'image' })).classNames, ['cat', 'dog']);
  const byDay = await prepareDataset({ ...options, groups: 'folder' });
  assert.deepEqual(byDay.counts, { train: [2, 2], val: [2, 2], test: [2, 2] });
});

test('prepareDataset() keeps patients and copies together when it creates the splits', async (t) => {
  const folder = await folderWith(t, {
    ...images('ill', 12, (i) => `p${Math.floor(i / 3)}_${i}.bmp`),
    ...images('well', 12, (i) => `p${10 + Math.floor(i / 2)}_${i}.bmp`),
    'ill/copy1.bmp': bitmapOf(7001),
    'ill/copy2.bmp': bitmapOf(7001),
  });
  for (let seed = 0; seed < 10; seed++) {
    const dataset = await prepare(folder, '^(p\\d+)_', seed);
    assert.deepEqual(of(dataset, 'groupOverlap'), []);
    assert.equal(of(dataset, 'duplicate')[0]!.splits.length, 1);
  }
});

test('prepareDataset() reports a group pattern that matches no file name', async (t) => {
  const folder = await folderWith(t, { ...images('a', 3), ...images('b', 3) });
  const notes = of(await prepare(folder, '^patient(\\d+)'), 'note').map(({ text }) => text);
  assert.match(notes.join(), /\^patient\(\\d\+\) matches none of the file names/);
});

test('prepareDataset() shows a group that the pattern finds, and refuses a pattern for the path with the class folder', async (t) => {
  const folder = await patientFolders(t, () => '');
  const notes = of(await prepare(folder, '^[^/]+/([^/]+)'), 'note').map(({ text }) => text);
  assert.match(
    notes.join(),
    /which matches 60 of 60 paths within the class folders \(for example "(.+)" in "P\d+\/\1"\)/,
  );
  const groupPattern = '^[^/]+/(P\\d+)/';
  await assert.rejects(prepare(folder, groupPattern), failsWith('groupPatternTooFar'));
  // An older version began a run with it.
  const { images, splits } = await prepare(folder);
  const recordedSplits = new Map(
    [...splitsByImage(splits)].map(([i, split]) => [images[i]!.relativePath, split] as const),
  );
  const resumed = await prepareDataset({ folder, groupPattern, split, seed: 2, recordedSplits });
  assert.deepEqual(resumed.splits, splits);
});

test('prepareDataset() flags tiny and flat images and keeps them', async (t) => {
  const flat = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#eee' } })
    .composite([{ input: { create: { width: 60, height: 20, channels: 3, background: '#333' } } }])
    .png()
    .toBuffer();
  const tiny = await sharp(jpeg).resize(16, 16).png().toBuffer();
  const folder = await folderWith(t, {
    ...images('a', 3),
    ...images('b', 3),
    'a/imageNotFound.png': flat,
    'b/icon.png': tiny,
    'b/photo.jpg': jpeg,
  });
  const dataset = await prepare(folder);
  assert.deepEqual(of(dataset, 'suspect'), [
    { kind: 'suspect', relativePath: 'b/icon.png', reason: 'tiny: less than 32 pixels along a side' },
    { kind: 'suspect', relativePath: 'a/imageNotFound.png', reason: 'nearly all of one colour: a placeholder?' },
  ]);
  assert.equal(dataset.images.length, 9);
});

test('prepareDataset() reports once what more than 20 images share, and counts conversions', async (t) => {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < 25; i++)
    files[`a/${i}.png`] = await sharp(
      Uint16Array.from({ length: 40 * 40 * 3 }, (_, k) => (k * 37 + i * 999) & 0xffff),
      {
        raw: { width: 40, height: 40, channels: 3 },
      },
    )
      .toColourspace('rgb16')
      .png()
      .toBuffer();
  const folder = await folderWith(t, { ...files, ...images('b', 20), 'b/turned.png': fileNamed('orientation-3.png') });
  const notes = of(await prepare(folder), 'note').map(({ text }) => text);
  assert.ok(
    notes.includes(
      "25 of 46 images: 16 bits per channel: scaled to 8; torchvision's ImageFolder drops the lower 8, at most 1 of 255 apart at a depth of 16, and far darker at a smaller depth (for example a/0.png)",
    ),
    notes.join('\n'),
  );
  assert.ok(
    notes.some((text) => text.startsWith('1 image: rotated upright')),
    notes.join('\n'),
  );
});

test('prepareDataset() reports class imbalance', async (t) => {
  const folder = await folderWith(t, { ...images('rare', 10), ...images('usual', 30) });
  assert.match(
    of(await prepare(folder), 'note')[0]!.text,
    /usual has 3\.0 times as many training images as rare; .*75 %/,
  );
});

test('prepareDataset() refuses a dataset with too little left after removing corrupt images', async (t) => {
  const none = await folderWith(t, { 'a/1.jpg': 'x', 'b/1.jpg': 'y' });
  await assert.rejects(prepare(none), failsWith('allCorrupt', { count: 2 }));
  const few = await folderWith(t, { ...images('a', 5), ...images('b', 2), 'b/broken.png': 'x' });
  await assert.rejects(prepare(few), failsWith('tooFewImages', { className: 'b', count: 2, needed: 3 }));
  const oneEach = await folderWith(t, { ...images('a', 1), ...images('b', 1) });
  await assert.rejects(prepare(oneEach), failsWith('tooFewImages', { className: 'a', count: 1 }));
  const missing = await folderWith(t, {
    ...images('train/a', 1),
    ...images('train/b', 1),
    ...images('val/a', 1),
    ...images('val/b', 1),
    ...images('test/a', 1),
    'test/b/broken.png': 'x',
  });
  await assert.rejects(prepare(missing), failsWith('classMissingInSplit', { className: 'b', split: 'test' }));
});

test('prepareDataset() handles hundreds of classes', async (t) => {
  const folder = await folderWith(
    t,
    Object.assign({}, ...Array.from({ length: 300 }, (_, i) => images(`class ${i}`, 3))),
  );
  const dataset = await prepare(folder);
  assert.deepEqual(
    [dataset.splits.train.length, dataset.splits.val.length, dataset.splits.test.length],
    [300, 300, 300],
  );
});

test('prepareDataset() lists files without read permission', {
  skip: (process.getuid?.() === 0 || process.platform === 'win32') && 'here every file may be read: root, or Windows',
}, async (t) => {
  const folder = await folderWith(t, { ...images('a', 4), ...images('b', 3) });
  await chmod(join(folder, 'a', '0.bmp'), 0);
  assert.deepEqual(of(await prepare(folder), 'corrupt'), [
    { kind: 'corrupt', relativePath: 'a/0.bmp', reason: 'the file cannot be read (EACCES)' },
  ]);
});

test('checkImage() reports a file that disappeared after indexing', async () => {
  assert.deepEqual(await checkImage({ file: '/nowhere/at/all.png', relativePath: 'a/all.png' }), {
    kind: 'corrupt',
    relativePath: 'a/all.png',
    reason: 'the file cannot be read (ENOENT)',
  });
});

test("the fingerprint covers paths, contents, labels and splits, but neither times nor the folder's location", async (t) => {
  const files = { ...images('a', 5), ...images('b', 5) };
  const [one, other] = [await folderWith(t, files), await folderWith(t, files)];
  await utimes(join(other, 'a', '0.bmp'), 1, 1);
  const { fingerprint } = await prepare(one);
  assert.match(fingerprint, /^[0-9a-f]{64}$/);
  assert.equal((await prepare(other)).fingerprint, fingerprint);
  assert.notEqual((await prepare(one, null, 2)).fingerprint, fingerprint, 'another split');
  await rename(join(other, 'a', '0.bmp'), join(other, 'a', '9.bmp'));
  assert.notEqual((await prepare(other)).fingerprint, fingerprint, 'another name');
});

test('fingerprintOf() is the SHA-256 of one JSON line per image, in code-point order', () => {
  const image = (relativePath: string, target: number) => ({
    relativePath,
    sha256: 'ab',
    target,
    split: 'train' as const,
  });
  const text = '["a/1.png","ab",0,"train"]\n["b/1.png","ab",1,"train"]\n';
  const expected = createHash('sha256').update(text).digest('hex');
  assert.equal(fingerprintOf([image('a/1.png', 0), image('b/1.png', 1)]), expected);
  assert.equal(fingerprintOf([image('b/1.png', 1), image('a/1.png', 0)]), expected);
  assert.notEqual(fingerprintOf([{ ...image('a/1.png', 0), split: 'test' }, image('b/1.png', 1)]), expected);
});

test('describeDataset() prints counts, skipped files with reasons, leaks, and the fingerprint, within 100 columns', async (t) => {
  const folder = await troubled(t);
  const dataset = await check(folder, {
    task: 'classification',
    groupPattern: null,
    split,
    seed: 1,
    depth: 'auto' as const,
  });
  const text = describeDataset('classification', { ...dataset, folder: '/data/pets' });
  assert.ok(text.includes('/data/pets: 19 images in 2 classes'));
  assert.match(text, /class +train +val +test +all\ncat +6 +2 +1 +9\ndog +7 +2 +1 +10\nall +13 +4 +2 +19/);
  assert.ok(
    text.replace(/\s+/g, ' ').includes('created here from the seed, with groups and identical images kept together'),
    text,
  );
  assert.match(
    text,
    /Left out because unusable \(3\)\n {2}cat\/cut\.jpg: .+\n {2}cat\/page\.jpg: the file is a web page\n/,
  );
  assert.match(text, /Kept, but check them \(1\)\n {2}1 x its end marker is missing\n {6}cat\/odd\.jpg/);
  assert.ok(text.endsWith(`Fingerprint ${dataset.fingerprint}\n`));
  for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
});

test('describeDataset() prints leaks in capitals and escapes names that would rewrite the line', () => {
  const text = describeDataset('classification', {
    folder: '/d',
    classNames: ['a\u001b[2J', 'b'],
    images: [],
    conversions: [],
    splits: { train: [], val: [], test: [] },
    counts: { train: [1, 1], val: [1, 1], test: [1, 1] },
    splitOrigin: 'given',
    depth: chooseDepth('auto', []),
    findings: [
      {
        kind: 'duplicate',
        relativePaths: ['train/a/1.png', 'test/a/1.png'],
        splits: ['train', 'test'],
        classNames: ['a'],
      },
      { kind: 'groupOverlap', group: 'p1\u202e', splits: ['train', 'val'], imageCount: 3 },
    ],
    fingerprint: 'f',
  });
  assert.ok(text.includes('LEAK: the same image in more than one split (1)\n  train/a/1.png = test/a/1.png'));
  assert.ok(text.includes('LEAK: the same group in more than one split (1)\n  p1\\u{202e}: 3 images in train, val'));
  assert.ok(text.includes('a\\u{1b}[2J'));
  assert.ok(![...text].some((c) => c === '\u001b' || c === '\u202e'));
});

test('checkResult() follows its contract and includes the text', async (t) => {
  const dataset = await check(await troubled(t), {
    task: 'classification',
    groupPattern: null,
    split,
    seed: 1,
    depth: 'auto' as const,
  });
  const result = CheckResult.parse(JSON.parse(JSON.stringify(checkResult('classification', dataset))));
  assert.equal(result.report, describeDataset('classification', dataset));
  assert.deepEqual(result.counts, dataset.counts);
  assert.deepEqual(result.findings, dataset.findings);
});

test('imageSizes() gives the smallest, the median and the largest size by number of pixels', () => {
  const size = (width: number, height: number) => ({ width, height });
  const sizes = imageSizes([size(30, 40), size(10, 10), size(100, 5), size(30, 40), size(20, 200)]);
  assert.deepEqual(sizes, { smallest: size(10, 10), median: size(30, 40), largest: size(20, 200), distinct: 4 });
  assert.deepEqual(imageSizes([size(8, 8)]), {
    smallest: size(8, 8),
    median: size(8, 8),
    largest: size(8, 8),
    distinct: 1,
  });
});

const hymenoptera = new URL('../../../../shared/data/hymenoptera/all', import.meta.url).pathname;

test('prepareDataset() flags the placeholder imageNotFound.gif among photographs of ants, and flags no photograph', {
  skip: existsSync(hymenoptera) ? false : 'the hymenoptera photographs are not here',
}, async () => {
  const dataset = await prepare(hymenoptera);
  assert.deepEqual(
    of(dataset, 'suspect').map(({ relativePath }) => relativePath),
    ['ants/imageNotFound.gif'],
  );
  assert.deepEqual(dataset.counts, { train: [87, 85], val: [19, 18], test: [18, 18] });
});
