// docs/formats.md lists Shoulders' result for every variant of every format: the files are in test/reference/formats.json.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { traitsOf } from '../../../runner/dataset/checks/traits.ts';
import { decodeImage, UndecodableImage } from '../../../runner/images/images.ts';
import { bytesOf, documentFile, readReference, withTables } from '../../../scripts/formats/table.ts';

test("Shoulders' column of docs/formats.md matches decodeImage() (npm run formats -- --own writes it)", async () => {
  const reference = await readReference();
  assert.ok(reference.variants.length > 100);
  const document = await readFile(documentFile, 'utf8');
  assert.deepEqual((await withTables(document, reference)).split('\n'), document.split('\n'));
});

test('a check mentions ImageFolder wherever its pixels differ by more than rounding', async () => {
  const { variants } = await readReference();
  const unsaid: string[] = [];
  let differing = 0;
  for (const variant of variants) {
    const { imageFolder, probes } = variant;
    if ('error' in imageFolder) continue;
    const decoded = await decodeImage(bytesOf(variant)).catch((error: unknown) => {
      if (error instanceof UndecodableImage) return undefined;
      throw error;
    });
    if (!decoded) continue;
    const { type, conversions, image } = decoded;
    const isTurned = imageFolder.size[0] !== image.width || imageFolder.size[1] !== image.height;
    const apart = probes.flatMap(([x, y], i) =>
      [0, 1, 2].map((channel) => {
        const own = image.data[3 * (y * image.width + x) + channel]!;
        return Math.abs(own - (imageFolder.values[i]?.[channel] ?? own));
      }),
    );
    if (!isTurned && apart.every((value) => value <= 1)) continue;
    differing++;
    const notes = traitsOf([{ relativePath: variant.file, type, conversions, oddities: [] }]);
    if (!notes.some((finding) => finding.kind === 'note' && finding.text.includes("torchvision's ImageFolder")))
      unsaid.push(`${variant.group} ${variant.name}`);
  }
  assert.deepEqual(unsaid, []);
  assert.ok(differing > 30, `${differing} differ`);
});
