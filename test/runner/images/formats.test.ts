// docs/formats.md lists Shoulders' result for every variant of every format: the files are in test/reference/formats.json.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { documentFile, readReference, withTables } from '../../../scripts/formats/table.ts';

test("Shoulders' column of docs/formats.md matches decodeImage() (npm run formats -- --own writes it)", async () => {
  const reference = await readReference();
  assert.ok(reference.variants.length > 100);
  const document = await readFile(documentFile, 'utf8');
  assert.deepEqual((await withTables(document, reference)).split('\n'), document.split('\n'));
});
