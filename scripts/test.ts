// npm test [-- WORDS...]: types, lint, build, then every test: rooms, panel in Chromium, VS Code. Words select test files by path.
// Prints a failing test in full and a skipped one by name with its reason; the last line is "N passed, N failed".
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { installPython } from './python.ts';
import { runTestFiles, seconds } from './runTestFiles.ts';
import { installTensorFlowBinary } from './tensorflow.ts';
import { installBrowser, installSoftwareGpu, installWorkbench } from './workbench/install.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

const failures: string[] = [];
const skipped: string[] = [];
let passed = 0;

const words = process.argv.slice(2);
const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
const inWorkbench = files.filter((file) => file.startsWith(join('test', 'workbench')));
const others = files.filter((file) => !inWorkbench.includes(file));

if (words.length === 0) {
  await step('types', ['npm', 'run', '--silent', 'typecheck']);
  await step('lint and format', ['npm', 'run', '--silent', 'lint']);
}
await step('build', [process.execPath, join(root, 'scripts', 'build.ts')]);
if (others.some((file) => file.endsWith('.browser.test.ts')))
  prepare('Chromium for the panel tests', () => installBrowser((line) => console.log(line)));
if (others.some((file) => file.endsWith('.python.test.ts')))
  tryTo('Python for exported programs', () => installPython((line) => console.log(line)));
if (others.some((file) => file.startsWith(join('test', 'runner', 'engine'))))
  tryTo('a graphics driver for the engine tests', () => installSoftwareGpu((line) => console.log(line)));
if (others.some((file) => file.endsWith('.tensorflow.test.ts')))
  tryTo('TensorFlow for the engine tests', () => installTensorFlowBinary((line) => console.log(line)));
await runTests(others, Math.max(1, Math.min(4, availableParallelism())));
if (inWorkbench.length > 0) {
  prepare('VS Code for the workbench tests', () => installWorkbench((line) => console.log(line)));
  await runTests(inWorkbench, 1); // a window, a server and a training each: one at a time
}

for (const text of failures) console.log(`\n${text}`);
if (skipped.length > 0) console.log(`\nSkipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);

/** A tool that must succeed, counted as one test. */
async function step(name: string, [command, ...args]: readonly [string, ...string[]]): Promise<void> {
  const start = performance.now();
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && command === 'npm',
  });
  const said: string[] = [];
  child.stdout.on('data', (chunk) => said.push(String(chunk)));
  child.stderr.on('data', (chunk) => said.push(String(chunk)));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      said.push(error.message);
      resolve(null);
    });
    child.once('close', resolve);
  });
  settle(name, code === 0, start, () => said.join('').trimEnd());
}

/** Outside requirements of tests, counted as one test: without them tests would be skipped, and nobody would notice. */
function prepare(name: string, install: () => void): void {
  const start = performance.now();
  try {
    install();
    settle(name, true, start, () => '');
  } catch (error) {
    settle(name, false, start, () => (error as Error).message);
  }
}

/** Optional requirements: the tests that need one report it and are listed as skipped. */
function tryTo(name: string, install: () => void): void {
  try {
    install();
  } catch (error) {
    console.log(`${name} cannot be installed. ${(error as Error).message}`);
  }
}

function settle(name: string, success: boolean, start: number, said: () => string): void {
  console.log(`${success ? '✔' : '✖'} ${name} (${seconds(performance.now() - start)})`);
  if (success) passed++;
  else failures.push(`✖ ${name}\n${said()}`);
}

/** Prints one line per file as it ends; keeps failures for the end. */
async function runTests(wanted: readonly string[], concurrency: number): Promise<void> {
  const seen = await runTestFiles(wanted, { concurrency, fileEnded: (line) => console.log(line) });
  passed += seen.passed;
  for (const { text } of seen.failures) failures.push(text);
  for (const one of seen.skipped) skipped.push(one);
}
