// One depth for all 16-bit images of a dataset: which values decide, and what the check reports.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Dataset } from '../../../runner/dataset/dataset.ts';
import { chooseDepth, depthFindings } from '../../../runner/dataset/depth.ts';
import type { Depth } from '../../../shared/contracts/depth.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { folderWith, images } from '../../support/imageFolder.ts';
import { prepareDataset } from '../../support/prepareDataset.ts';
import { ramp, sixteenBitPng, sixteenBitTiff } from '../../support/sixteenBits.ts';

const ranged = (...largest: readonly number[]) =>
  largest.map((value, i) => ({
    relativePath: `${i}.png`,
    sampleRange: { declaresWhite: false, largest: value, mostSample: undefined },
  }));

for (const [largest, depth] of [
  [0, 8],
  [255, 8],
  [256, 10],
  [1023, 10],
  [1024, 12],
  [4095, 12],
  [4096, 14],
  [16_383, 14],
  [16_384, 16],
  [65_535, 16],
] as const satisfies readonly (readonly [number, Depth])[])
  test(`chooseDepth() reads values up to ${largest} as ${depth} bits`, () => {
    const choice = chooseDepth('auto', ranged(0, largest, 0));
    assert.deepEqual([choice.depth, choice.needed, choice.clippedCount], [depth, depth, 0]);
  });

test('chooseDepth() ignores 8-bit images and images that declare their white', () => {
  const declared = { declaresWhite: true, largest: 65_535, mostSample: undefined };
  const others = [
    { relativePath: 'a.jpg', sampleRange: null },
    { relativePath: 'b.png', sampleRange: declared },
  ];
  assert.equal(chooseDepth('auto', others).depth, 16);
  const choice = chooseDepth('auto', [...others, ...ranged(3000)]);
  assert.deepEqual([choice.depth, choice.imageCount, choice.declaredCount], [12, 1, 1]);
});

test('chooseDepth() treats a declared largest value like one that occurs', () => {
  const [dark] = ranged(700);
  assert.equal(chooseDepth('auto', [dark!]).depth, 10);
  const hinted = { ...dark!, sampleRange: { ...dark!.sampleRange, mostSample: 4095 } };
  assert.equal(chooseDepth('auto', [hinted]).depth, 12);
});

test('depthFindings() reports that a few bright images make all others dark', () => {
  const most = ranged(...Array<number>(20).fill(4000), 65_535);
  const [note] = depthFindings(chooseDepth('auto', most), most);
  assert.match(
    note?.kind === 'note' ? note.text : '',
    /read as 16 bits.*65535 \(20\.png\)\. All but 1 would fit into 12 bits: if that one is a mistake, take it out, or set depth to 12$/,
  );
  assert.deepEqual(chooseDepth('auto', most).outliers, { count: 1, othersFit: 12 });
  assert.equal(chooseDepth('auto', most.slice(0, 20)).outliers, undefined);
  assert.equal(chooseDepth('auto', []).outliers, undefined);
});

test('depthFindings() lists clipped images one by one, and many of them as one note', () => {
  const few = ranged(4095, 4096, 5000);
  assert.deepEqual(suspectsFor('clipped', { findings: depthFindings(chooseDepth(12, few), few) }), ['1.png', '2.png']);
  const many = ranged(...Array<number>(30).fill(5000));
  const findings = depthFindings(chooseDepth(12, many), many);
  assert.deepEqual(suspectsFor('clipped', { findings }), []);
  assert.match(JSON.stringify(findings), /30 of 30 images: values above 4095, the white of depth 12, are clipped/);
});

const prepare = async (
  t: TestContext,
  files: Readonly<Record<string, Uint8Array>>,
  depth: Recipe['depth'] = 'auto',
): Promise<Dataset> =>
  prepareDataset({
    folder: await folderWith(t, files),
    groupPattern: null,
    split: { train: 0.7, val: 0.15, test: 0.15 },
    seed: 1,
    depth,
  });

/** Different images of up to 12 bits in 16. */
function detectorFiles(): Record<string, Buffer> {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < 5; i++) {
    files[`a/${i}.png`] = sixteenBitPng(ramp(3000 + 200 * i));
    files[`b/${i}.tiff`] = sixteenBitTiff(ramp(1100 + 200 * i, 3));
  }
  return files;
}

const suspectsFor = (words: string, { findings }: Pick<Dataset, 'findings'>): string[] =>
  findings.flatMap((f) => (f.kind === 'suspect' && f.reason.includes(words) ? [f.relativePath] : []));

test('prepareDataset() reads a dataset of 12 bits in 16 as 12 bits, and flags none of its images as placeholders', async (t) => {
  const dataset = await prepare(t, { ...detectorFiles(), ...images('a', 3) });
  assert.deepEqual(dataset.depth, {
    depth: 12,
    from: 'images',
    needed: 12,
    imageCount: 10,
    declaredCount: 0,
    largest: { sample: 3800, relativePath: 'a/4.png' },
    clippedCount: 0,
  });
  assert.deepEqual(suspectsFor('placeholder', dataset), []);
});

test('prepareDataset() reads all images as 16 bits when one image of any split needs them', async (t) => {
  const files = await detectorFiles();
  for (const seed of [1, 2]) {
    const bright = { ...files, [`b/bright-${seed}.png`]: sixteenBitPng(ramp(65_000)) };
    const dataset = await prepare(t, bright);
    assert.equal(dataset.depth.depth, 16);
    assert.deepEqual(suspectsFor('placeholder', dataset), []);
    const dark = suspectsFor('too dark', dataset);
    assert.deepEqual([dark.includes('b/0.tiff'), dark.includes(`b/bright-${seed}.png`)], [true, false]);
  }
});

test('prepareDataset() clips at the depth that the recipe names, and lists the clipped images', async (t) => {
  const files = { ...detectorFiles(), 'b/bright.png': sixteenBitPng(ramp(65_000)) };
  const { depth, findings } = await prepare(t, files, 12);
  assert.deepEqual([depth.depth, depth.from, depth.needed, depth.clippedCount], [12, 'recipe', 16, 1]);
  assert.deepEqual(suspectsFor('above 4095', { findings }), ['b/bright.png']);
});

test('prepareDataset() still flags a blank 16-bit image as a placeholder', async (t) => {
  const even = { width: 64, height: 64, channels: 1, data: new Uint16Array(64 * 64).fill(2000) } as const;
  const files = { ...detectorFiles(), 'a/even.png': sixteenBitPng(even) };
  assert.deepEqual(suspectsFor('placeholder', await prepare(t, files)), ['a/even.png']);
});
