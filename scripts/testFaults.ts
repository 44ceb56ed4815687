// npm run test:faults [-- WORDS...]: the whole fault suite, of which `npm test` runs a selection. About an hour and a half on two cores;
// words select test files by path (kill, disk, flips, ...).
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { fullVariable } from '../test/faults/support/amount.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const words = process.argv.slice(2);
const files = globSync('test/faults/*.test.ts', { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) throw new Error('No file of the fault suite has these words in its path');

// One file at a time: each starts whole runs.
const child = spawn(
  process.execPath,
  ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files.map((file) => join(root, file))],
  { cwd: root, env: { ...process.env, [fullVariable]: '1' }, stdio: 'inherit' },
);
child.on('exit', (code) => process.exit(code ?? 1));
