import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStarterFile } from '../../../../runner/weights/starter/starterFile.ts';
import { checkRefused } from '../checkRefused.ts';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const weights = {
  fileName: 'w.safetensors',
  sha256: createHash('sha256').update(bytes).digest('hex'),
  sizeBytes: bytes.length,
  classCount: 3,
  sampleCount: 12,
};

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'starter-'));
});
after(() => rm(folder, { recursive: true }));

test('openStarterFile() opens the file that the catalogue names', async () => {
  const file = join(folder, 'whole');
  await writeFile(file, bytes);
  const source = await openStarterFile(weights, file);
  assert.deepEqual(source.read(0, source.sizeBytes), bytes);
  source.close();
});

for (const [what, prepare, words] of [
  [
    'another hash',
    (file: string) => writeFile(file, bytes.with(500, 7)),
    /SHA-256 starts with [0-9a-f]{8}, [0-9a-f]{8}/,
  ],
  ['another size', (file: string) => writeFile(file, bytes.subarray(1)), /it has 999 bytes, 1000 are expected/],
  ['no file', async () => {}, /the file is missing/],
  ['a folder', (file: string) => mkdir(file), /it is not a file/],
] as const)
  test(`openStarterFile() refuses ${what}`, async () => {
    const file = join(folder, what);
    await prepare(file);
    await checkRefused(() => openStarterFile(weights, file), 'starterBroken', words);
  });
