import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeImage, limitPixels, readImageFile, UndecodableImage } from '../../../runner/images/decode.ts';
import { curves, fileNamed, pillow, pixelsOf } from '../../support/pillow.ts';

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof UndecodableImage && pattern.test(error.reason);

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

// Lossless types must agree to the bit; JPEG decoders and blends may round differently. CMYK has a test of its own.
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
    assert.deepEqual(conversions, ['sixteenBit']);
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
  // Every colour engine has its own cyan; which channel an ink leaves dark is beyond dispute.
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

test('decodeImage() gives animated and multi-page files their first frame, and says so', async () => {
  for (const name of ['animated.gif', 'animated.webp', 'pages.tiff'])
    assert.deepEqual((await decodeImage(fileNamed(name))).conversions, ['animated'], name);
});

test('decodeImage() lays transparent parts on white, and says so', async () => {
  const clear = await sharp({
    create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const { image, conversions } = await decodeImage(clear);
  assert.deepEqual(new Set(image.data), new Set([255]));
  assert.deepEqual(conversions, ['transparent']);
});

test('decodeImage() refuses values without a known range', async () => {
  await assert.rejects(decodeImage(fileNamed('float.tiff')), refused(/float.*8 or 16 bits/));
});

test('decodeImage() refuses more than 5 channels', async () => {
  const channel = { raw: { width: 8, height: 8, channels: 1 } } as const;
  const tiff = await sharp(new Uint8Array(8 * 8 * 3), { raw: { width: 8, height: 8, channels: 3 } })
    .joinChannel(
      [1, 2, 3].map((level) => Buffer.alloc(64, level)),
      channel,
    )
    .tiff({ compression: 'none' })
    .toBuffer();
  await assert.rejects(decodeImage(tiff), refused(/channel limit/));
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
  test(`decodeImage() refuses a ${type} cut at 10, 50 and 90 %, rather than fill the rest with grey`, async () => {
    for (const share of [0.1, 0.5, 0.9]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      const outcome = await decodeImage(cut).then(
        ({ findings }) => findings.map(({ reason }) => reason).join(),
        (error: unknown) => (error instanceof UndecodableImage ? 'refused' : Promise.reject(error)),
      );
      // A progressive file may end between two passes: then it is whole, only coarser, and flagged.
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

test('decodeImage() keeps a JPEG with a flipped bit in its data, if at all, only with the complaint of the decoder', async () => {
  for (let at = 700; at < jpeg.length - 2; at += Math.floor(jpeg.length / 23)) {
    const damaged = Uint8Array.from(jpeg);
    damaged[at]! ^= 0x10;
    await decodeImage(damaged).then(
      ({ image }) => assert.equal(image.data.length, 300 * 200 * 3),
      (error: unknown) => assert.ok(error instanceof UndecodableImage, String(error)),
    );
  }
});

test('decodeImage() tells by the content what is no image, whatever it is called', async () => {
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

test('decodeImage() refuses decompression bombs by their header', async () => {
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

test('decodeImage() reduces a large image by a whole factor that keeps the short side', async () => {
  const large = await sharp(curves(1300, 1000).data, { raw: { width: 1300, height: 1000, channels: 3 } })
    .jpeg()
    .toBuffer();
  const reduced = await decodeImage(large, { maxShortSide: 300 });
  assert.deepEqual([reduced.image.width, reduced.image.height], [433, 333]);
  assert.deepEqual([reduced.width, reduced.height], [1300, 1000]);
  assert.equal((await decodeImage(large, { maxShortSide: 501 })).image.width, 1300);
});

test('readImageFile() reads a second time what another program held, and never a third', async () => {
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
