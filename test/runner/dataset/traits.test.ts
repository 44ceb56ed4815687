import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { images as bitmaps, folderWith } from '../../support/imageFolder.ts';
import { pngOf, tiffOf } from '../../support/imageWriters.ts';
import { fileNamed } from '../../support/pillow.ts';
import { prepareDataset } from '../../support/prepareDataset.ts';

const side = { width: 40, height: 40 };
const many = (perPixel: number, times = 1) =>
  Array.from({ length: 40 * 40 * perPixel }, (_, i) => ((i * 37 + ((i * i) >> 5)) & 255) * times);

test('prepareDataset() counts the images whose pixels ImageFolder decodes differently, one line for each kind', async (t) => {
  const p3 = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .withIccProfile('p3')
    .png()
    .toBuffer();
  const { icc } = await sharp(p3).metadata();
  const profile = ['iCCP', Buffer.concat([Buffer.from('x\0\0'), deflateSync(icc!)])] as const;
  const folder = await folderWith(t, {
    ...bitmaps('a', 4),
    ...bitmaps('b', 4),
    'a/deep.png': pngOf({ ...side, colourType: 0, bits: 16, values: many(1, 257) }),
    'b/deep.tif': tiffOf({ ...side, bits: 16, values: many(1, 251) }),
    'a/negative.tif': tiffOf({ ...side, bits: 16, photometric: 0, values: many(1, 249) }),
    'a/wide.png': pngOf({ ...side, colourType: 2, values: many(3), chunks: [profile] }),
    'b/hole.png': pngOf({ ...side, colourType: 6, values: many(4) }),
    'b/grey-hole.png': pngOf({ ...side, colourType: 4, values: many(2) }),
    'a/turned.png': fileNamed('orientation-6.png'),
    'b/turned.tif': tiffOf({ ...side, samplesPerPixel: 3, values: many(3), orientation: 6 }),
    'a/infrared.tif': tiffOf({ ...side, samplesPerPixel: 5, values: many(5), extraSamples: [0, 0] }),
  });
  const { findings } = await prepareDataset({
    folder,
    groupPattern: null,
    split: { train: 0.6, val: 0.2, test: 0.2 },
    seed: 1,
  });
  const notes = findings.flatMap((finding) => (finding.kind === 'note' ? [finding.text] : []));
  const said = notes.filter((text) => /^\d+ (?:image|of 17 images): /.test(text));
  assert.deepEqual(said, [
    "3 of 17 images: 16 bits of grey: scaled to 8; torchvision's ImageFolder clips values at 255 (for example a/deep.png)",
    "1 image: 16 bits with 0 as white: inverted; torchvision's ImageFolder does not invert (for example a/negative.tif)",
    "1 image: an embedded colour profile: converted to sRGB; torchvision's ImageFolder leaves the values as stored (for example a/wide.png)",
    "1 image: has transparency: composited on white; torchvision's ImageFolder shows the hidden colours (for example b/hole.png)",
    '1 image: grey with transparency: the grey values are used as stored, transparency is ignored (for example b/grey-hole.png)',
    "1 image: rotated upright by its EXIF orientation; torchvision's ImageFolder leaves it as stored (for example a/turned.png)",
    '1 image: rotated upright by its EXIF orientation (for example b/turned.tif)',
  ]);
  const suspects = findings.flatMap((finding) =>
    finding.kind === 'suspect' ? [`${finding.relativePath}: ${finding.reason}`] : [],
  );
  assert.ok(
    suspects.includes('a/infrared.tif: more bands than colours: only red, green and blue, its first three, are used'),
    suspects.join('\n'),
  );
});
