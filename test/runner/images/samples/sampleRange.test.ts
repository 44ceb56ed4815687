// 16-bit values as bytes: by the depth of the dataset, or by the file's own metadata.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeRaster } from '../../../../runner/images/images.ts';
import type { Depth } from '../../../../shared/contracts/depth.ts';
import { ramp, type SixteenBitImage, sixteenBitPng, sixteenBitTiff } from '../../../support/sixteenBits.ts';

/** round(255 value / white) in integers. */
const expected = ({ data }: SixteenBitImage, white: number): number[] =>
  [...data].map((value) => {
    const exact = Math.min(255, (255 * value) / white);
    return exact % 1 === 0.5 ? 2 * Math.round(exact / 2) : Math.round(exact); // halves to even, as Pillow does
  });

const bytesOf = async (file: Uint8Array, depth?: Depth | 'own'): Promise<number[]> => {
  const { raster } = await decodeRaster(file, depth === undefined ? {} : { depth });
  return [...raster.data];
};

const grey = ramp(4095);
/** Coloured, so that three channels stay. */
const colours: SixteenBitImage = {
  ...ramp(4095, 3),
  data: ramp(4095, 3).data.map((v, i) => (i % 3 === 0 ? v >> 1 : v)),
};

const files: readonly [name: string, image: SixteenBitImage, file: Buffer][] = [
  ['a grey PNG', grey, sixteenBitPng(grey)],
  ['a grey TIFF', grey, sixteenBitTiff(grey)],
  ['a colour PNG', colours, sixteenBitPng(colours)],
  ['a colour TIFF', colours, sixteenBitTiff(colours)],
];

for (const [name, image, file] of files) {
  test(`decodeRaster() reads ${name} with 12 bits in 16 like its 8-bit version`, async () => {
    assert.deepEqual(await bytesOf(file, 12), expected(image, 4095));
    assert.deepEqual(await bytesOf(file, 'own'), expected(image, 4095));
  });

  test(`decodeRaster() uses the full range of the type for ${name} without a depth`, async () => {
    assert.deepEqual(await bytesOf(file), expected(image, 65_535));
    assert.deepEqual(await bytesOf(file, 16), expected(image, 65_535));
  });

  test(`decodeRaster() makes values of ${name} above the depth white, and reports the largest`, async () => {
    assert.deepEqual(await bytesOf(file, 10), expected(image, 1023));
    const { sixteenBits } = await decodeRaster(file);
    assert.deepEqual(
      [sixteenBits?.declaresWhite, sixteenBits?.largest, sixteenBits?.mostSample],
      [false, 4095, undefined],
    );
  });
}

test('decodeRaster() keeps values that sBIT declares as 12-bit, whatever the depth', async () => {
  for (const image of [ramp(4095), colours, ramp(1500)]) {
    const file = sixteenBitPng(image, 12);
    for (const depth of [8, 12, 16] as const) assert.deepEqual(await bytesOf(file, depth), expected(image, 4095));
    assert.equal((await decodeRaster(file)).sixteenBits?.declaresWhite, true);
  }
});

test('decodeRaster() uses the full range for values scaled up to 16 bits, as the PNG specification requires beside sBIT', async () => {
  const scalings = {
    shifted: (value: number) => value << 4,
    repeated: (value: number) => (value << 4) | (value >> 8),
    nearest: (value: number) => Math.round((value * 65_535) / 4095),
  };
  for (const largest of [4095, 200])
    for (const [name, scale] of Object.entries(scalings)) {
      const image = { ...grey, data: ramp(largest).data.map(scale) };
      const file = sixteenBitPng(image, 12);
      assert.deepEqual(await bytesOf(file, 12), expected(image, 65_535), `${name}, up to ${largest}`);
    }
});

test('decodeRaster() ignores an sBIT of 16, which programs write by default', async () => {
  const file = sixteenBitPng(grey, 16);
  assert.equal((await decodeRaster(file)).sixteenBits?.declaresWhite, false);
  assert.deepEqual(await bytesOf(file, 12), expected(grey, 4095));
});

test("decodeRaster() treats TIFF's MaxSampleValue as a hint for the dataset, not as one image's white", async () => {
  const dark = ramp(900);
  const file = sixteenBitTiff(dark, { maxSampleValue: 4095 });
  const { sixteenBits } = await decodeRaster(file);
  assert.deepEqual([sixteenBits?.declaresWhite, sixteenBits?.largest, sixteenBits?.mostSample], [false, 900, 4095]);
  assert.deepEqual(await bytesOf(file, 16), expected(dark, 65_535));
  assert.deepEqual(await bytesOf(file, 'own'), expected(dark, 4095));
  const asType = sixteenBitTiff(dark, { maxSampleValue: 65_535 });
  assert.equal((await decodeRaster(asType)).sixteenBits?.mostSample, undefined);
});

test('decodeRaster() inverts white-is-zero values of 12 bits in 16 within 12 bits', async () => {
  const file = sixteenBitTiff(grey, { photometric: 0 });
  const turned = { ...grey, data: grey.data.map((value) => 4095 - value) };
  assert.equal((await decodeRaster(file)).sixteenBits?.largest, 4095);
  assert.deepEqual(await bytesOf(file, 12), expected(turned, 4095));
});

test('decodeRaster() reduces a large 16-bit image after converting it to bytes', async () => {
  const large = ramp(4095, 1, 64);
  const { raster } = await decodeRaster(sixteenBitPng(large), { maxShortSide: 16, depth: 12 });
  assert.deepEqual([raster.width, raster.height], [16, 16]);
  assert.ok(Math.max(...raster.data) > 245);
});

test('decodeRaster() reports no 16-bit values for an 8-bit image, whatever the depth', async () => {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#804020' } })
    .png()
    .toBuffer();
  const { sixteenBits, raster } = await decodeRaster(png, { depth: 12 });
  assert.equal(sixteenBits, null);
  assert.deepEqual([...raster.data.subarray(0, 3)], [0x80, 0x40, 0x20]);
});

test("decodeRaster() uses a PNM file's maxval, or the depth where maxval is that of the type", async () => {
  for (const [maxval, expectedWhite] of [
    [4095, 4095],
    [5000, 5000],
    [65_535, 1023],
  ] as const) {
    const pixels = Buffer.alloc(grey.data.length * 2);
    for (const [i, value] of grey.data.entries()) pixels.writeUInt16BE(value, 2 * i);
    const file = Buffer.concat([Buffer.from(`P5\n${grey.width} ${grey.height}\n${maxval}\n`), pixels]);
    assert.equal((await decodeRaster(file)).sixteenBits?.declaresWhite, maxval !== 65_535);
    assert.deepEqual(await bytesOf(file, 10), expected(grey, expectedWhite), `maxval ${maxval}`);
  }
});
