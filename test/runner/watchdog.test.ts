// Signals end a program whose command computes without a pause.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readRun } from '../../shared/runFolder/readRun.ts';
import { tinySets, tinySetup } from '../support/tinyRun.ts';

const program = fileURLToPath(new URL('../../runner/cli/main.ts', import.meta.url));
const hanging = new URL('../support/hangingThread.mjs', import.meta.url).href;
const skip = process.platform === 'win32' && 'Windows has no signals between processes';
let setup: Awaited<ReturnType<typeof tinySetup>>;
let scratch: string;
before(async () => {
  setup = await tinySetup({ train: 5, val: 3, test: 3 });
  scratch = await mkdtemp(join(tmpdir(), 'shoulders-watchdog-'));
});
after(async () => {
  for (const folder of [setup.root, scratch]) await rm(folder, { recursive: true, force: true });
});

const machine = () => ['--cache-folder', join(setup.root, 'cache'), '--threads', '1'];
const runs = () => join(setup.root, 'runs');

/** A run after its first epoch, whose thread is busy from then on. */
async function busyRun(hex: string) {
  const runId = `20261123-101500-tiny-resnet18-${hex}`;
  const whenFile = join(scratch, hex);
  const sets = [...tinySets(setup.weights), 'imageSize=32', 'stages.0.epochs=50'].flatMap((set) => ['--set', set]);
  const child = spawn(
    process.execPath,
    ['--import', hanging, program, 'fine-tune', setup.dataset, '--runs', runs(), '--run-id', runId, '--json'].concat(
      machine(),
      sets,
    ),
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, HANG_WHEN: whenFile } },
  );
  let seen = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    seen += chunk;
    if (seen.includes('"type":"epoch"')) break;
  }
  await writeFile(whenFile, '');
  while (!existsSync(`${whenFile}.busy`)) await sleep(20);
  return { child, folder: join(runs(), runId), whenFile };
}

/** Two simultaneous signals count as one: a second counts only after the system has delivered the first. */
async function delivered(pid: number): Promise<void> {
  if (process.platform !== 'linux') return sleep(300);
  for (;;) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''); // it has ended
    if (!/^(?:SigPnd|ShdPnd):\s*0*[1-9a-f]/m.test(status)) return;
    await sleep(5);
  }
}

for (const [what, hex, signals] of [
  ['SIGTERM', '00aa', ['SIGTERM']],
  ['the second Ctrl-C', '00bb', ['SIGINT', 'SIGINT']],
] as const)
  test(`a run with a busy thread is ended within five seconds by ${what}, and can be resumed`, {
    skip,
  }, async () => {
    const { child, folder, whenFile } = await busyRun(hex);
    const delays = monitorEventLoopDelay({ resolution: 10 });
    delays.enable();
    const startMs = performance.now();
    const exit = once(child, 'exit');
    for (const signal of signals) {
      child.kill(signal);
      await delivered(child.pid!);
    }
    const [code, signal] = await exit;
    const tookMs = performance.now() - startMs;
    delays.disable();
    assert.deepEqual([code, signal], [null, signals[0]]);
    // A busy machine delays every process: the program for the signal, for its timer and for its end, and this one, too.
    const lateMs = 4 * (delays.max / 1e6);
    assert.ok(tookMs < 5000 + 2000 + lateMs, `it took ${tookMs} ms on a machine that may be ${lateMs} ms late`);
    assert.equal((await readRun(folder)).state.problem?.code, 'runnerDied');
    await rm(whenFile);

    const resumed = spawn(process.execPath, [program, 'resume', folder, '--json', ...machine()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const chunk of resumed.stdout.setEncoding('utf8')) {
      said += chunk;
      if (said.includes('"type":"epoch"')) break;
    }
    assert.match(said, /"type":"resumed","afterEpoch":[1-9]/);
    const stopped = once(resumed, 'exit');
    resumed.kill('SIGINT');
    assert.deepEqual(await stopped, [0, null]);
    assert.equal((await readRun(folder)).state.status, 'stopped');
  });

test('a program ends with its exit code although a read hangs, as on an unreachable network drive', {
  skip: skip || (!process.execve && 'this Node.js cannot end so'),
  timeout: 60_000,
}, async () => {
  const pipe = join(scratch, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const [folder, expected] of [
    [setup.dataset, 0],
    [join(scratch, 'missing'), 2],
  ] as const) {
    const child = spawn(process.execPath, ['--import', hanging, program, 'check', folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, HANG_WHEN: join(scratch, 'never'), HANG_READING: pipe },
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    assert.deepEqual(await once(child, 'exit'), [expected, null]);
    assert.equal(/Fingerprint/.test(said), expected === 0);
  }
});
