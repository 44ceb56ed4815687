import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { plainJpegHeader } from '../../../../runner/images/formats/jpegHeader.ts';
import { stream } from '../../../../shared/random.ts';

const picture = (width: number, height: number, channels: 1 | 3): Sharp =>
  sharp(
    Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 251),
    { raw: { width, height, channels } },
  ).toColourspace(channels === 1 ? 'b-w' : 'srgb');

test('plainJpegHeader() matches sharp for files without EXIF and profile, however they are encoded', async () => {
  for (const channels of [1, 3] as const)
    for (const [width, height] of [
      [1, 1],
      [17, 300],
      [640, 3],
    ] as const)
      for (const options of [{}, { progressive: true }, { chromaSubsampling: '4:4:4' }, { mozjpeg: true }]) {
        const bytes = await picture(width, height, channels).jpeg(options).toBuffer();
        const {
          width: w,
          height: h,
          channels: c,
          space,
          depth,
          hasAlpha,
          autoOrient,
          format,
          ...more
        } = await sharp(bytes).metadata();
        assert.deepEqual(plainJpegHeader(bytes), { width: w, height: h, channels: c });
        assert.deepEqual([space, depth, hasAlpha, format], [channels === 1 ? 'b-w' : 'srgb', 'uchar', false, 'jpeg']);
        assert.deepEqual(autoOrient, { width, height });
        assert.deepEqual([more.icc, more.pages, more.orientation], [undefined, undefined, undefined]);
      }
});

test('plainJpegHeader() defers to sharp for an orientation, a profile, an Adobe marker or CMYK', async () => {
  const plain = picture(20, 10, 3);
  const others = [
    plain.clone().withMetadata({ orientation: 6 }).jpeg(),
    plain.clone().withIccProfile('p3').jpeg(),
    plain.clone().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>').jpeg(),
    plain.clone().toColourspace('cmyk').jpeg(),
  ];
  for (const other of others) assert.equal(plainJpegHeader(await other.toBuffer()), undefined);
  assert.equal(plainJpegHeader(await plain.clone().png().toBuffer()), undefined);
  const jpeg = await plain.jpeg().toBuffer();
  const adobe = Buffer.from([0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 1]);
  assert.equal(plainJpegHeader(Buffer.concat([jpeg.subarray(0, 2), adobe, jpeg.subarray(2)])), undefined);
});

test('plainJpegHeader() never throws, and for a damaged file agrees with sharp or gives nothing', async () => {
  const jpeg = await picture(40, 30, 3).jpeg().toBuffer();
  for (let length = 0; length < jpeg.length; length += 7) plainJpegHeader(jpeg.subarray(0, length));
  const random = stream(1, 'jpeg');
  let agreed = 0;
  for (let i = 0; i < 300; i++) {
    const damaged = Buffer.from(jpeg);
    damaged[Math.floor(random() * 640)] = Math.floor(256 * random());
    const header = plainJpegHeader(damaged);
    const said = header && (await sharp(damaged).metadata().catch(() => undefined)); // biome-ignore format: a line
    if (!said) continue;
    assert.deepEqual(header, { width: said.width, height: said.height, channels: said.channels });
    agreed++;
  }
  assert.ok(agreed > 100, `${agreed}`);
});
