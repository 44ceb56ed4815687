#!/usr/bin/env bash
# sharp 0.35.5 reports a damaged image with the error text of another image, or with none, when several images are read concurrently.
#
# Expected: each promise rejects with the decoder's complaint about its own input, the same in every run.
# Seen: libvips collects error texts in one buffer for the whole process, and sharp clears it after every image. Of images read
#   concurrently, a truncated one may reject with the complaint about its neighbour or with "Unknown error"; read one after another,
#   each has its own text every time. Code that uses the text, for instance to distinguish a truncated file from a damaged one, gets a
#   random answer.
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . sharp@0.35.5 >/dev/null
cat > errors.mjs <<'JS'
import sharp from 'sharp';

const side = 300;
const pixels = Buffer.from(Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 7919) % 251));
const picture = () => sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
const whole = [await picture().jpeg().toBuffer(), await picture().png().toBuffer()];
const cut = whole.map((bytes) => bytes.subarray(0, bytes.length / 2));
const read = (bytes) =>
  sharp(bytes, { failOn: 'warning' })
    .raw()
    .toBuffer()
    .then(
      () => 'whole',
      ({ message }) => message.replaceAll('\n', '; '),
    );

console.log('sharp', sharp.versions.sharp, 'libvips', sharp.versions.vips, 'Node', process.version);
const files = [...cut, ...whole];
const names = ['cut JPEG', 'cut PNG', 'whole JPEG', 'whole PNG'];
const alone = files.map(() => new Set());
const together = files.map(() => new Set());
for (let round = 0; round < 60; round++) {
  for (const [i, bytes] of files.entries()) alone[i].add(await read(bytes));
  const answers = await Promise.all([...files, ...files, ...files].map(read));
  for (const [i, answer] of answers.entries()) together[i % files.length].add(answer);
}
for (const [i, name] of names.entries()) {
  console.log(`${name}, alone: ${[...alone[i]].join(' | ')}`);
  console.log(`${name}, together: ${[...together[i]].join(' | ')}`);
}
const steadyAlone = alone.every((texts) => texts.size === 1);
const mixed = together.slice(0, 2).some((texts) => texts.size > 1);
process.exitCode = steadyAlone && mixed ? 0 : 1;
JS
node errors.mjs
