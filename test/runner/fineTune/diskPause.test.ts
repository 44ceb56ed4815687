import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { indexFolder } from '../../../runner/classification/classes/classFolders.ts';
import { resume } from '../../../runner/commands/resume.ts';
import { runBytes } from '../../../runner/run/disk/room.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { files } from '../../../shared/contracts/run.ts';
import { type FsPort, nodeFileSystem } from '../../../shared/files/fileSystem.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import {
  figuresOf,
  tinyRun as run,
  type TinyOptions,
  type TinyRun,
  tinyMachine,
  tinySetup,
} from '../../support/tinyRun.ts';

let setup: Awaited<ReturnType<typeof tinySetup>>;
let unbroken: TinyRun;
before(async () => {
  setup = await tinySetup({ train: 5, val: 3, test: 3 });
  unbroken = await tinyRun();
});
const tinyRun = (options: TinyOptions = {}) =>
  run(setup, {
    polling: { pollMs: 20, diskMs: 40 },
    ...options,
    sets: ['imageSize=32', 'stages.0.epochs=1', 'stages.1.epochs=1'],
  });

/** A disk on which large files do not fit while `free` is small. */
function smallDisk() {
  const disk = { freeBytes: 1e12 };
  const fs: FsPort = { ...nodeFileSystem, freeBytes: async () => disk.freeBytes };
  return { fs, disk };
}

test('A run that fills its disk pauses, reports it, continues by itself, and ends with the figures of an undisturbed run', async () => {
  const { fs, disk } = smallDisk();
  const told: string[] = [];
  let seen: Promise<string | undefined> | undefined;
  const paused = await tinyRun({
    fs,
    onEvent(event, folder) {
      if (event.type === 'stageStarted' && event.stage === 1) disk.freeBytes = 3e6;
      if (event.type === 'paused') {
        told.push(event.problem!.code);
        seen = sleep(200).then(async () => {
          const { state } = await readRun(folder);
          disk.freeBytes = 1e12;
          return state.status === 'paused' ? state.problem?.code : state.status;
        });
      }
      if (event.type === 'continued') told.push(event.type);
    },
  });
  assert.equal(await seen, 'waitsForRoom');
  assert.deepEqual(told, ['waitsForRoom', 'continued']);
  assert.equal(paused.state.status, 'finished');
  assert.equal(paused.state.problem, null);
  assert.deepEqual(figuresOf(paused), figuresOf(unbroken));
  assert.deepEqual((await readRun(paused.folder)).state, paused.state);
  const names = (await readdir(paused.folder)).sort();
  assert.deepEqual(names, (await readdir(unbroken.folder)).sort());
});

test('A run paused by a full disk retries on request, and a run stopped meanwhile can be resumed', async () => {
  const { fs, disk } = smallDisk();
  const events: RunEvent[] = [];
  const stopped = await tinyRun({
    fs,
    polling: { pollMs: 20, diskMs: 60_000 },
    onEvent(event, folder) {
      events.push(event);
      if (event.type === 'weightsLoaded') disk.freeBytes = 3e6; // the first large file belongs to the first epoch
      if (event.type === 'paused') {
        const first = events.filter(({ type }) => type === 'paused').length === 1;
        if (first) disk.freeBytes = 1e12;
        writeFile(join(folder, first ? files.retryRequest : files.stopRequest), '');
      }
      if (event.type === 'epoch') disk.freeBytes = 3e6;
    },
  });
  assert.deepEqual(
    events.flatMap(({ type }) => (['paused', 'continued', 'epoch', 'ended'].includes(type) ? [type] : [])),
    ['paused', 'continued', 'epoch', 'paused', 'ended'],
  );
  assert.equal(stopped.state.status, 'stopped');
  assert.equal(stopped.state.problem, null);
  const read = await readRun(stopped.folder);
  assert.deepEqual(read.state, stopped.state);
  assert.ok(!(await readdir(stopped.folder)).includes(files.retryRequest));

  const io = { on: () => {}, signal: new AbortController().signal, fs };
  await assert.rejects(resume(stopped.folder, tinyMachine(setup), io), (error: UserError) => {
    assert.equal(error.code, 'noRoomToGoOn');
    return error.params.free === '3 MB';
  });
  assert.deepEqual((await readRun(stopped.folder)).state, stopped.state);
  disk.freeBytes = 1e12;
  await resume(stopped.folder, tinyMachine(setup), io);
  const { state } = await readRun(stopped.folder);
  assert.deepEqual(figuresOf({ ...stopped, state }), figuresOf(unbroken));
});

test('The size estimate of a run covers its files plus two checkpoints, and is less than 1.5 times that', async () => {
  const { recipe } = unbroken.state;
  const { images, classNames } = (await indexFolder(setup.dataset)).index;
  const estimate = runBytes({ recipe: recipe!, classCount: classNames.length, images });
  const names = await readdir(unbroken.folder, { recursive: true });
  const sizeOf = async (name: string) => (await stat(join(unbroken.folder, name))).size;
  const sizes = await Promise.all(names.map(sizeOf));
  const taken = sizes.reduce((sum, size) => sum + size, 0) + 2 * (await sizeOf(files.checkpoint));
  assert.ok(estimate >= taken && estimate < 1.5 * taken, `estimated ${estimate}, taken ${taken}`);
});

test('A run that cannot fit on the disk is refused with figures before its folder exists', async () => {
  const { fs, disk } = smallDisk();
  disk.freeBytes = 200e6;
  const runsFolder = join(setup.root, 'elsewhere', 'runs');
  await assert.rejects(tinyRun({ fs, job: { runsFolder } }), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.code, 'noRoomForRun');
    assert.deepEqual([error.params.free, error.params.folder], ['200 MB', runsFolder]);
    assert.match(String(error.params.needed), /^\d{3} MB$/);
    return true;
  });
  await assert.rejects(readdir(join(setup.root, 'elsewhere')), { code: 'ENOENT' });
});

test('A run whose disk becomes read-only midway reports what to do when it is stopped', async () => {
  const stop = new AbortController();
  let refuses = false;
  const refused = () => Promise.reject(Object.assign(new Error('EROFS: read-only'), { code: 'EROFS' }));
  const fs: FsPort = {
    ...nodeFileSystem,
    async open(path, flags) {
      if (refuses && flags !== 'r') return refused();
      const file = await nodeFileSystem.open(path, flags);
      return { ...file, write: (bytes, position) => (refuses ? refused() : file.write(bytes, position)) };
    },
    unlink: (file) => (refuses ? refused() : nodeFileSystem.unlink(file)),
  };
  let folder = '';
  const running = tinyRun({
    fs,
    signal: stop.signal,
    onEvent(event, where) {
      folder = where;
      if (event.type === 'epoch') refuses = true;
      if (event.type === 'paused') setTimeout(() => stop.abort(), 100);
    },
  });
  await assert.rejects(running, (error: UserError) => {
    assert.equal(error.code, 'cannotWriteInRun');
    assert.match(
      error.message,
      /^Cannot write ".*": the disk is read-only \(EROFS\)\. Everything written before is kept:/,
    );
    assert.ok(error.message.includes(`shoulders resume "${folder}"`));
    return true;
  });
  refuses = false;
  const log = await readFile(join(folder, files.events), 'utf8');
  assert.match(log.trimEnd().split('\n').at(-1)!, /"type":"(epoch|progress)"/);
});
