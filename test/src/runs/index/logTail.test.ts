import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { files } from '../../../../shared/contracts/run.ts';
import { lastLines, logTail } from '../../../../src/runs/index/logTail.ts';
import { assertProperty } from '../../../support/property.ts';
import { temporaryFolder } from '../../support/runs.ts';

test('lastLines() keeps the last eight lines with text, without events and terminal sequences', () => {
  const events = Array.from({ length: 30 }, (_, i) => `{"type":"progress","done":${i}}`);
  const words = Array.from({ length: 10 }, (_, i) => `\u001b[31mline ${i}\u001b[0m  `);
  assert.deepEqual(
    lastLines([...words, ...events, ''].join('\r\n')),
    Array.from({ length: 8 }, (_, i) => `line ${i + 2}`),
  );
});

test('lastLines() is short and printable, whatever a process printed', () => {
  assertProperty(
    fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
      const lines = lastLines(text);
      assert.ok(lines.length <= 8);
      for (const line of lines) {
        assert.ok(line.length > 0 && line.length <= 300);
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }
    }),
  );
});

test('logTail() reads the end of a log of any length, not the whole', async (t) => {
  const folder = await temporaryFolder(t);
  const log = join(folder, 'run.log');
  await writeFile(log, `${'x'.repeat(200)}\n`.repeat(20_000) + 'Segmentation fault\n');
  assert.equal((await logTail({ folder }, log)).at(-1), 'Segmentation fault');
});

test('logTail() falls back to the log in the run folder when the process printed only events, and is empty without any', async (t) => {
  const folder = join(await temporaryFolder(t), 'run');
  await mkdir(folder);
  const log = join(folder, 'run.log');
  assert.deepEqual(await logTail({ folder }, log), []);
  await writeFile(log, '{"type":"progress"}\n');
  await writeFile(join(folder, files.log), 'Error: no\n    at here\n');
  assert.deepEqual(await logTail({ folder }, log), ['Error: no', '    at here']);
});
