import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { adviceFor } from '../../../runner/images/formats/complaints.ts';
import { decodeImage, limitPixels, readImageFile, UndecodableImage } from '../../../runner/images/images.ts';
import { constant, gifOf, pngOf, tiffOf } from '../../support/imageWriters.ts';
import { curves, fileNamed, pillow, pixelsOf } from '../../support/pillow.ts';

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof UndecodableImage && pattern.test(error.reason);

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

// Lossless types must agree bit for bit; JPEG decoders and blends may round differently. CMYK has its own test.
const tolerance = (name: string) => (/jpg$|alpha/.test(name) ? 1 : 0);

for (const name of Object.keys(pillow.files).filter((name) => !/float|cmyk/.test(name)))
  test(`decodeImage() reads ${name} as Pillow does`, async () => {
    const { image, width, height } = await decodeImage(fileNamed(name));
    const expected = pillow.files[name]!;
    assert.deepEqual([image.width, image.height], [expected.width, expected.height]);
    assert.deepEqual([width, height], [expected.width, expected.height]);
    const difference = meanDifference(image.data, pixelsOf(name));
    assert.ok(difference <= tolerance(name), `mean difference ${difference}`);
  });

test('decodeImage() turns all 8 EXIF orientations into the same upright pixels', async () => {
  const upright = pixelsOf('rgb.png');
  for (let orientation = 1; orientation <= 8; orientation++) {
    const { image, conversions } = await decodeImage(fileNamed(`orientation-${orientation}.png`));
    assert.deepEqual([image.width, image.height], [24, 16]);
    assert.deepEqual(Buffer.from(image.data), upright, `orientation ${orientation}`);
    assert.deepEqual(conversions, orientation === 1 ? [] : ['rotated']);
  }
});

test('decodeImage() scales a 16-bit ramp to 256 distinct values and clips none', async () => {
  for (const name of ['sixteen.png', 'sixteen.tiff']) {
    const { image, conversions } = await decodeImage(fileNamed(name));
    assert.equal(new Set(image.data).size, 256, name);
    assert.deepEqual(conversions, ['sixteenBitGrey']);
  }
  const raw = Uint16Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3) * 257);
  const png = await sharp(raw, { raw: { width: 256, height: 1, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
  assert.equal((await sharp(png).metadata()).depth, 'ushort');
  assert.equal(new Set((await decodeImage(png)).image.data).size, 256);
});

test('decodeImage() converts the inks of a CMYK JPEG, which are stored inverted, to their colours', async () => {
  // Every colour engine has its own cyan, but they agree on which channel an ink darkens.
  const meanOf = async (name: string) => {
    const { image, conversions } = await decodeImage(fileNamed(`${name}.cmyk.jpg`));
    assert.deepEqual(conversions, ['cmyk']);
    return [0, 1, 2].map((c) => image.data.filter((_, i) => i % 3 === c).reduce((a, b) => a + b, 0) / 256);
  };
  for (const [name, dark] of [
    ['cyan', 0],
    ['magenta', 1],
    ['yellow', 2],
  ] as const) {
    const mean = await meanOf(name);
    assert.equal(mean.indexOf(Math.min(...mean)), dark, `${name}: ${mean}`);
  }
  assert.ok((await meanOf('paper')).every((level) => level >= 253));
  assert.ok((await meanOf('black')).every((level) => level <= 40));
});

test('decodeImage() converts an embedded profile to sRGB; an sRGB profile changes nothing', async () => {
  const red = sharp({ create: { width: 8, height: 8, channels: 3, background: '#f01010' } });
  const wide = await red.clone().withIccProfile('p3').png().toBuffer();
  const stored = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
  assert.ok(Math.abs(stored[0]! - 0xf0) > 10, 'the stored numbers are those of the wide space');
  const { image } = await decodeImage(wide);
  [0xf0, 0x10, 0x10].forEach((level, channel) => {
    assert.ok(Math.abs(image.data[channel]! - level) <= 2, `channel ${channel}: ${image.data[channel]}`);
  });
  const tagged = await red.clone().withIccProfile('srgb').png().toBuffer();
  assert.deepEqual([...(await decodeImage(tagged)).image.data.subarray(0, 3)], [0xf0, 0x10, 0x10]);
});

test('decodeImage() reads the first frame of animated and multi-page files, and reports it', async () => {
  for (const name of ['animated.gif', 'animated.webp', 'pages.tiff'])
    assert.deepEqual((await decodeImage(fileNamed(name))).conversions, ['animated'], name);
});

test('decodeImage() composites transparent parts on white, and reports it', async () => {
  const clear = await sharp({
    create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const { image, conversions } = await decodeImage(clear);
  assert.deepEqual(new Set(image.data), new Set([255]));
  assert.deepEqual(conversions, ['transparent']);
});

test('decodeImage() keeps the black of a grey X-ray that tRNS marks as transparent', async () => {
  const values = [0, 0, 100, 200];
  for (const [bits, times] of [
    [8, 1],
    [16, 257],
  ] as const) {
    const png = pngOf({
      width: 4,
      height: 1,
      colourType: 0,
      bits,
      values: values.map((v) => v * times),
      chunks: [['tRNS', Buffer.from([0, 0])]],
    });
    const { image, conversions } = await decodeImage(png);
    assert.deepEqual([...image.data.filter((_, i) => i % 3 === 0)], values);
    assert.deepEqual(conversions, [...(bits === 16 ? ['sixteenBitGrey'] : []), 'greyTransparent']);
    // Also reduced: libvips would weight the greys by their opacity.
    const wide = pngOf({
      width: 64,
      height: 64,
      colourType: 0,
      bits,
      values: constant(32, 64, [0, 200 * times]),
      chunks: [['tRNS', Buffer.from([0, 0])]],
    });
    const reduced = await decodeImage(wide, { maxShortSide: 16 });
    assert.ok(
      reduced.image.data.every((value) => Math.abs(value - 100) <= 1),
      `${reduced.image.data[0]}`,
    );
  }
});

test("decodeImage() fills a GIF's canvas beside a smaller frame with the file's background", async () => {
  const palette = [
    [10, 20, 30],
    [200, 100, 50],
    [1, 2, 3],
    [250, 0, 250],
  ] as const;
  const gif = { canvas: [6, 4], frame: [1, 1, 2, 2], palette, pixel: 1 } as const;
  const pixelsAt = async (bytes: Uint8Array, options = {}) => {
    const { image, conversions } = await decodeImage(bytes, options);
    const at = (x: number, y: number) => [
      ...image.data.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3),
    ];
    return { inside: at(1, 1), below: at(2, 3), beside: at(5, 1), corner: at(0, 0), conversions };
  };
  const rest = (colour: readonly number[]) => ({
    below: colour,
    beside: colour,
    corner: colour,
    inside: [200, 100, 50],
  });
  const white = [255, 255, 255];
  // Background 0 is Pillow 13's choice, too (it takes colour 0 whatever the file says).
  assert.deepEqual(await pixelsAt(gifOf({ ...gif, background: 0 })), {
    ...rest([10, 20, 30]),
    conversions: ['smallerFrame'],
  });
  assert.deepEqual(await pixelsAt(gifOf({ ...gif, background: 3 })), {
    ...rest([250, 0, 250]),
    conversions: ['smallerFrame'],
  });
  // Without one, or with a transparent colour, the canvas is transparent, as in browsers.
  assert.deepEqual(await pixelsAt(gifOf({ ...gif, background: 0, hasLocalPalette: true })), {
    ...rest(white),
    conversions: ['smallerFrame'],
  });
  assert.deepEqual(await pixelsAt(gifOf({ ...gif, background: 3, transparent: 2 })), {
    ...rest(white),
    conversions: ['smallerFrame', 'transparent'],
  });
  assert.deepEqual((await pixelsAt(gifOf({ ...gif, frame: [0, 0, 6, 4], background: 3 }))).conversions, []);
  const large = gifOf({ ...gif, canvas: [64, 64], frame: [0, 0, 64, 32], background: 3 });
  const { image } = await decodeImage(large, { maxShortSide: 16 });
  assert.deepEqual([...image.data.subarray(-3)], [250, 0, 250]);
});

test('decodeImage() refuses values without a known range', async () => {
  await assert.rejects(decodeImage(fileNamed('float.tiff')), refused(/floating-point.*8 or 16 bits/));
});

test('decodeImage() refuses more bands than any photograph has', async () => {
  const tiff = tiffOf({
    width: 2,
    height: 2,
    values: constant(2, 2, new Array<number>(65).fill(9)),
    samplesPerPixel: 65,
  });
  await assert.rejects(decodeImage(tiff), refused(/too many bands.*three of them as RGB/));
});

const jpeg = await sharp(curves(300, 200).data, { raw: { width: 300, height: 200, channels: 3 } })
  .jpeg({ quality: 85 })
  .toBuffer();
const others = {
  png: await sharp(jpeg).png().toBuffer(),
  webp: await sharp(jpeg).webp().toBuffer(),
  gif: await sharp(jpeg).gif().toBuffer(),
  tiff: await sharp(jpeg).tiff().toBuffer(),
  'progressive jpeg': await sharp(jpeg).jpeg({ progressive: true }).toBuffer(),
};
const bmp = fileNamed('rgb.bmp');

for (const [type, bytes] of Object.entries({ jpeg, bmp, ...others }))
  test(`decodeImage() refuses a ${type} cut at 10, 50 and 90 % instead of filling the rest with grey`, async () => {
    for (const share of [0.1, 0.5, 0.9]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      const outcome = await decodeImage(cut).then(
        ({ findings }) => findings.map(({ reason }) => reason).join(),
        (error: unknown) => (error instanceof UndecodableImage ? 'refused' : Promise.reject(error)),
      );
      // A progressive file may end between two passes: it is then complete, only coarser, and flagged.
      if (type === 'progressive jpeg' && outcome !== 'refused') assert.match(outcome, /end marker is missing/);
      else assert.equal(outcome, 'refused', `cut at ${share}`);
    }
  });

test('decodeImage() refuses a JPEG cut at 99 %', async () => {
  await assert.rejects(decodeImage(jpeg.subarray(0, Math.floor(jpeg.length * 0.99))), refused(/./));
});

test('decodeImage() keeps a JPEG without its end marker, with the same pixels, and flags it', async () => {
  const { image, findings } = await decodeImage(jpeg.subarray(0, -2));
  assert.deepEqual(findings, [{ kind: 'suspect', reason: 'its end marker is missing' }]);
  assert.deepEqual(image, (await decodeImage(jpeg)).image);
});

test('decodeImage() keeps a JPEG with bytes after its end marker and flags it; zeros there are padding', async () => {
  const trailing = await decodeImage(Buffer.concat([jpeg, Buffer.from('trailer')]));
  assert.deepEqual(trailing.findings, [{ kind: 'suspect', reason: 'bytes follow its end marker' }]);
  assert.deepEqual((await decodeImage(Buffer.concat([jpeg, Buffer.alloc(64)]))).findings, []);
});

test("decodeImage() refuses a JPEG with a flipped bit, or keeps it with the decoder's complaint", async () => {
  for (let at = 700; at < jpeg.length - 2; at += Math.floor(jpeg.length / 23)) {
    const damaged = Uint8Array.from(jpeg);
    damaged[at]! ^= 0x10;
    await decodeImage(damaged).then(
      ({ image }) => assert.equal(image.data.length, 300 * 200 * 3),
      (error: unknown) => assert.ok(error instanceof UndecodableImage, String(error)),
    );
  }
});

test('decodeImage() detects non-images by content, whatever their names', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['<!DOCTYPE html><html><body>404</body></html>', /web page/],
    ['just some notes', /text/],
    ['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', /SVG/],
    ['%PDF-1.7 ...', /PDF/],
    ['\0\0\0\x1cftypheic\0\0\0\0', /HEIC/],
    ['\0'.repeat(500), /zero bytes/],
    ['version https://git-lfs.github.com/spec/v1', /git lfs pull/],
    ['\u0001\u0002\u0003\u0004', /not an image/],
  ];
  for (const [content, reason] of cases)
    await assert.rejects(decodeImage(Buffer.from(content, 'latin1')), refused(reason), content.slice(0, 20));
});

test('decodeImage() refuses decompression bombs by their headers', async () => {
  const png = Buffer.from(others.png);
  for (const [width, height] of [
    [30_000, 30_000],
    [0x7fffffff, 0x7fffffff],
    [limitPixels + 1, 1],
  ] as const) {
    png.writeUInt32BE(width, 16);
    png.writeUInt32BE(height, 20);
    await assert.rejects(decodeImage(png), refused(/./), `${width} x ${height}`);
  }
  const bomb = Buffer.from(bmp);
  bomb.writeInt32LE(30_000, 18);
  bomb.writeInt32LE(30_000, 22);
  await assert.rejects(decodeImage(bomb), refused(/30000 x 30000/));
});

test('decodeImage() reduces a large image by an integer factor that preserves the short side', async () => {
  const large = await sharp(curves(1300, 1000).data, { raw: { width: 1300, height: 1000, channels: 3 } })
    .jpeg()
    .toBuffer();
  const reduced = await decodeImage(large, { maxShortSide: 300 });
  assert.deepEqual([reduced.image.width, reduced.image.height], [433, 333]);
  assert.deepEqual([reduced.width, reduced.height], [1300, 1000]);
  assert.equal((await decodeImage(large, { maxShortSide: 501 })).image.width, 1300);
});

test('readImageFile() retries once when another program holds the file, and never twice', async () => {
  const busy = Object.assign(new Error('busy'), { code: 'EBUSY' });
  let calls = 0;
  const once = async () => {
    if (calls++ === 0) throw busy;
    return jpeg;
  };
  assert.equal(await readImageFile('a.jpg', once), jpeg);
  calls = 0;
  const always = async () => {
    calls++;
    throw busy;
  };
  await assert.rejects(readImageFile('a.jpg', always), busy);
  assert.equal(calls, 2);
});

/** A matrix-free profile: a gamma of grey. ICC.1:2001, 6.3.1. */
function greyProfile(gamma: number): Buffer {
  const desc = Buffer.alloc(96);
  desc.write('desc', 'latin1');
  desc.writeUInt32BE(5, 8);
  desc.write('Grey\0', 12, 'latin1');
  const xyz = (at: Buffer, from: number) => {
    for (const [i, value] of [0.9642, 1, 0.8249].entries()) at.writeInt32BE(Math.round(value * 65536), from + i * 4);
  };
  const whitePoint = Buffer.alloc(20);
  whitePoint.write('XYZ ', 'latin1');
  xyz(whitePoint, 8);
  const curve = Buffer.alloc(16);
  curve.write('curv', 'latin1');
  curve.writeUInt32BE(1, 8);
  curve.writeUInt16BE(Math.round(gamma * 256), 12);
  const tags = [
    ['desc', desc],
    ['wtpt', whitePoint],
    ['kTRC', curve],
  ] as const;
  const header = Buffer.alloc(128 + 4 + 12 * tags.length);
  let at = header.length;
  header.writeUInt32BE(tags.length, 128);
  tags.forEach(([name, data], i) => {
    header.write(name, 132 + 12 * i, 'latin1');
    header.writeUInt32BE(at, 136 + 12 * i);
    header.writeUInt32BE(data.length, 140 + 12 * i);
    at += data.length;
  });
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(0x02400000, 8);
  header.write('mntrGRAYXYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  xyz(header, 68);
  return Buffer.concat([header, ...tags.map(([, data]) => data)]);
}

const iccp = (profile: Uint8Array) => ['iCCP', Buffer.concat([Buffer.from('x\0\0'), deflateSync(profile)])] as const;

test('decodeImage() applies a grey profile to 8 and 16 bits, and reports it', async () => {
  const grey = { width: 3, height: 1, colourType: 0, chunks: [iccp(greyProfile(1))] } as const;
  const of = async (png: Buffer) => {
    const { image, conversions } = await decodeImage(png);
    return [[...image.data.filter((_, i) => i % 3 === 0)], conversions];
  };
  // Linear light 128/255 is 188 in sRGB: 255 * (1.055 * (128/255)^(1/2.4) - 0.055).
  assert.deepEqual(await of(pngOf({ ...grey, values: [0, 128, 255] })), [[0, 188, 255], ['greyProfile']]);
  assert.deepEqual(await of(pngOf({ ...grey, bits: 16, values: [0, 128 * 257, 65535] })), [
    [0, 188, 255],
    ['sixteenBitGrey', 'greyProfile'],
  ]);
  const greyAlpha = pngOf({ ...grey, width: 2, colourType: 4, bits: 16, values: [128 * 257, 0, 65535, 65535] });
  assert.deepEqual(await of(greyAlpha), [
    [188, 255],
    ['sixteenBitGrey', 'greyProfile', 'greyTransparent'],
  ]);
  // A profile for another colour model than the image's is not applied.
  const rgb = pngOf({ ...grey, colourType: 2, values: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
  assert.deepEqual(await of(rgb), [[1, 4, 7], []]);
});

test('decodeImage() converts an embedded profile alike in 8 and in 16 bits', async () => {
  const p3 = sharp({ create: { width: 8, height: 8, channels: 3, background: '#f01010' } }).withIccProfile('p3');
  const { icc } = await sharp(await p3.png().toBuffer()).metadata();
  const of = async (bits: 8 | 16, times: number) => {
    const values = [200, 100, 50].map((value) => value * times);
    const png = pngOf({ width: 1, height: 1, colourType: 2, bits, values, chunks: [iccp(icc!)] });
    const { image, conversions } = await decodeImage(png);
    assert.ok(conversions.includes('profile'));
    return [...image.data];
  };
  // Little CMS 2 by Pillow 13.0.0's ImageCms: (215, 93, 32)
  assert.deepEqual(await of(8, 1), [215, 93, 32]);
  assert.deepEqual(await of(16, 257), [215, 93, 32]);
});

test('decodeImage() advises what to save instead of unsupported kinds of JPEG', async () => {
  const twelve = Buffer.from(jpeg);
  const frame = twelve.indexOf(Buffer.from([0xff, 0xc0]));
  twelve[frame + 1] = 0xc1;
  twelve[frame + 4] = 12;
  await assert.rejects(decodeImage(twelve), refused(/12 bits.*PNG with 16 bits/));
  const loco = Buffer.from(jpeg);
  loco[frame + 1] = 0xf7;
  await assert.rejects(decodeImage(loco), refused(/JPEG-LS.*PNG/));
});

test('adviceFor() quotes an unknown decoder error, with the advice to save the image again', () => {
  assert.equal(
    adviceFor('something about huffman tables'),
    'it cannot be decoded: save it again as PNG (the decoder says: something about huffman tables)',
  );
});

test('Images decoded concurrently keep their own error reasons', async () => {
  const side = 200;
  const noise = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 7919) % 251);
  const encoder = () => sharp(noise, { raw: { width: side, height: side, channels: 3 } });
  const [jpeg, png, webp] = await Promise.all([
    encoder().jpeg().toBuffer(),
    encoder().png().toBuffer(),
    encoder().webp().toBuffer(),
  ]);
  const half = (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2);
  const files = [
    jpeg,
    half(jpeg),
    png,
    half(png),
    webp,
    half(webp),
    Buffer.concat([png.subarray(0, 40), new Uint8Array(90)]),
  ];
  const reason = (bytes: Uint8Array) =>
    decodeImage(bytes).then(
      () => 'none',
      (error: UndecodableImage) => error.reason,
    );
  const alone: string[] = [];
  for (const bytes of files) alone.push(await reason(bytes));
  assert.deepEqual(
    alone.map((each) => each !== 'none'),
    [false, true, false, true, false, true, true],
  );
  for (let round = 0; round < 8; round++)
    assert.deepEqual(await Promise.all([...files, ...files].map(reason)), [...alone, ...alone]);
});

test('decodeImage() says that a header is damaged, without the empty words of a decoder', async () => {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(40)]);
  await assert.rejects(decodeImage(png), (error: unknown) => {
    assert.ok(error instanceof UndecodableImage);
    assert.match(error.reason, /^it is damaged: .* from its source$/);
    return true;
  });
});
