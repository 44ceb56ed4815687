#!/usr/bin/env bash
# sharp 0.35.5 (libvips 8.18) mixes up the rows of a gray TIFF with several bands that are stored band by band.
#
# Expected: PlanarConfiguration 2 with PhotometricInterpretation 0 or 1 and SamplesPerPixel above 1 is valid (TIFF 6.0; GDAL writes it for
#   multispectral images with INTERLEAVE=BAND). Band 1 of every pixel is the value that the first strip holds for it.
# Seen: no error and no warning, the right size, and other pixels from the second row on: row y begins `width * y` bytes into data of
#   `width * bands` bytes a row. sharp reads the same bands correctly when they are called RGB or stored pixel by pixel; OpenCV 5.0 reads
#   up to four of them correctly either way.
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . sharp@0.35.5 >/dev/null
cat > read.mjs <<'JS'
import sharp from 'sharp';

// Little-endian TIFF of 4 x 4 pixels and three bands of 8 bits: band 0 is 0, 10, 20, 30 by row, the others are 200 and 250.
const [side, bands] = [4, 3];
const rows = [0, 10, 20, 30];
function tiff(photometric, planar) {
  const strips = planar === 2 ? bands : 1;
  const tags = [[256, side], [257, side], [258, 8], [259, 1], [262, photometric], [273, 0], [277, bands], [278, side], [279, 0], [284, planar], ...(photometric === 1 ? [[338, 0]] : [])];
  const folder = 8 + 2 + tags.length * 12 + 4;
  const data = folder + 40;
  const out = Buffer.alloc(data + side * side * bands);
  out.write('II*\0\x08\0\0\0', 'latin1');
  out.writeUInt16LE(tags.length, 8);
  let outside = folder;
  for (const [i, [tag, value]] of tags.entries()) {
    const perStrip = tag === 273 || tag === 279;
    const values = tag === 258 ? [8, 8, 8] : tag === 338 ? [0, 0] : perStrip
      ? Array.from({ length: strips }, (_, s) => (tag === 273 ? data + s * side * side : (side * side * bands) / strips)) : [value];
    const entry = 10 + i * 12;
    out.writeUInt16LE(tag, entry);
    out.writeUInt16LE(3, entry + 2);
    out.writeUInt32LE(values.length, entry + 4);
    let to = entry + 8;
    if (values.length > 2) {
      out.writeUInt32LE(outside, to);
      to = outside;
      outside += values.length * 2;
    }
    values.forEach((each, k) => out.writeUInt16LE(each, to + 2 * k));
  }
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      [rows[y], 200, 250].forEach((value, band) => {
        out[data + (planar === 2 ? band * side * side + y * side + x : (y * side + x) * bands + band)] = value;
      });
  return out;
}
console.log('sharp', sharp.versions.sharp, 'libvips', sharp.versions.vips);
const right = rows.flatMap((value) => [value, value, value, value]).join();
const seen = [];
for (const [name, photometric, planar] of [['gray, pixel by pixel', 1, 1], ['RGB, band by band', 2, 2], ['gray, band by band', 1, 2]]) {
  const { data, info } = await sharp(tiff(photometric, planar), { failOn: 'warning' }).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  seen.push(data.join() === right);
  console.log(`${name}: ${info.width} x ${info.height}, band 0 ${[...data]}`);
}
process.exitCode = `${seen}` === 'true,true,false' ? 0 : 1;
JS
node read.mjs
