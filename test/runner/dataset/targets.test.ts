// The check of a dataset with targets other than classes: a mask file for each image, and none at all.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkDataset, type Dataset } from '../../../runner/dataset/dataset.ts';
import type { IndexedFolder } from '../../../runner/dataset/indexed.ts';
import type { Targets } from '../../../runner/dataset/targets.ts';
import { createWalker } from '../../../runner/dataset/walk.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { splitNames } from '../../../shared/contracts/splits.ts';
import { bitmapOf, folderWith, images } from '../../support/imageFolder.ts';

const options = { groups: 'pattern', groupPattern: null, split: { train: 0.6, val: 0.2, test: 0.2 }, seed: 3 } as const;

/** Every image below `images`, without a split. */
async function indexed<T extends object>(folder: string, targetOf: (path: string) => T): Promise<IndexedFolder<T>> {
  const found = await (await createWalker(folder)).findImages(['images']);
  return {
    index: {
      folder,
      classNames: [],
      images: found.map(({ folder: _, ...file }) => ({ ...file, givenSplit: null, ...targetOf(file.relativePath) })),
      givenSplits: [],
    },
    findings: [],
  };
}

/** Images without a target: one stratum, and a group is the part of the name before "_". */
const nothing: Targets<object> = {
  stratumCount: 1,
  stratumOf: () => 0,
  refusal: ({ kind }) => new UserError('internal', { reason: kind, log: '' }),
  groupingBy:
    async () =>
    ({ relativePath }) =>
      relativePath.split('_')[0]!,
  namesIn: () => [],
  whereAlike: 'split',
  folderNames: [],
  folderNameOf: () => null,
  fingerprintOf: () => null,
  findings: () => [],
};

interface Masked {
  /** Path relative to the dataset folder. */
  readonly mask: string;
  readonly showsLesion: boolean;
}

const masked: Targets<Masked> = {
  ...nothing,
  stratumCount: 2,
  stratumOf: ({ showsLesion }) => Number(showsLesion),
  namesIn: (targets) => [...new Set(targets.map(({ mask }) => mask))].sort(),
  fingerprintOf: ({ mask }) => mask,
};

const maskOf = (path: string): Masked => ({
  mask: path.replace('images/', 'masks/'),
  showsLesion: /\/p[0-4]_/.test(path),
});

/** Ten patients of four images each. */
const patients = () => images('images', 40, (i) => `p${i % 10}_${i}.bmp`);

const folderOfPatients = (t: TestContext, more: Parameters<typeof folderWith>[1] = {}) =>
  folderWith(t, { ...patients(), ...more });

test('checkDataset() splits images without targets, and keeps groups together', async (t) => {
  const dataset = await checkDataset(await indexed(await folderOfPatients(t), () => ({})), nothing, options);
  assert.deepEqual(
    splitNames.map((name) => dataset.splits[name].length),
    [24, 8, 8],
  );
  assert.deepEqual(dataset.counts, { train: [24], val: [8], test: [8] });
  const splitsOf = (patient: string) =>
    splitNames.filter((name) => dataset.splits[name].some((image) => dataset.images[image]!.group.endsWith(patient)));
  for (let patient = 0; patient < 10; patient++) assert.equal(splitsOf(`/p${patient}`).length, 1);
  assert.deepEqual(dataset.findings, []);
});

test('checkDataset() fingerprints images without targets by path, content and split', async (t) => {
  const folder = await folderOfPatients(t);
  const {
    fingerprint,
    images: records,
    splits,
  } = await checkDataset(await indexed(folder, () => ({})), nothing, options);
  const lines = records.map(({ relativePath, sha256 }, i) => {
    const split = splitNames.find((name) => splits[name].includes(i));
    return `${JSON.stringify([relativePath, sha256, null, split])}\n`;
  });
  assert.equal(fingerprint, createHash('sha256').update(lines.join('')).digest('hex'));
});

test('checkDataset() gives every split about its share of each stratum of masks', async (t) => {
  const folder = await folderOfPatients(t);
  const { counts, images: records, fingerprint } = await checkDataset(await indexed(folder, maskOf), masked, options);
  assert.deepEqual(counts, { train: [12, 12], val: [4, 4], test: [4, 4] });
  assert.equal(records[0]!.mask, records[0]!.relativePath.replace('images', 'masks'));
  assert.equal(records[0]!.file, join(folder, records[0]!.relativePath));
  const other = (path: string) => ({ ...maskOf(path), mask: 'masks/other.png' });
  const changed = await checkDataset(await indexed(folder, other), masked, options);
  assert.notEqual(changed.fingerprint, fingerprint, 'another mask is another dataset');
});

test("checkDataset() lists the masks of an image's copies", async (t) => {
  const twice = bitmapOf(9001);
  const folder = await folderOfPatients(t, { 'images/p1_copy.bmp': twice, 'images/p6_copy.bmp': twice });
  const { findings, splits, images: records } = await checkDataset(await indexed(folder, maskOf), masked, options);
  const relativePaths = ['images/p1_copy.bmp', 'images/p6_copy.bmp'];
  const used = splitNames.filter((name) =>
    splits[name].some((image) => relativePaths.includes(records[image]!.relativePath)),
  );
  assert.equal(used.length, 1, 'copies stay in one split');
  const classNames = ['masks/p1_copy.bmp', 'masks/p6_copy.bmp'];
  assert.deepEqual(findings, [{ kind: 'duplicate', relativePaths, splits: used, classNames }]);
});

test("checkDataset() uses the task's sentence when a stratum is too small to be divided", async (t) => {
  const folder = await folderOfPatients(t);
  const rare = (path: string) => ({ ...maskOf(path), showsLesion: path.endsWith('p7_7.bmp') });
  const seen: unknown[] = [];
  const targets: Targets<Masked> = {
    ...masked,
    refusal(problem) {
      seen.push(problem);
      return new UserError('allCorrupt', { folder: 'x', count: 0, reasons: '' });
    },
  };
  await assert.rejects(checkDataset(await indexed(folder, rare), targets, options), { code: 'allCorrupt' });
  assert.deepEqual(seen, [{ kind: 'tooFewImages', stratum: 1, count: 1, needed: 3 }]);
});

test('a room that takes a dataset of any task cannot look at labels: the compiler refuses it', () => {
  // @ts-expect-error
  const labelOf = ({ images: records }: Dataset) => records[0]!.label;
  assert.equal(typeof labelOf, 'function');
});
