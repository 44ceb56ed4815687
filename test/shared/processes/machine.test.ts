import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openEventLog } from '../../../runner/store/eventLog.ts';
import { listRuns } from '../../../runner/store/listRuns.ts';
import { createRun, reopenRun } from '../../../runner/store/store.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { type Machine, machineTag, outermostPids } from '../../../shared/contracts/machine.ts';
import { files } from '../../../shared/contracts/run.ts';
import { nodeFileSystem } from '../../../shared/files/fileSystem.ts';
import { claim, holderOf } from '../../../shared/processes/claim.ts';
import { removeLeftovers } from '../../../shared/processes/leftovers.ts';
import { bootedAtMs, fateOf, thisMachine } from '../../../shared/processes/machine.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { epochEvent, runId, storyOfARun } from '../../support/storyOfARun.ts';

let scratch: string;
let deadPid: number;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'machine-'));
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  deadPid = child.pid!;
});
after(() => rm(scratch, { recursive: true, force: true }));

const lab: Machine = { host: 'lab', id: 'a1', boot: 'boot-1', pids: outermostPids };
const ward: Machine = { host: 'ward', id: 'b2', boot: 'boot-9', pids: outermostPids };
const restarted: Machine = { ...lab, boot: 'boot-2' };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const refusal = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof UserError && error.code === code && words.test(error.message);

/** A run that `machine` has started and still holds. */
async function begunOn(machine: Machine, name: string) {
  const run = await createRun({ runsFolder: join(scratch, name), runId, versions: {} }, { machine });
  const [started] = storyOfARun(process.pid, machine);
  await run.record(started!);
  await run.record(epochEvent(1, 0.8));
  return run;
}

/** Backdates its files, so that the runner seems silent since then. */
async function silence(folder: string, since: Date) {
  const lock = join(folder, files.lock);
  const holders = await readdir(lock);
  for (const file of [join(folder, files.events), ...holders.map((name) => join(lock, name))])
    await utimes(file, since, since);
}

test('thisMachine() is the same in another process, and on Linux includes boot and PID namespace', async () => {
  const program = `import { thisMachine } from ${JSON.stringify(new URL('../../../shared/processes/machine.ts', import.meta.url).href)};
    console.log(JSON.stringify(await thisMachine()));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const machine = await thisMachine();
  assert.deepEqual(JSON.parse(String(line)), machine);
  if (process.platform !== 'linux') return;
  assert.equal(machine.boot, (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim());
  assert.match(machine.pids!, /^\d+$/);
  assert.ok(bootedAtMs() < Date.now());
});

test('fateOf() checks process numbers only on this machine, and trusts a sign of life more than an earlier boot', async () => {
  const asked: number[] = [];
  const judge = {
    machine: lab,
    bootedAtMs: 1000,
    isAlive: async (pid: number) => {
      asked.push(pid);
      return pid === 1;
    },
  };
  const fate = (pid: number, machine: Machine | undefined, lastSignMs: number) =>
    fateOf({ pid, machine: machine && machineTag(machine) }, async () => lastSignMs, judge);
  assert.equal(await fate(1, lab, 0), 'alive');
  assert.equal(await fate(2, lab, 0), 'gone');
  assert.equal(await fate(3, undefined, 0), 'gone');
  assert.equal(await fate(4, ward, 0), 'elsewhere');
  assert.equal(await fate(5, restarted, 999), 'gone');
  assert.equal(await fate(6, restarted, 1000), 'elsewhere');
  assert.deepEqual(asked, [1, 2, 3]);
});

test('readRun() never judges a silent run of another machine, and fails one of an earlier boot', async () => {
  const run = await begunOn(ward, 'listed');
  const judge = { machine: lab, isAlive: async () => false };
  const fresh = await readRun(run.folder, nodeFileSystem, judge);
  assert.deepEqual([fresh.state.status, fresh.elsewhere?.host], ['running', 'ward']);
  assert.ok(Date.now() - fresh.elsewhere!.lastSignMs < 60_000);

  const year = minutesAgo(525_600);
  await silence(run.folder, year);
  const [listed] = await listRuns(join(scratch, 'listed'), nodeFileSystem, judge);
  assert.equal(listed!.state?.status, 'running');
  // Its last event is more recent than the files' times.
  assert.ok(listed!.problem === null && Date.now() - listed!.elsewhere!.lastSignMs < 60_000);

  const before = { ...judge, machine: { ...ward, boot: 'boot-10' } };
  assert.equal(
    (await readRun(run.folder, nodeFileSystem, before)).elsewhere?.host,
    'ward (ID '.concat(machineTag(ward).slice(0, 4), ')'),
  );
  const later = { ...before, bootedAtMs: Date.now() + 60_000 };
  assert.equal((await readRun(run.folder, nodeFileSystem, later)).state.problem?.code, 'runnerDied');
  await run.close();
});

test('a lock held elsewhere is a sign of life of a run that has nothing to write', async () => {
  const old = { machine: ward, now: () => minutesAgo(60) };
  const run = await createRun({ runsFolder: join(scratch, 'paused'), runId, versions: {} }, old);
  await run.record({ type: 'queued', ahead: 1 });
  await silence(run.folder, minutesAgo(60));
  const lastSign = async () => (await readRun(run.folder, nodeFileSystem, { machine: lab })).elsewhere!.lastSignMs;
  assert.ok(Date.now() - (await lastSign()) > 59 * 60_000);
  const [holder] = await readdir(join(run.folder, files.lock));
  await utimes(join(run.folder, files.lock, holder!), new Date(), new Date());
  assert.ok(Date.now() - (await lastSign()) < 60_000);
  await run.close();
});

test('reopenRun() refuses a run of another machine with its host and last sign of life, and takes it over on request', async () => {
  const old = { machine: ward, now: () => minutesAgo(180) };
  const theirs = await createRun({ runsFolder: join(scratch, 'taken'), runId, versions: {} }, old);
  const [started] = storyOfARun(process.pid, ward);
  await theirs.record(started!);
  await silence(theirs.folder, minutesAgo(180));
  const { folder } = theirs;
  const reopened = (takeOver: boolean) =>
    reopenRun(
      folder,
      () => ({}),
      () => {},
      { machine: lab, takeOver },
    );
  await assert.rejects(
    reopened(false),
    refusal('runElsewhere', new RegExp(`Process ${process.pid} on ward.*3 h.*--take-over`)),
  );
  assert.equal((await readdir(join(folder, files.lock))).length, 1, 'the lock is theirs still');

  const ours = await reopened(true);
  const { device } = started as Extract<typeof started, { type: 'started' }>;
  await ours.record({ type: 'resumed', afterEpoch: 0, device, pid: process.pid, machine: lab, versions: {} });
  const log = await readFile(join(folder, files.events), 'utf8');

  // They return, and find the lock removed.
  const gone = refusal('runTakenOver', /taken over/);
  await assert.rejects(theirs.record(epochEvent(1, 0.5)), gone);
  await assert.rejects(theirs.writeModel(new Uint8Array(3)), gone);
  await assert.rejects(theirs.saveCheckpoint(new Uint8Array(3)), gone);
  await assert.rejects(theirs.writeFile(files.metrics, 'epoch\n'), gone);
  await assert.rejects(theirs.appendLog('gone\n'), gone);
  await assert.rejects(theirs.record({ type: 'ended', reason: 'failed', problem: null, elapsedMs: 1 }), gone);
  await theirs.close();
  assert.equal(await readFile(join(folder, files.events), 'utf8'), log);
  assert.deepEqual((await readdir(folder)).sort(), [files.events, files.lock, files.run]);

  await ours.record(epochEvent(1, 0.9));
  await ours.close();
  const { state, health } = await readRun(folder, nodeFileSystem, { machine: lab });
  assert.deepEqual(health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
  assert.deepEqual([state.machine, state.epochs.length], [lab, 1]);
});

test('reopenRun() never takes over the run of a living local process', async () => {
  const run = await begunOn(lab, 'busy');
  const taken = reopenRun(
    run.folder,
    () => ({}),
    () => {},
    { machine: lab, takeOver: true },
  );
  await assert.rejects(taken, refusal('runBusy', new RegExp(`^Process ${process.pid} is`)));
  await run.close();
});

test('append() refuses to continue a log that another process has written to, and truncates nothing', async () => {
  const file = join(scratch, 'grown.jsonl');
  const [a, b, c] = storyOfARun(1);
  const at = '2026-11-23T10:15:00.000Z';
  const first = await openEventLog(file);
  await first.append(at, a!);
  const second = await openEventLog(file);
  await second.append(at, b!);
  const both = await readFile(file, 'utf8');
  await assert.rejects(first.append(at, c!), refusal('logGrew', /Another process is writing/));
  await assert.rejects(first.append(at, c!), refusal('logGrew', /Another process is writing/));
  assert.equal(await readFile(file, 'utf8'), both);
  await second.append(at, c!);
  await Promise.all([first.close(), second.close()]);
});

test('record() writes nothing more, not even run.json, when another process has extended the log', async () => {
  const run = await begunOn(lab, 'grown');
  const other = await openEventLog(join(run.folder, files.events));
  await other.append(new Date().toISOString(), epochEvent(2, 0.7));
  await other.close();
  const summary = await readFile(join(run.folder, files.run), 'utf8');
  await assert.rejects(run.record(epochEvent(2, 0.6)), refusal('logGrew', /events\.jsonl/));
  await assert.rejects(run.saveCheckpoint(new Uint8Array(3)), refusal('runTakenOver', /taken over/));
  assert.equal(await readFile(join(run.folder, files.run), 'utf8'), summary);
  await run.close();
});

test('claim() respects a claim of another machine for as long as the caller says', async () => {
  const folder = join(scratch, 'claimed');
  const theirs = await claim(folder, { machine: ward });
  assert.ok('release' in theirs);
  const held = await claim(folder, { machine: lab });
  assert.ok('heldBy' in held);
  assert.deepEqual([held.heldBy.pid, held.heldBy.elsewhere?.host], [process.pid, 'ward']);
  await utimes(join(folder, (await readdir(folder))[0]!), minutesAgo(20), minutesAgo(20));
  assert.ok('heldBy' in (await claim(folder, { machine: lab })));
  assert.ok('heldBy' in (await claim(folder, { machine: lab, forgottenMs: 30 * 60_000 })));
  assert.equal(await theirs.isHeld(), true);
  const ours = await claim(folder, { machine: lab, forgottenMs: 10 * 60_000 });
  assert.ok('release' in ours);
  assert.deepEqual([await theirs.isHeld(), await ours.isHeld()], [false, true]);
  await theirs.release();
  assert.equal((await holderOf(folder, { machine: lab }))?.elsewhere, null);
  await ours.release();
  await assert.rejects(stat(folder));
});

test('claim() respects a claim of an older version, which names no machine', async () => {
  const folder = join(scratch, 'older');
  await mkdir(folder);
  const parent = process.ppid;
  await writeFile(join(folder, `${parent}-0-01234567`), '');
  const held = await claim(folder);
  assert.deepEqual('heldBy' in held && [held.heldBy.pid, held.heldBy.elsewhere], [parent, null]);
  await writeFile(join(folder, `${deadPid}-0-01234567`), '');
  await rm(join(folder, `${parent}-0-01234567`));
  const ours = await claim(folder);
  assert.ok('release' in ours);
  await ours.release();
});

test('removeLeftovers() removes files of dead local processes at once, of other machines when they are old', async () => {
  const runsFolder = join(scratch, 'leftovers');
  const folder = join(runsFolder, 'a');
  await mkdir(folder, { recursive: true });
  const named = (what: string, machine: Machine, pid: number) =>
    `.${what}.${machineTag(machine)}-${pid}-0123456789ab.tmp`;
  const old = minutesAgo(61);
  const written = async (name: string, when: Date) => {
    await writeFile(join(folder, name), '');
    await utimes(join(folder, name), when, when);
    return name;
  };
  const kept = [
    await written(named('living', lab, process.pid), old),
    await written(named('theirs', ward, deadPid), minutesAgo(59)),
    await written(named('clone', restarted, deadPid), minutesAgo(1)),
    await written(`.older.${deadPid}-0123456789ab.tmp`, minutesAgo(59)),
  ];
  await written(named('dead', lab, deadPid), new Date());
  await written(named('before', restarted, process.pid), minutesAgo(30));
  await written(named('abandoned', ward, process.pid), old);
  await written(`.oldest.${deadPid}-0123456789ab.tmp`, old);
  await removeLeftovers(runsFolder, nodeFileSystem, Date.now(), { machine: lab, bootedAtMs: minutesAgo(10).getTime() });
  assert.deepEqual((await readdir(folder)).sort(), kept.sort());
});
