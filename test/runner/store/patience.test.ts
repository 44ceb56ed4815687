import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskWait } from '../../../runner/store/patience.ts';
import { createRun, type RunFolder } from '../../../runner/store/store.ts';
import type { UserError } from '../../../shared/contracts/errors.ts';
import { files } from '../../../shared/contracts/run.ts';
import { type FsPort, nodeFileSystem } from '../../../shared/files/fileSystem.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { readTestLooks } from '../../../shared/runFolder/testLooks.ts';
import { type FsCall, faultyFileSystem } from '../../support/faultyFileSystem.ts';
import { mountedDisk } from '../../support/mountedDisk.ts';
import { epochEvent, runId, storyOfARun } from '../../support/storyOfARun.ts';

let scratch: string;
let made = 0;
before(async () => void (scratch = await mkdtemp(join(tmpdir(), 'patience-'))));
after(() => rm(scratch, { recursive: true, force: true }));

const events = storyOfARun(process.pid);

/** Checks again at once, and records the reports of waits. */
function impatientWait(stop = new AbortController()) {
  const told: string[] = [];
  const wait: DiskWait = {
    signal: stop.signal,
    beforeNextTry: async () => {
      await sleep(1, undefined, { signal: stop.signal });
    },
    onChange: (event) => void told.push(event.type === 'paused' ? event.problem!.code : event.type),
  };
  return { wait, told, stop };
}

async function runOn(fs: FsPort, runsFolder = join(scratch, String(made++))): Promise<RunFolder> {
  return createRun({ runsFolder, runId, versions: {} }, { fs });
}

/** Changes of a run to its folder, in the order of fineTune.ts. */
async function liveIn(run: RunFolder): Promise<void> {
  await run.record(events[0]!);
  await run.writeFile(files.metrics, 'epoch\n');
  await run.saveCheckpoint(Uint8Array.of(1, 2, 3));
  await run.record(epochEvent(1, 0.5));
  await run.writeFile(files.sample(1), Uint8Array.of(0xff));
  await run.appendTestLook('training');
  await run.record(events.at(-1)!);
}

const statesOf = async ({ folder }: RunFolder) => {
  const { state, health } = await readRun(folder);
  assert.deepEqual(health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
  return { status: state.status, epochs: state.epochs.length, problem: state.problem };
};

/** A disk that refuses these calls while `refuses` is set, and counts the refusals. */
function switchedFileSystem(code: string, calls: readonly FsCall[]) {
  const faulty = faultyFileSystem({ code, at: 1, lasting: true, calls });
  const disk = { refuses: false };
  const choose = <K extends keyof FsPort>(name: K) =>
    ((...args: never[]) =>
      ((disk.refuses ? faulty : nodeFileSystem)[name] as (...a: never[]) => unknown)(...args)) as FsPort[K];
  const fs: FsPort = {
    ...nodeFileSystem,
    // The log is already open when the disk begins to refuse.
    async open(path, flags) {
      if (disk.refuses && calls.includes('open')) return faulty.open(path, flags);
      const file = await nodeFileSystem.open(path, flags);
      return {
        ...file,
        write: (bytes, position) =>
          disk.refuses && calls.includes('write') ? Promise.reject(refusal(code)) : file.write(bytes, position),
      };
    },
    mkdir: choose('mkdir'),
    unlink: choose('unlink'),
    rename: choose('rename'),
  };
  return { fs, disk };
}
const refusal = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES'])
  test(`A run loses nothing and reports nothing when any one call to the disk fails once with ${code}`, async () => {
    const probe = faultyFileSystem(undefined);
    const whole = await runOn(probe);
    await whole.waitForDisk(impatientWait().wait);
    const first = probe.count;
    await liveIn(whole);
    await whole.close();
    const expected = await statesOf(whole);
    const fail = async (at: number) => {
      const fs = faultyFileSystem({ code, at, partialBytes: 20 });
      const run = await runOn(fs);
      const { wait, told } = impatientWait();
      await run.waitForDisk(wait);
      await liveIn(run);
      await run.close();
      assert.deepEqual(told, [], `call ${at} (${fs.failed})`);
      assert.deepEqual(await statesOf(run), expected, `call ${at} (${fs.failed})`);
      assert.deepEqual([...(await readFile(join(run.folder, files.checkpoint)))], [1, 2, 3]);
      assert.equal((await readTestLooks(run.folder)).length, 1, `call ${at} (${fs.failed}) counted a look twice`);
    };
    const places = Array.from({ length: probe.count - first }, (_, i) => first + 1 + i);
    assert.ok(places.length > 40);
    for (let i = 0; i < places.length; i += 16) await Promise.all(places.slice(i, i + 16).map(fail));
  });

for (const [code, told] of [
  ['ENOSPC', 'waitsForSpace'],
  ['EACCES', 'waitsForDisk'],
] as const)
  test(`A write that the disk refuses (${code}) waits, the log reports it, and the run continues by itself`, async () => {
    const { fs, disk } = switchedFileSystem(code, ['open']); // files cannot be made; the log is open
    const run = await runOn(fs);
    const { wait, told: heard } = impatientWait();
    await run.waitForDisk(wait);
    await run.record(events[0]!);
    disk.refuses = true;
    let saved = false;
    const saving = run.saveCheckpoint(Uint8Array.of(7)).then(() => {
      saved = true;
    });
    while ((await readRun(run.folder)).state.status !== 'paused') await sleep(5);
    const { problem } = (await readRun(run.folder)).state;
    assert.equal(problem?.code, told);
    assert.equal(problem?.params.file, join(run.folder, files.checkpoint));
    await sleep(30);
    assert.equal(saved, false);
    disk.refuses = false;
    await saving;
    await run.record(epochEvent(1, 0.5));
    assert.deepEqual(heard, [told, 'continued']);
    assert.deepEqual(await statesOf(run), { status: 'running', epochs: 1, problem: null });
    assert.deepEqual([...(await readFile(join(run.folder, files.checkpoint)))], [7]);
    await run.close();
  });

test('An unwritable log queues events, and later writes them in order after the event of the wait', async () => {
  const { fs, disk } = switchedFileSystem('EROFS', ['open', 'write']);
  const run = await runOn(fs);
  const { wait, told } = impatientWait();
  await run.waitForDisk(wait);
  await run.record(events[0]!);
  disk.refuses = true;
  const recorded = [epochEvent(1, 0.5), epochEvent(2, 0.6)].map((event) => run.record(event));
  while (told.length === 0) await sleep(5);
  const [line] = (await readFile(join(run.folder, files.events), 'utf8')).trimEnd().split('\n').slice(-1);
  assert.match(line!, /"type":"started"/, 'a read-only disk took a line');
  disk.refuses = false;
  await Promise.all(recorded);
  assert.deepEqual(told, ['waitsForDisk', 'continued']);
  assert.deepEqual(
    (await readRun(run.folder)).state.epochs.map(({ epoch }) => epoch),
    [1, 2],
  );
  await run.close();
});

test('A stop ends the wait: the write is abandoned, and earlier writes stay', async () => {
  const { fs, disk } = switchedFileSystem('ENOSPC', ['open']);
  const run = await runOn(fs);
  const { wait, stop } = impatientWait();
  await run.waitForDisk(wait);
  await run.record(events[0]!);
  await run.saveCheckpoint(Uint8Array.of(1));
  disk.refuses = true;
  const saving = run.saveCheckpoint(Uint8Array.of(2));
  while ((await readRun(run.folder)).state.status !== 'paused') await sleep(5);
  stop.abort();
  await assert.rejects(saving, { name: 'AbortError' });
  await run.record({ type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 });
  await run.close();
  assert.deepEqual(await statesOf(run), { status: 'stopped', epochs: 0, problem: null });
  assert.deepEqual([...(await readFile(join(run.folder, files.checkpoint)))], [1]);
});

test('An error that waiting cannot fix is thrown at once', async () => {
  const { fs, disk } = switchedFileSystem('ENOENT', ['open']); // somebody has deleted the folder
  const run = await runOn(fs);
  await run.waitForDisk(impatientWait().wait);
  disk.refuses = true;
  await assert.rejects(run.saveCheckpoint(Uint8Array.of(1)), (error: UserError) => error.code === 'cannotWrite');
  await run.close();
});

test('A large file that cannot fit is not started, and the missing space is reported', async () => {
  let freeBytes: number | undefined = 1_400_000;
  const opened: string[] = [];
  const fs: FsPort = {
    ...nodeFileSystem,
    freeBytes: async () => freeBytes,
    open(path, flags) {
      opened.push(path);
      return nodeFileSystem.open(path, flags);
    },
  };
  const run = await runOn(fs);
  const bytes = new Uint8Array(2_100_000);
  const before = opened.length;
  await assert.rejects(run.saveCheckpoint(bytes), (error: UserError) => {
    assert.deepEqual(error.params, { file: join(run.folder, files.checkpoint), needed: '3 MB', free: '1 MB' });
    return error.code === 'diskFull';
  });
  assert.equal(opened.length, before);
  freeBytes = undefined; // if the disk does not report its space, the write is tried
  await run.saveCheckpoint(bytes);
  await run.close();
});

const { folder: disk, skip } = mountedDisk('size=512k');

test('On a disk full to its last byte the log still reports the wait, and nothing is lost once there is space', {
  skip,
}, async () => {
  const run = await runOn(nodeFileSystem, join(disk, 'runs'));
  const { wait, told } = impatientWait();
  await run.waitForDisk(wait);
  assert.ok((await readdir(run.folder)).includes(files.reserve));
  await run.record(events[0]!);
  const filler = join(disk, 'filler');
  await fillUp(filler);
  const recorded = Array.from({ length: 40 }, (_, i) => run.record(epochEvent(i + 1, 0.5)));
  while ((await readRun(run.folder)).state.status !== 'paused') await sleep(5);
  assert.equal((await readRun(run.folder)).state.problem?.code, 'waitsForSpace');
  await rm(filler);
  await Promise.all(recorded);
  await run.record(events.at(-1)!);
  await run.close();
  assert.deepEqual(told, ['waitsForSpace', 'continued']);
  const { state, health, summary } = await readRun(run.folder);
  assert.deepEqual(health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
  assert.equal(state.epochs.length, 40);
  assert.equal(state.status, 'finished');
  assert.equal(summary?.status, 'finished');
  assert.deepEqual((await readdir(run.folder)).sort(), [files.events, files.run]);
});

/** Takes every byte that the disk has left. */
async function fillUp(file: string): Promise<void> {
  await writeFile(file, '');
  for (let size = 65_536; size >= 1; )
    await writeFile(file, new Uint8Array(size).fill(1), { flag: 'a' }).catch(() => {
      size >>= 1;
    });
}
