import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { encodeTestLook, parseTestLooks } from '../../../shared/contracts/testLooks.ts';
import { appendTestLook, readTestLooks } from '../../../shared/runFolder/testLooks.ts';
import { assertProperty } from '../../support/property.ts';

const at = new Date('2026-03-04T05:06:07.008Z');
const now = () => at;

async function runFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'test-looks-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('readTestLooks() finds none when nothing was written', async (t) => {
  assert.deepEqual(await readTestLooks(await runFolder(t)), []);
});

test('appendTestLook() appends one look after another, each with its time and cause', async (t) => {
  const folder = await runFolder(t);
  for (const by of ['training', 'evaluate', 'panel'] as const) await appendTestLook(folder, by, { now });
  assert.deepEqual(
    await readTestLooks(folder),
    ['training', 'evaluate', 'panel'].map((by) => ({ v: 1, at: at.toISOString(), by })),
  );
});

test('an incomplete last line is not a look, and the next look starts on a new line', async (t) => {
  const folder = await runFolder(t);
  const file = join(folder, 'test-looks.jsonl');
  await appendTestLook(folder, 'training', { now });
  await appendTestLook(folder, 'evaluate', { now });
  await truncate(file, (await readFile(file)).length - 9);
  assert.deepEqual(
    (await readTestLooks(folder)).map(({ by }) => by),
    ['training'],
  );
  await appendTestLook(folder, 'panel', { now });
  assert.deepEqual(
    (await readTestLooks(folder)).map(({ by }) => by),
    ['training', 'panel'],
  );
});

test('parseTestLooks() keeps the good lines of a damaged file and never throws', async (t) => {
  const folder = await runFolder(t);
  const good = encodeTestLook('evaluate', at);
  await writeFile(join(folder, 'test-looks.jsonl'), `${good}nonsense\n{"v":1,"at":"yesterday","by":"panel"}\n\r\n{}\n`);
  await appendFile(join(folder, 'test-looks.jsonl'), new Uint8Array([0xff, 0x00, 0x0a]));
  await appendTestLook(folder, 'training', { now });
  assert.deepEqual(
    (await readTestLooks(folder)).map(({ by }) => by),
    ['evaluate', 'training'],
  );
  assertProperty(fc.property(fc.string({ unit: 'binary' }), (text) => void parseTestLooks(text)));
});
