import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import sharp from 'sharp';
import { hashDistance, type Look, likeness, lookOf } from '../../../runner/dataset/checks/look.ts';
import { leastLikeness, nearGroupsOf, nearPairs } from '../../../runner/dataset/checks/nearDuplicates.ts';
import { decodeRaster } from '../../../runner/images/images.ts';
import { unitsOf } from '../../../shared/dataset/groups.ts';
import { stream, uniform } from '../../../shared/random.ts';
import { folderWith } from '../../support/imageFolder.ts';
import { prepareDataset } from '../../support/prepareDataset.ts';

const side = 200;

/** A different picture for each seed: ellipses of all sizes and colours. */
function picture(seed: number) {
  const random = stream(seed, 'picture');
  const data = new Uint8Array(side * side * 3).fill(136);
  for (let blob = 0; blob < 60; blob++) {
    const [cx, cy] = [uniform(random, 0, side), uniform(random, 0, side)];
    const [rx, ry] = [uniform(random, 4, 40), uniform(random, 4, 40)];
    const color = [0, 1, 2].map(() => Math.round(uniform(random, 0, 255)));
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        if (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1) data.set(color, (y * side + x) * 3);
  }
  return sharp(data, { raw: { width: side, height: side, channels: 3 } });
}

const lookIn = async (bytes: Uint8Array) => lookOf((await decodeRaster(bytes, { maxShortSide: 256 })).raster);

test('copies that are smaller, re-encoded, brighter or cropped by a pixel count as look-alikes; other pictures do not', async () => {
  for (const seed of [1, 2, 3]) {
    const whole = (await lookIn(await picture(seed).png().toBuffer()))!;
    const copies = {
      small: picture(seed).resize(60).jpeg({ quality: 75 }),
      poor: picture(seed).jpeg({ quality: 30 }),
      bright: picture(seed).linear(0.8, 30).png(),
      cropped: picture(seed)
        .extract({ left: 1, top: 1, width: side - 2, height: side - 2 })
        .jpeg({ quality: 90 }),
    };
    for (const [name, copy] of Object.entries(copies)) {
      const look = (await lookIn(await copy.toBuffer()))!;
      assert.ok(likeness(whole, look) >= leastLikeness, `${name} ${seed}: ${likeness(whole, look)}`);
      assert.ok(hashDistance(whole, look) <= 7, `${name} ${seed}: ${hashDistance(whole, look)} bits`);
    }
    const other = (await lookIn(
      await picture(seed + 10)
        .png()
        .toBuffer(),
    ))!;
    assert.ok(likeness(whole, other) < 0.5, `${seed}: ${likeness(whole, other)}`);
  }
});

test('tiny and flat images match no other image', () => {
  const raster = (width: number, height: number, at: (i: number) => number) => ({
    width,
    height,
    channels: 1 as const,
    data: Uint8Array.from({ length: width * height }, (_, i) => at(i)),
  });
  assert.equal(lookOf(raster(31, 200, (i) => i * 37)), null);
  assert.equal(lookOf(raster(64, 64, () => 200)), null);
  assert.equal(lookOf(raster(64, 64, (i) => 200 + (i % 2))), null, 'noise that the fields average out');
});

/** Looks with random hashes in clusters, down to a few bits apart; the same detail within a cluster. */
function clusteredLooks(count: number, seed: number): Look[] {
  const random = stream(seed, 'looks');
  const word = () => Math.floor(uniform(random, 0, 2 ** 32)) | 0;
  const centres = Array.from({ length: count / 4 }, () => ({
    hash: [word(), word()] as const,
    detail: Int8Array.from({ length: 1024 }, () => Math.round(uniform(random, -127, 127))),
  }));
  return Array.from({ length: count }, (_, i) => {
    const { hash, detail } = centres[i % centres.length]!;
    const flip = () => 1 << Math.floor(uniform(random, 0, 32));
    const flips = Array.from({ length: Math.floor(uniform(random, 0, 4)) }, flip);
    const mixed = flips.reduce((low, bit) => low ^ bit, hash[0]);
    return { hash: [mixed, hash[1]], detail, norm: Math.hypot(...detail), aspect: 1 };
  });
}

test('nearPairs() finds every pair up to seven bits apart that brute force finds', async () => {
  const looks = clusteredLooks(400, 7);
  const { pairs, complete } = await nearPairs(looks);
  const expected = looks.flatMap((look, i) =>
    looks
      .slice(0, i)
      .flatMap((other, j) =>
        hashDistance(look, other) <= 7 && likeness(look, other) >= leastLikeness ? [`${i} ${j}`] : [],
      ),
  );
  assert.ok(expected.length > 400 && complete);
  const found = new Set(pairs.map(([i, j]) => `${i} ${j}`));
  assert.deepEqual(
    expected.filter((pair) => !found.has(pair)),
    [],
  );
});

test('copies of one file are compared only once, however many there are', async () => {
  const [look] = clusteredLooks(4, 1);
  const images = Array.from({ length: 100_000 }, () => ({ sha256: 'same', look: look! }));
  const { groupOf, complete } = await nearGroupsOf(images);
  assert.ok(complete);
  assert.equal(new Set(groupOf).size, 1);
});

test('prepareDataset() finds a smaller copy in another split, in another class, and counts those within a split', async (t) => {
  const png = async (seed: number) => await picture(seed).png().toBuffer();
  const small = async (seed: number) => await picture(seed).resize(80).jpeg({ quality: 80 }).toBuffer();
  const folder = await folderWith(t, {
    'train/cat/1.png': await png(1),
    'train/cat/2.png': await png(2),
    'train/cat/2 small.jpg': await small(2),
    'train/dog/3.png': await png(3),
    'train/dog/1 small.jpg': await small(1),
    'val/cat/4.png': await png(4),
    'val/dog/5.png': await png(5),
    'test/cat/6.png': await png(6),
    'test/dog/3 small.jpg': await small(3),
  });
  const split = { train: 0.7, val: 0.15, test: 0.15 };
  const { findings, splitOrigin } = await prepareDataset({ folder, groupPattern: null, split, seed: 1 });
  assert.equal(splitOrigin, 'given');
  assert.deepEqual(
    findings.filter(({ kind }) => kind === 'nearDuplicate'),
    [
      {
        kind: 'nearDuplicate',
        relativePaths: ['train/cat/1.png', 'train/dog/1 small.jpg'],
        imageCount: 2,
        splits: ['train'],
        classNames: ['cat', 'dog'],
      },
      {
        kind: 'nearDuplicate',
        relativePaths: ['train/dog/3.png', 'test/dog/3 small.jpg'],
        imageCount: 2,
        splits: ['train', 'test'],
        classNames: ['dog'],
      },
    ],
  );
  assert.ok(
    findings.some(
      (finding) =>
        finding.kind === 'note' &&
        finding.text.startsWith('2 images look almost the same as another one of their class and split'),
    ),
  );
});

test('generated splits keep look-alikes together, and stay unchanged without any', async (t) => {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 8; i++) {
    files[`${i % 2 ? 'cat' : 'dog'}/${i}.png`] = await picture(i).png().toBuffer();
    files[`${i % 2 ? 'cat' : 'dog'}/${i} copy.jpg`] = await picture(i).resize(100).jpeg().toBuffer();
  }
  const folder = await folderWith(t, files);
  for (const seed of [1, 2, 3]) {
    const split = { train: 0.5, val: 0.25, test: 0.25 };
    const { findings, images, splits } = await prepareDataset({ folder, groupPattern: null, split, seed });
    assert.deepEqual(
      findings.filter(({ kind }) => kind === 'nearDuplicate'),
      [],
    );
    for (const positions of Object.values(splits))
      assert.equal(
        new Set(positions.map((i) => images[i]!.relativePath.replace(/( copy)?\..*/, ''))).size * 2,
        positions.length,
      );
  }
  const apart = [1, 2, 3].map((i) => ({ group: String(i), sha256: String(i) }));
  assert.deepEqual(unitsOf(apart.map((image, look) => ({ ...image, look }))), unitsOf(apart));
});

test('lookOf() reproduces the values that its limits were measured with, at any size', () => {
  const digest = createHash('sha256');
  for (const channels of [1, 3] as const)
    for (const [width, height] of [
      [32, 32],
      [33, 61],
      [224, 224],
      [375, 500],
      [259, 640],
    ] as const) {
      const random = stream(1, 'look', width, height);
      const data = new Uint8Array(width * height * channels);
      // Bands of 12 pixels, so that there is detail, under grain.
      for (let at = 0; at < data.length; at++) {
        const pixel = Math.floor(at / channels);
        const band = Math.floor((pixel % width) / 12) * 7 + Math.floor(pixel / width / 12) * 13;
        data[at] = ((band * 37) % 200) + 40 * random();
      }
      const look = lookOf({ width, height, channels, data })!;
      digest.update(new Int32Array(look.hash)).update(look.detail);
    }
  // Results of the loop that gave the figures of docs/near-duplicates.md.
  assert.equal(digest.digest('hex').slice(0, 16), '7b0262c20acd84a6');
});
