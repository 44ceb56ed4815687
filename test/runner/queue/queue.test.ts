import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { waitForTurn } from '../../../runner/queue/queue.ts';
import { claim, holderOf } from '../../../shared/processes/claim.ts';
import { isSameProcessAlive } from '../../../shared/processes/processIdentity.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'queue-'));
});
after(() => rm(scratch, { recursive: true, force: true }));

const never = () => new AbortController().signal;
const turnIn = (folder: string, more: { parallel?: number; signal?: AbortSignal; aheads?: number[] } = {}) =>
  waitForTurn({
    folder,
    parallel: more.parallel ?? 1,
    signal: more.signal ?? never(),
    onAhead: async (ahead) => void more.aheads?.push(ahead),
    pollMs: 5,
  });

const program = `
import { waitForTurn } from ${JSON.stringify(new URL('../../../runner/queue/queue.ts', import.meta.url).href)};
const turn = await waitForTurn({ folder: process.argv[1], parallel: 1, signal: new AbortController().signal, pollMs: 5,
  onAhead: async (ahead) => console.log('ahead ' + ahead) });
console.log('turn');
process.stdin.once('data', async () => { await turn.release(); process.exit(0); });
`;

function runner(folder: string): { child: ChildProcess; next(): Promise<string>; end(): void } {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    child,
    next: async () => String((await lines.next()).value),
    end: () => void child.stdin!.write('\n'),
  };
}

test('waitForTurn() serves three processes in order, and skips one that was killed', async () => {
  const folder = join(scratch, 'three');
  const first = runner(folder);
  assert.equal(await first.next(), 'turn');
  const second = runner(folder);
  assert.equal(await second.next(), 'ahead 0');
  const third = runner(folder);
  assert.equal(await third.next(), 'ahead 1');
  const fourth = runner(folder);
  assert.equal(await fourth.next(), 'ahead 2');
  second.child.kill('SIGKILL');
  await once(second.child, 'exit');
  assert.equal(await third.next(), 'ahead 0');
  assert.equal(await fourth.next(), 'ahead 1');
  first.child.kill('SIGKILL'); // with its slot
  assert.equal(await third.next(), 'turn');
  assert.equal(await fourth.next(), 'ahead 0');
  third.end();
  assert.equal(await fourth.next(), 'turn');
  fourth.end();
  await once(fourth.child, 'exit');
  await assert.rejects(readdir(folder), { code: 'ENOENT' }, 'the last one removes the folder');
});

test('waitForTurn() never admits more runs than allowed, whoever is faster, and serves everyone', async () => {
  const folder = join(scratch, 'many');
  for (const parallel of [1, 3]) {
    let training = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const turn = await turnIn(folder, { parallel });
        most = Math.max(most, ++training);
        await new Promise((resolve) => setTimeout(resolve, 3));
        training--;
        await turn.release();
      }),
    );
    assert.ok(most >= 1 && most <= parallel, `${most} of ${parallel}`);
  }
});

test('waitForTurn() ends at its signal without a leftover ticket, reports nothing when first in line, and survives the loss of its folder', async () => {
  const folder = join(scratch, 'one');
  const aheads: number[] = [];
  const first = await turnIn(folder, { aheads });
  assert.deepEqual([aheads, first.waited], [[], false]);
  const stop = new AbortController();
  const second = turnIn(folder, { signal: stop.signal, aheads });
  while (aheads.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  stop.abort();
  await assert.rejects(second, { name: 'AbortError' });
  assert.deepEqual(await readdir(join(folder, 'tickets')), []);
  await rm(folder, { recursive: true });
  await first.release();

  await writeFile(join(scratch, 'file'), '');
  const nowhere = await turnIn(join(scratch, 'file'));
  await nowhere.release();
});

test('a sleeping process keeps its slot, and a zombie process loses it', async () => {
  const folder = join(scratch, 'asleep');
  const sleeper = runner(folder);
  assert.equal(await sleeper.next(), 'turn');
  sleeper.child.kill('SIGSTOP');
  assert.equal((await holderOf(join(folder, 'slots', '0')))?.pid, sleeper.child.pid);
  sleeper.child.kill('SIGKILL');
  await once(sleeper.child, 'exit');
  assert.equal(await holderOf(join(folder, 'slots', '0')), undefined);

  if (process.platform !== 'linux') return;
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(parent.stdout!, 'data');
  const zombie = Number(String(line));
  while (!/^State:\tZ/m.test(await readFile(`/proc/${zombie}/status`, 'utf8')))
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(await isSameProcessAlive(zombie, undefined), false);
  parent.kill('SIGKILL');
});

test('claim() grants a folder to exactly one of many processes, also after a dead process held it', async () => {
  const folder = join(scratch, 'claims');
  for (let round = 0; round < 20; round++) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${process.pid}-1-0000000${round % 10}`), '');
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(folder)));
    const got = claims.filter((each) => 'release' in each);
    assert.equal(got.length, 1);
    assert.equal((await holderOf(folder))?.pid, process.pid);
    for (const each of got) await each.release();
    assert.equal(await holderOf(folder), undefined);
  }
});
