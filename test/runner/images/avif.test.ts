import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { imageTypeOf } from '../../../runner/images/formats/imageType.ts';
import { decodeImage, UndecodableImage } from '../../../runner/images/images.ts';

const flat = (channels: 3 | 4, colour: readonly number[]) =>
  sharp(
    Uint16Array.from({ length: 16 * 16 * channels }, (_, i) => colour[i % channels]!),
    { raw: { width: 16, height: 16, channels } },
  ).toColourspace('rgb16');

test('decodeImage() reads AVIF of 8, 10 and 12 bits', async () => {
  for (const bitdepth of [8, 10, 12] as const) {
    const avif = await flat(3, [0xffff, 0x8000, 0x4000]).avif({ bitdepth, lossless: true }).toBuffer();
    const { image, type, conversions } = await decodeImage(avif);
    // 0x8000 is 128 of 255, 512 of 1023 and 2048 of 4095: 128, 127.6 and 127.5; 0x4000 is 64, 63.8 and 63.8.
    assert.deepEqual([type, ...image.data.subarray(0, 3)], ['avif', 255, 128, 64], `${bitdepth} bits`);
    assert.deepEqual(conversions, bitdepth === 8 ? [] : ['moreThanEightBits']);
  }
});

test('decodeImage() orients AVIF upright, composites it on white, and reduces it', async () => {
  const turned = await sharp({ create: { width: 48, height: 32, channels: 3, background: '#204060' } })
    .withMetadata({ orientation: 6 })
    .avif({ lossless: true })
    .toBuffer();
  const { image, width, height } = await decodeImage(turned, { maxShortSide: 16 });
  assert.deepEqual([width, height, image.width, image.height], [32, 48, 16, 24]);
  assert.deepEqual([...image.data.subarray(0, 3)], [0x20, 0x40, 0x60]);
  const clear = await flat(4, [0, 0, 0, 0]).avif({ lossless: true }).toBuffer();
  const white = await decodeImage(clear);
  assert.deepEqual([new Set(white.image.data), white.conversions], [new Set([255]), ['transparent']]);
});

test('decodeImage() refuses a truncated AVIF, and related formats by name', async () => {
  const avif = await flat(3, [9999, 8000, 4000]).avif({ lossless: true }).toBuffer();
  for (const share of [0.3, 0.6, 0.9])
    await assert.rejects(decodeImage(avif.subarray(0, Math.floor(avif.length * share))), UndecodableImage);
  const brand = (major: string, ...others: string[]) => {
    const box = `ftyp${major}\0\0\0\0${others.join('')}`;
    return Buffer.from(`\0\0\0${String.fromCharCode(box.length + 4)}${box}`, 'latin1');
  };
  assert.deepEqual(imageTypeOf(brand('avif', 'avif', 'mif1')), { type: 'avif' });
  assert.deepEqual(imageTypeOf(brand('mif1', 'mif1', 'avif', 'miaf')), { type: 'avif' });
  for (const [file, words] of [
    [brand('heic', 'mif1', 'heic'), /HEIC.*JPEG or PNG/],
    [brand('mif1', 'mif1', 'heic'), /HEIC/],
    [brand('msf1', 'hevc'), /HEIC/],
    [brand('avis', 'avif', 'avis'), /AVIF sequence/],
  ] as const) {
    const kind = imageTypeOf(file);
    assert.match('looksLike' in kind ? kind.looksLike : '', words);
  }
});
