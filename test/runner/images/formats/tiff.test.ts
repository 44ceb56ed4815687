import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Conversion,
  type DecodeOptions,
  decodeImage,
  UndecodableImage,
} from '../../../../runner/images/images.ts';
import { constant, type TiffOptions, tiffOf } from '../../../support/imageWriters.ts';

const size = { width: 6, height: 4 };
const bands = (values: readonly number[], rest: Partial<TiffOptions> = {}): TiffOptions => ({
  ...size,
  values: constant(6, 4, values),
  samplesPerPixel: values.length,
  ...rest,
});

/** The one colour of an image, and its modification. */
async function colourOf(bytes: Uint8Array, options?: DecodeOptions): Promise<[number[], readonly Conversion[]]> {
  const { image, conversions } = await decodeImage(bytes, options);
  const first = [...image.data.subarray(0, 3)];
  assert.ok(
    image.data.every((value, i) => value === first[i % 3]),
    'the image is of one colour',
  );
  return [first, conversions];
}

const many: Conversion[] = ['extraBands'];
const rgb = [200, 100, 50];
const manyGrey: Conversion[] = ['extraBandsOfGrey'];
const cases: readonly (readonly [string, TiffOptions, readonly number[], readonly Conversion[]])[] = [
  ['red, green, blue, near infrared', bands([...rgb, 25], { extraSamples: [0] }), rgb, many],
  ['four bands and not a word about the fourth', bands([...rgb, 25]), rgb, many],
  ['five bands', bands([...rgb, 25, 12], { extraSamples: [0, 0] }), rgb, many],
  [
    'thirteen bands',
    bands([...rgb, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0], { extraSamples: new Array<number>(10).fill(0) }),
    rgb,
    many,
  ],
  ['five bands in planes', bands([...rgb, 25, 12], { extraSamples: [0, 0], isPlanar: true }), rgb, many],
  [
    'five bands in planes, deflated',
    bands([...rgb, 25, 12], { extraSamples: [0, 0], isPlanar: true, isDeflated: true }),
    rgb,
    many,
  ],
  [
    'five bands of 16 bits',
    bands([51400, 25700, 12850, 9, 7], { bits: 16, extraSamples: [0, 0] }),
    rgb,
    ['sixteenBit', 'extraBands'],
  ],
  [
    'five bands in a BigTIFF of the other byte order',
    bands([...rgb, 25, 12], { extraSamples: [0, 0], isBigTiff: true, isBigEndian: true }),
    rgb,
    many,
  ],
  ['grey and an unspecified band', bands([200, 100], { extraSamples: [0] }), [200, 200, 200], manyGrey],
  [
    'five bands that are called grey',
    bands([200, 100, 50, 25, 12], { photometric: 1, extraSamples: [0, 0, 0, 0] }),
    [200, 200, 200],
    manyGrey,
  ],
  [
    'grey and an unspecified band of 16 bits',
    bands([51400, 3], { bits: 16, extraSamples: [0] }),
    [200, 200, 200],
    ['sixteenBitGrey', 'extraBandsOfGrey'],
  ],
  // 200 * 128/255 + 127 = 227.4, 100 * 128/255 + 127 = 177.2, 50 * 128/255 + 127 = 152.1
  ['opacity', bands([...rgb, 128], { extraSamples: [2] }), [227, 177, 152], ['transparent']],
  [
    'opacity of 16 bits',
    bands([51400, 25700, 12850, 32896], { bits: 16, extraSamples: [2] }),
    [227, 177, 152],
    ['sixteenBit', 'transparent'],
  ],
  [
    'opacity before another band',
    bands([...rgb, 128, 3], { extraSamples: [2, 0] }),
    [227, 177, 152],
    ['extraBands', 'transparent'],
  ],
  [
    'opacity after another band',
    bands([...rgb, 3, 128], { extraSamples: [0, 2] }),
    [227, 177, 152],
    ['extraBands', 'transparent'],
  ],
  ['premultiplied opacity', bands([100, 50, 26, 128], { extraSamples: [1] }), [227, 177, 153], ['transparent']],
  ['grey and opacity', bands([200, 0], { extraSamples: [2] }), [200, 200, 200], ['greyTransparent']],
  ['grey and premultiplied opacity', bands([100, 128], { extraSamples: [1] }), [199, 199, 199], ['greyTransparent']],
  [
    'grey and opacity in planes',
    bands([200, 0], { extraSamples: [2], isPlanar: true }),
    [200, 200, 200],
    ['firstPlane'],
  ],
  ['min is white', bands([200], { photometric: 0 }), [55, 55, 55], []],
  [
    'min is white, 16 bits',
    bands([51400], { photometric: 0, bits: 16 }),
    [55, 55, 55],
    ['sixteenBitGrey', 'inverted16'],
  ],
  ['min is white, 1 bit', bands([1], { photometric: 0, bits: 1 }), [0, 0, 0], []],
  ['1 bit', bands([1], { bits: 1 }), [255, 255, 255], []],
  ['2 bits', bands([2], { bits: 2 }), [170, 170, 170], []],
  ['4 bits', bands([3], { bits: 4 }), [51, 51, 51], []],
  ['4 bits, min is white', bands([3], { bits: 4, photometric: 0 }), [204, 204, 204], []],
  ['planes', bands(rgb, { isPlanar: true }), rgb, []],
  ['planes of 16 bits', bands([51400, 25700, 12850], { isPlanar: true, bits: 16 }), rgb, ['sixteenBit']],
  ['tiles', bands(rgb, { tile: 16 }), rgb, []],
  ['tiles of 5 bands', bands([...rgb, 1, 2], { tile: 16, extraSamples: [0, 0] }), rgb, many],
  [
    'a palette',
    bands([2], {
      photometric: 3,
      palette: Array.from({ length: 256 }, (_, i) => [i * 257, 200 * 257, 7 * 257] as const),
    }),
    [2, 200, 7],
    [],
  ],
  [
    'a palette of 4 bits',
    bands([2], {
      photometric: 3,
      bits: 4,
      palette: Array.from({ length: 16 }, (_, i) => [i * 257, 200 * 257, 7 * 257] as const),
    }),
    [2, 200, 7],
    [],
  ],
];

for (const [name, options, colour, conversions] of cases)
  test(`decodeImage() reads a TIFF of ${name}, in full size and reduced`, async () => {
    assert.deepEqual(await colourOf(tiffOf(options)), [colour, conversions]);
    const reduced = {
      ...options,
      width: 48,
      height: 32,
      values: constant(48, 32, [...Array.from(options.values).slice(0, options.samplesPerPixel)]),
    };
    const [small, smallConversions] = await colourOf(tiffOf(reduced), { maxShortSide: 8 });
    for (const [channel, value] of small.entries()) assert.ok(Math.abs(value - colour[channel]!) <= 1, `${small}`);
    assert.deepEqual(smallConversions, conversions);
  });

test('decodeImage() keeps the near-infrared band of a reduced TIFF out of its colours', async () => {
  const values = Array.from({ length: 48 * 32 }, (_, i) => [
    i % 2 === 0 ? 200 : 0,
    100,
    50,
    i % 2 === 0 ? 0 : 255,
  ]).flat();
  const { image } = await decodeImage(
    tiffOf({ width: 48, height: 32, values, samplesPerPixel: 4, extraSamples: [0] }),
    { maxShortSide: 8 },
  );
  for (let i = 0; i < image.data.length; i += 3) assert.ok(Math.abs(image.data[i]! - 100) <= 1, `${image.data[i]}`);
});

test('decodeImage() rounds 16 bits to the nearest 8-bit value, grey and colour alike', async () => {
  const values = [0, 128, 129, 257, 385, 386, 32767, 32768, 65407, 65535];
  const nearest = values.map((value) => Math.round(value / 257));
  assert.deepEqual(nearest, [0, 0, 1, 1, 1, 2, 127, 128, 255, 255]);
  const grey = await decodeImage(tiffOf({ width: 10, height: 1, values, bits: 16 }));
  const colour = await decodeImage(
    tiffOf({
      width: 10,
      height: 1,
      values: values.flatMap((value) => [value, value, 65535 - value]),
      bits: 16,
      samplesPerPixel: 3,
    }),
  );
  const channel = (image: typeof grey.image, at: number) => [...image.data].filter((_, i) => i % 3 === at);
  assert.deepEqual(channel(grey.image, 0), nearest);
  assert.deepEqual(channel(colour.image, 0), nearest);
  assert.deepEqual(
    channel(colour.image, 2),
    nearest.map((value) => 255 - value),
  );
});

test('decodeImage() takes the white level from the depth instead of 65535, and reports the largest value', async () => {
  const options = { width: 4, height: 1, values: [0, 2048, 4095, 4095], bits: 16 };
  const { image, sixteenBits } = await decodeImage(tiffOf(options), { depth: 12 });
  assert.deepEqual([...image.data.filter((_, i) => i % 3 === 0)], [0, 128, 255, 255]);
  assert.equal(sixteenBits?.largest, 4095);
  const eight = await decodeImage(tiffOf({ width: 1, height: 1, values: [7] }), { depth: 12 });
  assert.deepEqual([eight.image.data[0], eight.sixteenBits], [7, null]);
});

const refusals: readonly (readonly [string, TiffOptions, RegExp])[] = [
  ['signed values', bands([5], { sampleFormat: 2 }), /signed.*8 or 16 bits/],
  ['signed 16-bit values', bands([5], { sampleFormat: 2, bits: 16 }), /signed/],
  ['floats', bands([0.5], { sampleFormat: 3, bits: 32 }), /floating-point.*8 or 16 bits/],
  ['32 bits', bands([5], { bits: 32 }), /32 bits.*8 or 16/],
  ['12 bits', bands([5], { bits: 12 }), /12 bits.*8 or 16/],
  ['RGB of 4 bits', bands([5, 5, 5], { bits: 4 }), /4 bits/],
  ['CIE L*a*b*', bands([128, 20, 236], { photometric: 8 }), /L\*a\*b\*.*RGB/],
  ['CIE L*a*b* of 16 bits', bands([128, 20, 236], { photometric: 8, bits: 16 }), /L\*a\*b\*.*RGB/],
  ['CIE L*a*b* (ICC)', bands([128, 20, 236], { photometric: 9 }), /L\*a\*b\*.*RGB/],
  ['plain YCbCr', bands([128, 90, 200], { photometric: 6 }), /YCbCr.*RGB/],
  ['other inks than CMYK', bands([1, 2, 3, 4], { photometric: 5, inkSet: 2 }), /inks/],
  ['tiles in planes', bands(rgb, { tile: 16, isPlanar: true }), /tiles/],
  [
    'grey and premultiplied opacity in planes',
    bands([100, 128], { extraSamples: [1], isPlanar: true }),
    /premultiplied/,
  ],
  ['Zstandard', bands(rgb, { compression: 50000 }), /compression \(Z\w+\) is not read.*PNG/],
  ['JPEG 2000', bands(rgb, { compression: 34712 }), /compression \(JPEG 2000\) is not read.*PNG/],
  ['LZMA', bands(rgb, { compression: 34925 }), /compression \(LZMA\) is not read.*PNG/],
  ['premultiplied opacity among others', bands([...rgb, 1, 2], { extraSamples: [1, 0] }), /premultiplied/],
];

for (const [name, options, reason] of refusals)
  test(`decodeImage() refuses a TIFF of ${name}, with advice on what to save`, async () => {
    await assert.rejects(decodeImage(tiffOf(options)), (error: unknown) => {
      assert.ok(error instanceof UndecodableImage, String(error));
      assert.match(error.reason, reason);
      return true;
    });
  });

test('decodeImage() keeps every pixel of a grey TIFF with further bands in place, however they are stored', async () => {
  const [width, height] = [37, 21];
  const at = (x: number, y: number, band: number) => (x * 7 + y * 13 + band * 50 + ((x * y) >> 2)) & 255;
  const ways: Partial<TiffOptions>[] = [
    {},
    { isPlanar: true },
    { isPlanar: true, rowsPerStrip: 5 },
    { isPlanar: true, isDeflated: true, rowsPerStrip: 5 },
    { isPlanar: true, isBigTiff: true },
    { isPlanar: true, tile: 16 },
    { isPlanar: true, orientation: 3 },
  ];
  for (const way of ways)
    for (const photometric of [0, 1])
      for (const [samplesPerPixel, bits] of [
        [2, 8],
        [3, 8],
        [5, 8],
        [4, 16],
      ] as const) {
        const values = Array.from({ length: width * height * samplesPerPixel }, (_, i) => {
          const pixel = Math.floor(i / samplesPerPixel);
          const value = at(pixel % width, Math.floor(pixel / width), i % samplesPerPixel);
          return value * (bits === 8 ? 1 : 257);
        });
        const extraSamples = new Array<number>(samplesPerPixel - 1).fill(0);
        const written = tiffOf({ width, height, values, bits, samplesPerPixel, photometric, extraSamples, ...way });
        // Within a larger memory, as Node reads small files.
        const tiff = Buffer.concat([Buffer.alloc(7), written]).subarray(7);
        const { image, conversions } = await decodeImage(tiff);
        assert.deepEqual(tiff, written, 'the bytes stay as they are');
        const expected = Array.from({ length: width * height }, (_, i) => {
          const pixel = way.orientation === 3 ? width * height - 1 - i : i;
          const value = at(pixel % width, Math.floor(pixel / width), 0);
          return photometric === 0 ? 255 - value : value;
        });
        const name = `${JSON.stringify(way)} ${photometric} ${samplesPerPixel} x ${bits}`;
        assert.deepEqual(
          [...image.data],
          expected.flatMap((value) => [value, value, value]),
          name,
        );
        assert.ok(conversions.includes('extraBandsOfGrey'), name);
        assert.equal(conversions.includes('firstPlane'), way.isPlanar ?? false, name);
      }
});

test('decodeImage() keeps every pixel in place, in planes, tiles and strips', async () => {
  const [width, height] = [37, 21];
  const at = (x: number, y: number, band: number) => (x * 7 + y * 13 + band * 50 + ((x * y) >> 2)) & 255;
  const values = (bands: number, times: number) =>
    Array.from({ length: width * height * bands }, (_, i) => {
      const pixel = Math.floor(i / bands);
      return at(pixel % width, Math.floor(pixel / width), i % bands) * times;
    });
  const expected = Buffer.from(values(3, 1));
  const ways: Partial<TiffOptions>[] = [
    {},
    { isPlanar: true },
    { tile: 16 },
    { isDeflated: true },
    { isPlanar: true, isDeflated: true },
  ];
  for (const way of ways)
    for (const [samplesPerPixel, bits] of [
      [3, 8],
      [5, 8],
      [3, 16],
      [4, 16],
    ] as const) {
      const tiff = tiffOf({
        width,
        height,
        values: values(samplesPerPixel, bits === 8 ? 1 : 257),
        bits,
        samplesPerPixel,
        isBigEndian: bits === 16,
        extraSamples: new Array<number>(samplesPerPixel - 3).fill(0),
        ...way,
      });
      assert.deepEqual(
        Buffer.from((await decodeImage(tiff)).image.data),
        expected,
        `${JSON.stringify(way)} ${samplesPerPixel} x ${bits}`,
      );
    }
});
