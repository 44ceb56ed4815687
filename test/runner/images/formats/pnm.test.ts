import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeImage, limitPixels, UndecodableImage } from '../../../../runner/images/images.ts';

const bytes = (header: string, ...pixels: number[]): Buffer =>
  Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(pixels)]);
const red = async (file: Buffer) => [...(await decodeImage(file)).image.data].filter((_, i) => i % 3 === 0);

// Grey values that Pillow 13.0.0 reads in the same bytes, unless noted otherwise.
const cases: readonly (readonly [string, Buffer, readonly number[]])[] = [
  ['P1, where 1 is black', bytes('P1\n3 1\n0 1 0\n'), [255, 0, 255]],
  ['P1 without blanks', bytes('P1\n3 1\n010'), [255, 0, 255]],
  ['P2', bytes('P2\n# made by hand\n3 1\n255\n0 128\n255\n'), [0, 128, 255]],
  ['P2 of maxval 100', bytes('P2 3 1 100 0 50 100'), [0, 128, 255]],
  ['P3', bytes('P3 2 1 7 1 2 3 4 5 6'), [36, 146]],
  [
    'P4, whose rows begin with a byte of their own',
    bytes('P4 3 2\n', 0b01000000, 0b10100000),
    [255, 0, 255, 0, 255, 0],
  ],
  ['P5', bytes('P5 3 1 255\n', 0, 10, 255), [0, 10, 255]],
  ['P5 with comments', bytes('P5#a\n# b\n3 #c\n1 255#d\n', 0, 35, 255), [0, 35, 255]],
  ['P5 of maxval 100', bytes('P5 3 1 100\n', 0, 33, 100), [0, 84, 255]],
  ['P5 of maxval 6', bytes('P5 3 1 6\n', 1, 3, 5), [42, 128, 212]],
  ['P5 of maxval 1', bytes('P5 2 1 1\n', 0, 1), [0, 255]],
  ['P5 whose first pixel is a line feed', bytes('P5 2 1 255\n', 10, 13), [10, 13]],
  // Pillow clips 16 bits of grey at 255.
  ['P5 of 16 bits, big-endian', bytes('P5 3 1 65535\n', 0, 128, 0, 129, 200, 200), [0, 1, 200]],
  ['P5 of 12 bits', bytes('P5 3 1 4095\n', 0, 0, 8, 0, 15, 255), [0, 128, 255]],
  ['P5 of maxval 300', bytes('P5 3 1 300\n', 0, 0, 0, 150, 1, 44), [0, 128, 255]],
  ['P6 of maxval 100', bytes('P6 2 1 100\n', 0, 50, 100, 33, 1, 2), [0, 84]],
  ['P6 of 12 bits', bytes('P6 2 1 4095\n', 15, 255, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0), [255, 8]],
  // Pillow and netpbm read the second byte of the line ending as a pixel.
  ['P5 with the line ends of Windows', bytes('P5\r\n2 1\r\n255\r\n', 5, 9), [5, 9]],
  ['P5 of one CR and a first pixel of 10', bytes('P5\r\n2 1\r\n255\r', 10, 9), [10, 9]],
];

for (const [name, file, expected] of cases)
  test(`decodeImage() reads ${name}`, async () => assert.deepEqual(await red(file), expected));

test('decodeImage() keeps the channel order of a portable any-map', async () => {
  const { image, type } = await decodeImage(bytes('P6 2 1 255\n', 1, 2, 3, 4, 5, 6));
  assert.deepEqual([type, ...image.data], ['pnm', 1, 2, 3, 4, 5, 6]);
});

test('decodeImage() scales any maxval exactly: 255 * value / maxval, halves to even as in Pillow', async () => {
  for (const white of [1, 2, 3, 99, 254, 255, 256, 257, 1023, 4095, 12345, 65535]) {
    const values = [0, 1, Math.floor(white / 3), Math.floor(white / 2), white - 1, white];
    const nearest = values.map((value) => {
      const exact = (255 * value) / white; // halves are exact in binary
      return exact % 1 === 0.5 ? 2 * Math.round(exact / 2) : Math.round(exact);
    });
    assert.deepEqual(await red(bytes(`P2 6 1 ${white} ${values.join(' ')}`)), nearest, `maxval ${white}`);
  }
});

test('decodeImage() reports oddities of a portable any-map', async () => {
  const of = async (file: Buffer) => {
    const { findings, conversions } = await decodeImage(file);
    return [findings.map(({ reason }) => reason).join(), conversions.join()];
  };
  assert.deepEqual(await of(bytes('P5 1 1 255\n', 7)), ['', '']);
  assert.deepEqual(await of(bytes('P5 1 1 4095\n', 7, 7)), ['', 'sixteenBitGrey']);
  assert.deepEqual(await of(bytes('P6 1 1 4095\n', 7, 7, 7, 7, 7, 7)), ['', 'sixteenBit']);
  assert.deepEqual(await of(bytes('P5 1 1 255\n', 7, 0x50, 0x35, 32, 49)), ['', 'animated']);
  assert.deepEqual(await of(bytes('P5 1 1 255\n', 7, 8)), ['bytes follow its pixels', '']);
  assert.deepEqual(await of(bytes('P5 1 1 100\n', 101)), [
    'values above 100, its declared maximum, count as white',
    '',
  ]);
});

test('decodeImage() refuses a damaged, truncated or oversized portable any-map before allocating memory for it', async () => {
  const refusals: readonly (readonly [Buffer, RegExp])[] = [
    [bytes('P5 3 1 255\n', 0, 10), /ends early: 2 bytes of pixels, 3 expected/],
    [bytes('P5 2 1 65535\n', 0, 10, 0), /ends early/],
    [bytes('P2 2 2 255 1 2 3'), /ends early/],
    [bytes('P2 2 2 255 1 2 3 x'), /no number/],
    [bytes('P4 9 2\n', 1, 2, 3), /ends early/],
    [bytes('P5 3'), /header/],
    [bytes('P5 3 x'), /header/],
    [bytes('P5 0 3 255\n', 1), /0 x 3/],
    [bytes('P5 1 1 65536\n', 1, 1), /65536: 1 to 65535/],
    [bytes('P5 1 1 0\n', 1, 1), /maximum is 0/],
    [bytes('P2 1 1 255 70000'), /70000 is above 255/],
    [bytes('P1 2 1 0 2'), /bit 1 is 2/],
    [bytes(`P5 ${limitPixels + 1} 1 255\n`, 1), /million are not read/],
    [bytes('P5 99999999999999999999 1 255\n', 1), /million are not read/],
    [bytes(`P5 13000 13000 255\n`, 1), /ends early/],
    [bytes('P7\nWIDTH 1\n'), /PAM/],
  ];
  for (const [file, reason] of refusals)
    await assert.rejects(
      decodeImage(file),
      (error: unknown) => error instanceof UndecodableImage && reason.test(error.reason),
      `${reason}`,
    );
});
