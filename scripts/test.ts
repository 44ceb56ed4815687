// npm test [-- WORDS...]: types, lint, build, then every test: rooms, panel in Chromium, VS Code. Words choose test files by their path.
// A failing test is shown in full, a skipped one by name with its reason; the last line is "N passed, N failed".
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { installPython } from './python.ts';
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

/** What tests need from outside, counted as one test: without it they would be skipped, and nobody would miss them. */
function prepare(name: string, install: () => void): void {
  const start = performance.now();
  try {
    install();
    settle(name, true, start, () => '');
  } catch (error) {
    settle(name, false, start, () => (error as Error).message);
  }
}

/** What a machine may do without: the tests that need it say so and are listed as skipped. */
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

/** One line a file as it ends; what failed is kept for the end. */
async function runTests(wanted: readonly string[], concurrency: number): Promise<void> {
  if (wanted.length === 0) return;
  const printed = new Map<string, string[]>();
  const paths = wanted.map((file) => join(root, file));
  for await (const event of run({ files: paths, concurrency, timeout: 15 * 60_000 })) {
    switch (event.type) {
      case 'test:stdout':
      case 'test:stderr':
        printed.set(event.data.file, [...(printed.get(event.data.file) ?? []), event.data.message]);
        break;
      case 'test:pass': {
        const { name, details, skip, todo, file } = event.data;
        if (skip || todo) skipped.push(`${fileName(file)}: ${name} (${reasonOf(skip ?? todo)})`);
        else if (details.type !== 'suite') passed++;
        break;
      }
      case 'test:fail': {
        const { name, details, file } = event.data;
        if (hasOnlyFailingParts(details.error)) break;
        const said = name === file ? (printed.get(file) ?? []).join('') : '';
        failures.push(
          `✖ ${fileName(file)}: ${name === file ? 'the file itself' : name}\n${described(details.error)}${said}`,
        );
        break;
      }
      case 'test:summary': {
        const { file, counts, duration_ms, success } = event.data;
        if (file === undefined) break;
        console.log(`${success ? '✔' : '✖'} ${fileName(file)}: ${countsText(counts)} (${seconds(duration_ms)})`);
        break;
      }
    }
  }
}

function countsText({
  tests,
  passed,
  skipped,
  todo,
}: Readonly<Record<'tests' | 'passed' | 'skipped' | 'todo', number>>): string {
  const left = skipped + todo;
  const failed = tests - passed - left;
  return [`${passed} passed`, failed > 0 && `${failed} failed`, left > 0 && `${left} skipped`]
    .filter(Boolean)
    .join(', ');
}

/** A group whose parts failed: they are reported themselves. */
function hasOnlyFailingParts(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed';
}

function described(error: Error): string {
  const cause = error.cause ?? error;
  return `${inspect(cause, { depth: 8, colors: false, maxStringLength: 20_000 })}\n`;
}

function reasonOf(skip: string | boolean | undefined): string {
  return typeof skip === 'string' ? skip : 'no reason given';
}

function fileName(file: string | undefined): string {
  return relative(root, file ?? '').replaceAll('\\', '/');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
