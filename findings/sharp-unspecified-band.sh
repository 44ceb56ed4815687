#!/usr/bin/env bash
# sharp 0.35.5 treats any fourth band of an RGB TIFF as alpha, even one that the file declares as something else.
#
# Expected: a band whose ExtraSamples is 0 (unspecified: infrared, a depth, a mask) is not alpha (TIFF 6.0 has 1 and 2 for that), so
#   flatten() leaves the colours unchanged.
# Seen: metadata() reports hasAlpha, and flatten() blends the colours with the background by that band: 200 100 50 with 51 in the fourth
#   band becomes 244 224 214 on white. Pictures of four bands change where the fourth is dark.
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . sharp@0.35.5 >/dev/null
cat > read.mjs <<'JS'
import sharp from 'sharp';

// Little-endian TIFF, one strip of 2 x 2 pixels with 8 bits a band.
function tiff(extraSamples) {
  const tags = [[256, 2], [257, 2], [258, 8], [259, 1], [262, 2], [273, 0], [277, 4], [278, 2], [279, 16], [284, 1], [338, extraSamples]];
  const at = 8 + 2 + tags.length * 12 + 4;
  const out = Buffer.alloc(at + 8 + 16);
  out.write('II*\0\x08\0\0\0', 'latin1');
  out.writeUInt16LE(tags.length, 8);
  for (const [i, [tag, value]] of tags.entries()) {
    const entry = 10 + i * 12;
    const isBits = tag === 258;
    out.writeUInt16LE(tag, entry);
    out.writeUInt16LE(3, entry + 2);
    out.writeUInt32LE(isBits ? 4 : 1, entry + 4);
    out.writeUInt32LE(isBits ? at : tag === 273 ? at + 8 : value, entry + 8);
  }
  for (let i = 0; i < 4; i++) {
    out.writeUInt16LE(8, at + 2 * i);
    out.set([200, 100, 50, 51], at + 8 + 4 * i);
  }
  return out;
}
console.log('sharp', sharp.versions.sharp, 'libvips', sharp.versions.vips);
const seen = [];
for (const extraSamples of [0, 2]) {
  const { hasAlpha } = await sharp(tiff(extraSamples)).metadata();
  const pixels = await sharp(tiff(extraSamples)).flatten({ background: '#ffffff' }).raw().toBuffer();
  seen.push(`${hasAlpha} ${[...pixels.subarray(0, 3)]}`);
  console.log(`ExtraSamples ${extraSamples}: hasAlpha ${hasAlpha}, flattened on white ${[...pixels.subarray(0, 3)]}`);
}
process.exitCode = seen.every((each) => each === 'true 244,224,214') ? 0 : 1;
JS
node read.mjs
