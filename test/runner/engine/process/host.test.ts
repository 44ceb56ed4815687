// An engine's process: its messages both ways, and its end.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { HostedEngine } from '../../../../runner/engine/process/hostedEngine.ts';
import type { Tensor } from '../../../../runner/tensor.ts';
import { UserError } from '../../../../shared/contracts/errors.ts';
import { echoEngine, echoProgram } from '../../../support/echoEngine.ts';
import { mountedDisk } from '../../../support/mountedDisk.ts';

const opened: HostedEngine[] = [];
after(() => Promise.all(opened.map((engine) => engine.dispose())));

function open(): HostedEngine {
  const engine = echoEngine();
  opened.push(engine);
  return engine;
}

/** Numbers that no other `seed` yields, more than a pipe holds. */
const tensor = (seed: number, length = 3_000_000): Tensor => ({
  dtype: 'float32',
  shape: [length],
  data: Float32Array.from({ length }, (_, i) => i * 0.5 + seed),
});

test('tensors larger than the pipe buffer cross both ways, and concurrent requests keep their order', async () => {
  const program = await open().load(echoProgram());
  const answers = await Promise.all([1, 2, 3].map((seed) => program.run({ x: tensor(seed), y: tensor(-seed, 5) })));
  for (const [i, { x, y }] of answers.entries()) {
    assert.deepEqual(x, tensor(i + 1));
    assert.deepEqual(y, tensor(-i - 1, 5));
  }
});

test('an engine process reports an error and survives it', async () => {
  const engine = open();
  await assert.rejects((await engine.load(echoProgram('fails'))).run({}), /no such thing/);
  assert.deepEqual(await (await engine.load(echoProgram())).run({}), {});
});

test('a process that ends fails its pending requests, unsent ones included, with its last output', async () => {
  const program = await open().load(echoProgram('ends'));
  const isTold = (error: unknown) => error instanceof UserError && /exit code 3\): last words/.test(error.message);
  await Promise.all([1, 2].map((seed) => assert.rejects(program.run({ x: tensor(seed) }), isTold)));
});

test('closing an engine ends its process', async () => {
  const engine = open();
  const pid = Number((await engine.graphics()).deviceFiles[0]);
  await engine.dispose();
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('an engine process ends when its client was killed', async () => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL('../../../support/echoParent.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line);
  process.kill(pid, 0); // it is alive
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const isGone = () => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  };
  for (let look = 0; look < 100 && !isGone(); look++) await sleep(100);
  assert.ok(isGone());
});

/** Replaces the folder for temporary files during `work`. */
async function withTemporaryFolder(folder: string, work: () => Promise<void>): Promise<void> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

test('an engine works without a temporary folder for its last output', { skip: process.platform === 'win32' }, () =>
  withTemporaryFolder(join(tmpdir(), 'not-there', 'at-all'), async () => {
    const engine = echoEngine();
    const { x } = await (await engine.load(echoProgram())).run({ x: tensor(1, 5) });
    assert.deepEqual(x, tensor(1, 5));
    await engine.dispose();
  }),
);

const { folder: mounted, skip } = mountedDisk('size=64k');

test('a temporary folder that cannot be removed stays, and nothing fails', { skip }, async () => {
  await withTemporaryFolder(mounted, async () => {
    const engine = echoEngine();
    await engine.load(echoProgram());
    const [words] = await readdir(mounted);
    const inside = join(mounted, words!, 'held');
    await mkdir(inside);
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', inside]); // like a folder that a program keeps open: EBUSY
    try {
      await engine.dispose();
      await sleep(300);
      assert.deepEqual(await readdir(mounted), [words]);
    } finally {
      execFileSync('umount', [inside]);
    }
  });
});
