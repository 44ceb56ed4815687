import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { EvaluateOutput } from '../../../shared/contracts/classification/evaluateOutput.ts';
import { RunEvent } from '../../../shared/contracts/events.ts';
import { files } from '../../../shared/contracts/run.ts';
import { applyRunEvent, initialRunState, RunState } from '../../../shared/contracts/runState.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { tinySets, tinySetup } from '../../support/tinyRun.ts';

const program = fileURLToPath(new URL('../../../runner/cli/main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function start(args: readonly string[], cwd: string, input = ''): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}); // it does not read
  child.stdin.end(input);
  return child;
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout!.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr!.on('data', (chunk: Buffer) => errors.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: `${Buffer.concat(output)}`, errors: `${Buffer.concat(errors)}` };
}

/** Resolves once `pattern` was printed; an earlier end of the child means an error. */
async function printed(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (pattern.test(text)) return;
  }
  assert.fail(`ended without ${pattern}:\n${text}`);
}

let setup: { root: string; dataset: string; weights: string };
before(async () => {
  setup = await tinySetup({ train: 6, val: 3, test: 3 });
});

const recipeSets = () => [...tinySets(setup.weights), 'imageSize=32', 'stages.0.epochs=1', 'stages.1.epochs=1'];

/** A run of a few seconds: 32 px, batches of 8, two stages. */
const fineTuneArgs = (...more: string[]): string[] => [
  'fine-tune',
  setup.dataset,
  ...recipeSets().flatMap((set) => ['--set', set]),
  '--cache-folder',
  join(setup.root, 'cache'),
  '--threads',
  '1',
  ...more,
];

const newFolder = () => mkdtemp(join(tmpdir(), 'shoulders-cli-'));
const linesOf = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const refused: [name: string, args: string[], code: number, sentence: RegExp][] = [
  ['a run that is not there', ['resume', 'nowhere'], 2, /^There is no run ".*nowhere": name a run folder/],
  ['an unknown command', ['fine-tun', 'x'], 2, /unknown command 'fine-tun'\n\(Did you mean fine-tune\?\)/],
  ['a number out of range', ['fine-tune', 'x', '--threads', '0'], 2, /--threads.*'0' is invalid\. A whole number/],
  ['a folder that is not there', ['check', 'nowhere'], 2, /^Cannot find the folder ".*nowhere": check the path\.\n$/],
  ['a run id that is none', ['fine-tune', '.', '--run-id', '../x'], 2, /^"\.\.\/x" is not a run id/],
];
for (const [name, args, code, sentence] of refused)
  test(`the command line refuses ${name} with a sentence and exit code ${code}`, async () => {
    const ended = await endOf(start(args, await newFolder()));
    assert.equal(ended.code, code, ended.errors);
    assert.match(ended.errors, sentence);
    assert.equal(ended.output, '');
    assert.doesNotMatch(ended.errors, /\n\s+at /, 'a stack');
  });

const ErrorLine = z.strictObject({
  type: z.literal('error'),
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  sentence: z.string(),
});
for (const [args, code] of [
  [['fine-tune', 'nowhere', '--json'], 'folderMissing'],
  [['fine-tune', '--json', '--no-such-option'], 'badArgument'],
] as const)
  test(`--json also prints ${code} as one line on stdout`, async () => {
    const ended = await endOf(start(args, await newFolder()));
    assert.equal(ended.code, 2);
    const [line, ...rest] = linesOf(ended.output);
    assert.deepEqual(rest, []);
    const problem = ErrorLine.parse(line);
    assert.equal(problem.code, code);
    assert.equal(ended.errors, `${problem.sentence}\n`);
  });

test('check prints counts and fingerprint, exit code 0', async () => {
  const ended = await endOf(start(['check', setup.dataset], setup.root));
  assert.equal(ended.code, 0, ended.errors);
  assert.match(ended.output, /24 images in 2 classes/);
  assert.match(ended.output, /Fingerprint [0-9a-f]{64}\n$/);
});

test("fine-tune --json prints the same events as the run's log; runs lists the run", async () => {
  const cwd = await newFolder();
  const ended = await endOf(start(fineTuneArgs('--json'), cwd));
  assert.equal(ended.code, 0, ended.errors);
  const events = linesOf(ended.output).map((line) => RunEvent.parse(line));
  assert.deepEqual(events.at(-1)?.type, 'ended');
  const { runId } = events.find((event) => event.type === 'started')!;
  // The default place, below the working folder.
  const { state } = await readRun(join(cwd, '.shoulders', 'runs', runId));
  assert.deepEqual(events.reduce(applyRunEvent, initialRunState(runId)), state);
  assert.equal(state.status, 'finished');

  const listed = await endOf(start(['runs', '--json'], cwd));
  assert.deepEqual(
    linesOf(listed.output).map((line) => z.object({ state: RunState }).parse(line).state),
    [state],
  );
  const table = await endOf(start(['runs'], cwd));
  assert.match(table.output, new RegExp(`^${runId} +finished +photos +2 +test AUROC \\d\\.\\d{4}$`, 'm'));
});

test("a job on standard input trains; evaluate --json prints progress and the record's path, without --json the figures and the count of looks", async () => {
  const runs = await newFolder();
  const run = join(runs, '20261123-101500-tiny-resnet18-0009');
  const job = {
    ...{ version: 1, dataset: setup.dataset, runsFolder: runs, runId: run.slice(runs.length + 1), threads: 1 },
    cacheFolder: join(setup.root, 'cache'),
    recipe: await resolveRecipe({ recipe: 'photos', sets: recipeSets() }),
  };
  const trained = await endOf(start(['fine-tune', '--job', '-'], setup.root, JSON.stringify(job)));
  assert.equal(trained.code, 0, trained.errors);
  const cache = ['--cache-folder', join(setup.root, 'cache'), '--threads', '1'];
  const json = await endOf(start(['evaluate', run, '--split', 'test', '--json', ...cache], setup.root));
  assert.equal(json.code, 0, json.errors);
  const told = linesOf(json.output).map((line) => EvaluateOutput.parse(line));
  const last = told.pop()!;
  assert.ok(told.length > 0 && told.every(({ type }) => type === 'progress'));
  assert.ok(last.type === 'recorded' && last.testLooks === 2 && last.folder.startsWith(join(run, files.evaluations)));

  const text = await endOf(start(['evaluate', run, '-d', setup.dataset, '--threshold', '0.25', ...cache], setup.root));
  assert.equal(text.code, 0, text.errors);
  assert.match(
    text.output,
    /^Model: 20261123-101500-tiny-resnet18-0009, epoch \d \(photos, resnet18, SHA-256 [0-9a-f]{12}…\)\nImages: 24 images in /,
  );
  assert.match(text.output, /threshold 0\.2500 on the probability of red: as specified/);
  assert.match(text.output, /^! 12 of these 24 images were used for training/m);
  assert.match(text.output, /^The test images have been looked at 3 times: /m);

  const refused = await endOf(start(['evaluate', run, '--data', join(setup.root, 'nowhere')], setup.root));
  assert.equal(refused.code, 2);
  assert.match(refused.errors, /^Cannot find the folder/);
});

test('a run survives a reader that closes the pipe early', async () => {
  const runs = await newFolder();
  const runId = '20261123-101500-tiny-resnet18-0001';
  const child = start(fineTuneArgs('--runs', runs, '--run-id', runId), setup.root);
  const closed = once(child, 'exit');
  await printed(child, /recipe photos/);
  child.stdout!.destroy();
  child.stderr!.destroy();
  assert.deepEqual(await closed, [0, null]);
  assert.equal((await readRun(join(runs, runId))).state.status, 'finished');
  await access(join(runs, runId, files.evaluation));
});

const windows = process.platform === 'win32' && 'Windows has no gentle signal to send';
const endless = (runs: string, runId: string) =>
  fineTuneArgs('--runs', runs, '--run-id', runId, '--set', 'stages.0.epochs=1000', '--set', 'keep=last');

test('Ctrl-C once ends the run after the batch, keeps the weights and exits with 0', { skip: windows }, async () => {
  const runs = await newFolder();
  const runId = '20261123-101500-tiny-resnet18-0002';
  const child = start(endless(runs, runId), setup.root);
  await printed(child, /^ +1\* head/m);
  child.kill('SIGINT');
  const ended = await endOf(child);
  assert.equal(ended.code, 0, ended.errors);
  assert.match(ended.errors, /^Stopping after the current batch; once more ends at once\.\n$/);
  assert.match(
    ended.output,
    /(?:^|\n)\nStopped after .*; the best weights .*are kept\.\nRun: .*0002\nNext: shoulders resume RUN\n$/,
  );
  assert.equal((await readRun(join(runs, runId))).state.status, 'stopped');
  await access(join(runs, runId, files.model));
});

test('Ctrl-C twice ends the run at once', { skip: windows }, async () => {
  const child = start(endless(await newFolder(), '20261123-101500-tiny-resnet18-0003'), setup.root);
  await printed(child, /^ +1\* head/m);
  child.kill('SIGINT');
  child.kill('SIGTERM');
  const [code, signal] = await once(child, 'exit');
  assert.equal(code, null);
  // Of two waiting runs, the system may start either one first.
  assert.ok(signal === 'SIGTERM' || signal === 'SIGINT', String(signal));
});
