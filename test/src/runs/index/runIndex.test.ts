import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '../../../../shared/contracts/events.ts';
import { type Machine, outermostPids } from '../../../../shared/contracts/machine.ts';
import { files, type RunSummary } from '../../../../shared/contracts/run.ts';
import { applyRunEvent, initialRunState } from '../../../../shared/contracts/runState.ts';
import { lastWait } from '../../../../src/runs/index/logTail.ts';
import { RunIndex, type RunNews } from '../../../../src/runs/index/runIndex.ts';
import type { ProcessEnd, Run } from '../../../../src/runs/runs.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { logOf, summaryOf, temporaryFolder, writeRun } from '../../support/runs.ts';

const xray = chestXrayRun();
const animals = animalsRun();
const running = upToEpoch(xray.events, 2);
const rest = xray.events.slice(running.length);

interface Setting {
  readonly runsFolder: string;
  readonly index: RunIndex;
  readonly news: RunNews[];
  readonly errors: unknown[];
}

async function setting(
  t: TestContext,
  ports: Partial<ConstructorParameters<typeof RunIndex>[0]> = {},
): Promise<Setting> {
  const runsFolder = await temporaryFolder(t);
  const errors: unknown[] = [];
  const news: RunNews[] = [];
  const index = new RunIndex({
    runsFolders: () => [runsFolder],
    logOf: (id) => `/logs/${id}.log`,
    isAlive: async () => true,
    onError: (error) => errors.push(error),
    ...ports,
  });
  index.onNews((one) => news.push(one));
  t.after(() => {
    index.dispose();
    assert.deepEqual(errors, []);
  });
  return { runsFolder, index, news, errors };
}

/** Resolves when the run matches; if it never does, the test runner's timeout applies. */
function until(index: RunIndex, id: string, suits: (run: Run) => boolean): Promise<Run> {
  return new Promise((settle) => {
    const check = (): void => {
      const run = index.get(id);
      if (!run || !suits(run)) return;
      listening.dispose();
      settle(run);
    };
    const listening = index.onDidChange(check);
    check();
  });
}

const exitCode = (code: number): ProcessEnd => ({ reason: `exit code ${code}`, problem: null, outOfMemory: false });

const eventsOf = (news: readonly RunNews[]): RunEvent[] => news.flatMap((one) => ('events' in one ? one.events : []));

test('RunIndex lists finished runs newest first, without reading their logs', async (t) => {
  const { runsFolder, index, news } = await setting(t);
  await writeRun(runsFolder, xray.runId, xray.events);
  await writeRun(runsFolder, animals.runId, animals.events);
  await index.rescan();
  assert.deepEqual(
    index.runs.map(({ id, phase }) => [id, phase]),
    [
      [animals.runId, 'ended'],
      [xray.runId, 'ended'],
    ],
  );
  assert.equal(index.get(xray.runId)?.headline?.name, 'test AUROC');
  assert.equal(index.get(xray.runId)?.epochCount, 15);
  assert.deepEqual(index.get(xray.runId)?.state.epochs, []);
  assert.deepEqual(news, []);
});

test('RunIndex.load() loads the epochs and findings of a finished run', async (t) => {
  const { runsFolder, index } = await setting(t);
  await writeRun(runsFolder, xray.runId, xray.events);
  await index.rescan();
  const run = await index.load(xray.runId);
  assert.equal(run?.state.epochs.length, 15);
  assert.ok(run.state.findings.length > 0);
});

test('RunIndex.load() of a run that was just started, or that is followed, waits for no disk', async (t) => {
  let isHanging = false;
  const { runsFolder, index } = await setting(t, {
    // Judging a silent run is one of several waits for a disk.
    isAlive: () => new Promise((settle) => isHanging || settle(true)),
    now: () => Date.now() + (isHanging ? 3_600_000 : 0),
  });
  await writeRun(runsFolder, xray.runId, running);
  await index.rescan();
  isHanging = true;
  await until(index, xray.runId, ({ state }) => state.epochs.length === 2);
  await sleep(400); // until the index judges its silence
  assert.equal((await index.load(xray.runId))?.state.epochs.length, 2);
  const id = animals.runId;
  index.add({ id, folder: join(runsFolder, id), dataset: '/data/animals', pid: 1 });
  assert.equal((await index.load(id))?.phase, 'starting');
});

test('RunIndex follows a growing log, and waits for the end of an incomplete line', async (t) => {
  const { runsFolder, index, news } = await setting(t);
  const folder = await writeRun(runsFolder, xray.runId, running);
  await index.rescan();
  assert.equal(index.get(xray.runId)?.phase, 'open');
  const log = logOf(rest, running.length);
  const cut = log.indexOf('\n') + 20;
  await appendFile(join(folder, files.events), log.slice(0, cut));
  await until(index, xray.runId, () => eventsOf(news).length === running.length + 1);
  await appendFile(join(folder, files.events), log.slice(cut));
  const run = await until(index, xray.runId, ({ phase }) => phase === 'ended');
  assert.equal(run.state.status, 'finished');
  assert.deepEqual(eventsOf(news), xray.events);
});

test('RunIndex marks a damaged run, and still lists all others', async (t) => {
  const { runsFolder, index } = await setting(t);
  await writeRun(runsFolder, xray.runId, xray.events);
  const damaged = '20261124-091500-pets-resnet18-0000';
  await mkdir(join(runsFolder, damaged));
  await writeFile(join(runsFolder, damaged, files.run), '{"version":1,');
  const newer = '20261125-091500-pets-resnet18-0000';
  await mkdir(join(runsFolder, newer));
  await writeFile(join(runsFolder, newer, files.run), '{"version":2}');
  await mkdir(join(runsFolder, 'notes'));
  await index.rescan();
  assert.deepEqual(
    index.runs.map(({ id, phase, state }) => [id, phase, state.problem?.code]),
    [
      [newer, 'unreadable', 'runNewer'],
      [damaged, 'unreadable', 'runBroken'],
      [xray.runId, 'ended', undefined],
    ],
  );
});

test('RunIndex reads the log of a run whose run.json is damaged', async (t) => {
  const { runsFolder, index } = await setting(t);
  const folder = await writeRun(runsFolder, xray.runId, xray.events);
  await writeFile(join(folder, files.run), '');
  await index.rescan();
  assert.equal(index.get(xray.runId)?.state.status, 'finished');
});

test('RunIndex lists a started run before its folder exists, and then follows it', async (t) => {
  const { runsFolder, index, news } = await setting(t);
  const run = index.add({
    id: xray.runId,
    folder: join(runsFolder, xray.runId),
    dataset: '/data/chest_xray',
    pid: undefined,
  });
  assert.equal(run.phase, 'starting');
  assert.equal(run.state.dataset, '/data/chest_xray');
  await index.rescan();
  assert.equal(index.get(xray.runId)?.phase, 'starting');
  await writeRun(runsFolder, xray.runId, running);
  await until(index, xray.runId, ({ phase }) => phase === 'open');
  assert.deepEqual(eventsOf(news), running);
});

test('RunIndex shows the last output of a process that made no run folder', async (t) => {
  const { runsFolder, index, news } = await setting(t);
  index.add({ id: xray.runId, folder: join(runsFolder, xray.runId), dataset: '/data/empty', pid: undefined });
  const problem = { code: 'notADataset', params: { folder: '/data/empty' } };
  await index.processEnded(xray.runId, { ...exitCode(2), problem });
  await index.rescan();
  const run = index.get(xray.runId);
  assert.deepEqual([run?.phase, run?.state.status, run?.state.problem], ['ended', 'failed', problem]);
  assert.deepEqual(eventsOf(news), [{ type: 'ended', reason: 'failed', problem, elapsedMs: 0 }]);
});

test('RunIndex reads the log to its end before it declares a process dead', async (t) => {
  const { runsFolder, index } = await setting(t);
  index.add({ id: xray.runId, folder: join(runsFolder, xray.runId), dataset: '/data/chest_xray', pid: undefined });
  await writeRun(runsFolder, xray.runId, xray.events);
  await index.processEnded(xray.runId, exitCode(0));
  assert.equal(index.get(xray.runId)?.state.status, 'finished');
});

test('RunIndex fails a run whose process died midway, with a pointer to its log', async (t) => {
  const { runsFolder, index } = await setting(t);
  index.add({ id: xray.runId, folder: join(runsFolder, xray.runId), dataset: '/data/chest_xray', pid: undefined });
  await writeRun(runsFolder, xray.runId, running);
  await index.processEnded(xray.runId, { reason: 'SIGSEGV', problem: null, outOfMemory: false });
  const { state } = index.get(xray.runId)!;
  assert.deepEqual(state.problem, {
    code: 'runnerDied',
    params: { reason: 'SIGSEGV', log: `/logs/${xray.runId}.log` },
  });
  assert.equal(state.elapsedMs, 260_000, 'the time of both epochs');
});

test("RunIndex fails an earlier window's run when its process is gone and its log silent", async (t) => {
  const { runsFolder, index } = await setting(t, { isAlive: async () => false });
  const folder = await writeRun(runsFolder, xray.runId, running);
  await utimes(join(folder, files.events), new Date(2026, 0, 1), new Date(2026, 0, 1));
  await index.rescan();
  const run = await until(index, xray.runId, ({ phase }) => phase === 'ended');
  assert.equal(run.state.problem?.code, 'runnerDied');
});

test('RunIndex trusts a growing log over a missing process, because the runner may be on another machine', async (t) => {
  const { runsFolder, index, news } = await setting(t, { isAlive: async () => false });
  const folder = await writeRun(runsFolder, xray.runId, running);
  const events = join(folder, files.events);
  await utimes(events, new Date(2026, 0, 1), new Date(2026, 0, 1));
  await index.rescan();
  await until(index, xray.runId, ({ phase }) => phase === 'ended');
  await appendFile(events, logOf(rest.slice(0, 2), running.length));
  await writeFile(
    join(folder, files.run),
    JSON.stringify(summaryOf(xray.runId, xray.events.slice(0, running.length + 2))),
  );
  await index.rescan();
  assert.equal(index.get(xray.runId)?.phase, 'open');
  assert.deepEqual(news.at(-1), { id: xray.runId, reset: true });
});

test('RunIndex.requestStop() writes the stop file once the run folder exists', async (t) => {
  const { runsFolder, index } = await setting(t);
  const folder = join(runsFolder, xray.runId);
  index.add({ id: xray.runId, folder, dataset: '/data/chest_xray', pid: undefined });
  await index.requestStop(xray.runId);
  assert.equal(index.get(xray.runId)?.stopRequested, true);
  await writeRun(runsFolder, xray.runId, running);
  while (!(await readdir(folder)).includes(files.stopRequest)) await new Promise((later) => setTimeout(later, 20));
});

test('RunIndex forgets a run whose folder was deleted', async (t) => {
  const { runsFolder, index } = await setting(t);
  const folder = await writeRun(runsFolder, xray.runId, xray.events);
  await index.rescan();
  await rm(folder, { recursive: true });
  await index.rescan();
  assert.deepEqual(index.runs, []);
});

const killed: ProcessEnd = { reason: 'killed', problem: null, outOfMemory: true };
const device = { name: 'CPU', engine: 'ONNX Runtime', threads: 2 };
const resumed = (pid: number): RunEvent => ({ type: 'resumed', afterEpoch: 2, device, pid, versions: {} });

/** A run abandoned midway, with its checkpoint, by a process that is gone. */
async function deadRun(runsFolder: string): Promise<string> {
  const folder = await writeRun(runsFolder, xray.runId, running);
  await writeFile(join(folder, files.checkpoint), '');
  await utimes(join(folder, files.events), new Date(2026, 0, 1), new Date(2026, 0, 1));
  return folder;
}

const rewriteSummary = (folder: string, events: readonly RunEvent[], over: Partial<RunSummary>): Promise<void> =>
  writeFile(join(folder, files.run), JSON.stringify({ ...summaryOf(xray.runId, events), ...over }));

test('RunIndex offers to resume only runs that ended early and left a checkpoint', async (t) => {
  const { runsFolder, index } = await setting(t, { isAlive: async () => false });
  await deadRun(runsFolder);
  const finished = await writeRun(runsFolder, animals.runId, animals.events);
  await writeFile(join(finished, files.checkpoint), '');
  const without = '20261124-091500-pets-resnet18-0000';
  await writeRun(runsFolder, without, [...running, { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 }]);
  const unstable = '20261125-091500-pets-resnet18-0000';
  const notFinite = { code: 'notFinite', params: { stage: 1, epoch: 2, step: 3, what: 'loss' } };
  const end: RunEvent = { type: 'ended', reason: 'failed', problem: notFinite, elapsedMs: 1 };
  await writeFile(join(await writeRun(runsFolder, unstable, [...running, end]), files.checkpoint), '');
  await index.rescan();
  await until(index, xray.runId, ({ phase }) => phase === 'ended');
  assert.deepEqual(
    index.runs.filter((run) => run.resumable).map(({ id }) => id),
    [xray.runId],
  );
});

test('RunIndex keeps the last log lines of a dead process until the run is resumed', async (t) => {
  const logs = await temporaryFolder(t);
  const log = join(logs, 'run.log');
  await writeFile(log, '{"type":"progress"}\nSegmentation fault\n');
  const { runsFolder, index } = await setting(t, { isAlive: async () => false, logOf: () => log });
  const folder = await deadRun(runsFolder);
  await index.rescan();
  const dead = await until(index, xray.runId, ({ phase }) => phase === 'ended');
  assert.deepEqual(dead.lastLines, ['Segmentation fault']);
  await appendFile(join(folder, files.events), logOf([resumed(9)], running.length));
  await rewriteSummary(folder, [...running, resumed(9)], {});
  await index.rescan();
  assert.deepEqual(index.get(xray.runId)?.lastLines, []);
});

test('RunIndex treats the end of a process as a stop when one was requested', async (t) => {
  const { runsFolder, index, news } = await setting(t, { isAlive: async () => false });
  await writeFile(join(await deadRun(runsFolder), files.stopRequest), '');
  await index.rescan();
  const run = await until(index, xray.runId, ({ phase }) => phase === 'ended');
  assert.deepEqual([run.state.status, run.state.problem, run.resumable], ['stopped', null, true]);
  assert.deepEqual(eventsOf(news).at(-1)?.type, 'ended');
});

test('RunIndex suspects out of memory when the system killed the process, and suggests a batch size', async (t) => {
  const { runsFolder, index } = await setting(t);
  index.add({ id: xray.runId, folder: join(runsFolder, xray.runId), dataset: '/data/chest_xray', pid: 4242 });
  await writeRun(runsFolder, xray.runId, running);
  assert.equal(await index.processEnded(xray.runId, killed), null);
  const { code, params } = index.get(xray.runId)!.state.problem!;
  assert.equal(code, 'runnerOutOfMemory');
  assert.deepEqual([params.batch, params.suggested], [32, 16]);
});

test('RunIndex shows a run resumed by this window as starting, then as its new process reports it', async (t) => {
  const { runsFolder, index, news } = await setting(t, { isAlive: async (pid) => pid === 9 });
  const folder = await deadRun(runsFolder);
  await index.rescan();
  await until(index, xray.runId, ({ phase }) => phase === 'ended');
  index.addResumed(xray.runId, 9);
  assert.equal(index.get(xray.runId)?.phase, 'starting');
  await rewriteSummary(folder, running, { status: 'queued', pid: 9 });
  await appendFile(join(folder, files.events), logOf([resumed(9)], running.length));
  const run = await until(index, xray.runId, ({ phase }) => phase === 'open');
  assert.deepEqual([run.state.status, run.state.problem, run.process?.pid], ['running', null, 9]);
  assert.deepEqual(news.at(-1), { id: xray.runId, reset: true });
});

test('RunIndex.processEnded() returns why a resume was refused and leaves the run unchanged', async (t) => {
  const { runsFolder, index } = await setting(t);
  const ended: RunEvent = { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 };
  const folder = await writeRun(runsFolder, xray.runId, [...running, ended]);
  await writeFile(join(folder, files.checkpoint), '');
  await index.rescan();
  index.addResumed(xray.runId, 9);
  const problem = { code: 'datasetChanged', params: { folder: '/d', run: xray.runId } };
  assert.deepEqual(await index.processEnded(xray.runId, { ...exitCode(2), problem }), problem);
  const run = index.get(xray.runId)!;
  assert.deepEqual([run.phase, run.state.status, run.state.problem, run.resumable], ['ended', 'stopped', null, true]);
});

test('RunIndex.processEnded() does not end a run that another window resumed first', async (t) => {
  const { runsFolder, index } = await setting(t, { isAlive: async () => true });
  const ended: RunEvent = { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 };
  const folder = await writeRun(runsFolder, xray.runId, [...running, ended]);
  await index.rescan();
  index.addResumed(xray.runId, 9);
  await appendFile(join(folder, files.events), logOf([resumed(8)], running.length + 1));
  await rewriteSummary(folder, [...running, ended, resumed(8)], {});
  const problem = { code: 'runBusy', params: { run: xray.runId, pid: 8 } };
  assert.deepEqual(await index.processEnded(xray.runId, { ...exitCode(2), problem }), problem);
  const run = index.get(xray.runId)!;
  assert.deepEqual([run.phase, run.state.status, run.process?.pid], ['open', 'running', 8]);
});

test('RunIndex takes the owner of a waiting run from run.json, because its log names no process yet', async (t) => {
  const asked: number[] = [];
  const { runsFolder, index } = await setting(t, {
    isAlive: async (pid) => {
      asked.push(pid);
      return true;
    },
  });
  const folder = await writeRun(runsFolder, xray.runId, [{ type: 'queued', ahead: 1 }]);
  const { recipe, dataset } = xray.events.reduce(applyRunEvent, initialRunState(xray.runId));
  await rewriteSummary(folder, [{ type: 'queued', ahead: 1 }], { pid: 9, recipe, dataset });
  await utimes(join(folder, files.events), new Date(2026, 0, 1), new Date(2026, 0, 1));
  await index.rescan();
  while (asked.length === 0) await new Promise((later) => setTimeout(later, 20));
  const run = index.get(xray.runId)!;
  assert.deepEqual([run.phase, run.state.status, run.state.ahead, run.process?.pid], ['open', 'queued', 1, 9]);
  assert.deepEqual([run.state.dataset, run.state.recipe?.name], [dataset, recipe?.name]);
  assert.equal(asked[0], 9);
});

test('RunIndex.requestPause() writes and removes the request in the run folder', async (t) => {
  const { runsFolder, index } = await setting(t);
  const folder = await writeRun(runsFolder, xray.runId, running);
  await index.rescan();
  await index.requestPause(xray.runId, true);
  assert.ok((await readdir(folder)).includes(files.pauseRequest));
  assert.equal(index.get(xray.runId)?.pauseRequested, true);
  await appendFile(join(folder, files.events), logOf([{ type: 'paused' }], running.length));
  const paused = await until(index, xray.runId, ({ state }) => state.status === 'paused');
  assert.equal(paused.pauseRequested, false);
  await index.requestPause(xray.runId, false);
  assert.ok(!(await readdir(folder)).includes(files.pauseRequest));
});

test('RunIndex requests a stop of a resuming run only after its process has cleared earlier requests', async (t) => {
  const { runsFolder, index } = await setting(t);
  const ended: RunEvent = { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 };
  const folder = await writeRun(runsFolder, xray.runId, [...running, ended]);
  await index.rescan();
  index.addResumed(xray.runId, 9);
  await index.requestStop(xray.runId);
  assert.ok(!(await readdir(folder)).includes(files.stopRequest));
  assert.equal(index.get(xray.runId)?.stopRequested, true);
  await appendFile(join(folder, files.events), logOf([resumed(9)], running.length + 1));
  while (!(await readdir(folder)).includes(files.stopRequest)) await new Promise((later) => setTimeout(later, 20));
});

test("RunIndex shows a run as waiting by its process's output when the disk refuses even a log line", async (t) => {
  const logFolder = await temporaryFolder(t);
  const log = join(logFolder, 'output.log');
  const { runsFolder, index, news } = await setting(t, { logOf: () => log });
  const folder = await writeRun(runsFolder, xray.runId, running);
  const problem = { code: 'waitsForDisk', params: { file: 'events.jsonl', reason: 'the disk is read-only (EROFS)' } };
  const before = new Date(Date.now() - 60_000);
  await utimes(join(folder, files.events), before, before);
  await writeFile(log, `${JSON.stringify(running.at(-1))}\n${JSON.stringify({ type: 'paused', problem })}\n`);
  await index.rescan();
  const held = await until(index, xray.runId, ({ state }) => state.status === 'paused');
  assert.deepEqual(held.state.problem, problem);
  assert.deepEqual(eventsOf(news).at(-1), { type: 'paused', problem });
  await index.requestRetry(xray.runId);
  assert.ok((await readdir(folder)).includes(files.retryRequest));
  // The disk is writable again: new events arrive, and count.
  await appendFile(
    join(folder, files.events),
    logOf([{ type: 'paused', problem }, { type: 'continued' }], running.length),
  );
  const on = await until(index, xray.runId, ({ state }) => state.status === 'running');
  assert.equal(on.state.problem, null);
  assert.deepEqual(news.at(-1), { id: xray.runId, reset: true });
});

test('RunIndex ignores an old wait and any other output of an earlier process', async (t) => {
  const logFolder = await temporaryFolder(t);
  const log = join(logFolder, 'output.log');
  const { runsFolder, index } = await setting(t, { logOf: () => log });
  const folder = await writeRun(runsFolder, xray.runId, running);
  const before = new Date(Date.now() - 60_000);
  await utimes(join(folder, files.events), before, before);
  const problem = { code: 'waitsForDisk', params: {} };
  for (const last of [{ type: 'continued' }, { type: 'paused' }, 'no event', { type: 'error', problem }]) {
    await writeFile(log, `${JSON.stringify({ type: 'paused', problem })}\n${JSON.stringify(last)}\n`);
    assert.equal(await lastWait(log), null);
  }
  await index.rescan();
  assert.equal(index.get(xray.runId)?.state.status, 'running');
});

const here: Machine = { host: 'lab', id: 'a1', boot: 'boot-1', pids: outermostPids };
const ward: Machine = { host: 'ward', id: 'b2', boot: 'boot-9', pids: outermostPids };

/** A run that `machine` has started, whose last event was this many minutes ago. */
async function runOn(runsFolder: string, machine: Machine, minutesAgo: number): Promise<string> {
  const events = running.map((event) => (event.type === 'started' ? { ...event, pid: 7, machine } : event));
  const folder = await writeRun(runsFolder, xray.runId, events);
  await writeFile(join(folder, files.checkpoint), '');
  const then = new Date(Date.now() - minutesAgo * 60_000);
  await utimes(join(folder, files.events), then, then);
  return folder;
}

test('RunIndex never checks the process of another machine, and never fails its run for being silent', async (t) => {
  const asked: number[] = [];
  const isAlive = async (pid: number) => asked.push(pid) < 0;
  const { runsFolder, index, news } = await setting(t, { isAlive, machine: here });
  const folder = await runOn(runsFolder, ward, 60);
  await index.rescan();
  assert.deepEqual(index.get(xray.runId)?.elsewhere, { host: 'ward', silentSinceMs: null });
  const silent = await until(index, xray.runId, ({ elsewhere }) => elsewhere?.silentSinceMs != null);
  assert.deepEqual([silent.phase, silent.state.status, silent.state.problem], ['open', 'running', null]);
  assert.equal(silent.resumable, true, 'a person may take it over');
  assert.ok(Math.abs(Date.now() - silent.elsewhere!.silentSinceMs! - 3_600_000) < 60_000);

  // It touches its lock: it may be paused, with nothing to write.
  await mkdir(join(folder, files.lock));
  await writeFile(join(folder, files.lock, 'theirs'), '');
  const back = await until(index, xray.runId, ({ elsewhere }) => elsewhere?.silentSinceMs === null);
  assert.deepEqual([back.phase, back.resumable], ['open', false]);
  assert.deepEqual([asked, eventsOf(news).filter(({ type }) => type === 'ended')], [[], []]);
});

test('RunIndex fails a local run from before a restart, whatever process has its number now', async (t) => {
  const { runsFolder, index } = await setting(t, { isAlive: async () => true, machine: { ...here, boot: 'boot-2' } });
  const folder = await runOn(runsFolder, here, 0);
  const before = new Date(2020, 0, 1);
  await writeFile(
    join(folder, files.events),
    (await readFile(join(folder, files.events), 'utf8')).replaceAll('2026-11-23T', '2020-01-01T'),
  );
  await utimes(join(folder, files.events), before, before);
  await index.rescan();
  const run = await until(index, xray.runId, ({ phase }) => phase === 'ended');
  assert.equal(run.state.problem?.code, 'runnerDied');
});

test('RunIndex waits for a log that a network disk shows late before it trusts run.json', async (t) => {
  let now = Date.now();
  const { runsFolder, index, news } = await setting(t, { isAlive: async () => false, now: () => now });
  const folder = await runOn(runsFolder, here, 60);
  now -= 3_600_000;
  await index.rescan();
  now += 3_600_000;
  await rewriteSummary(folder, xray.events, { updatedAt: new Date(now).toISOString() });
  await index.rescan();
  assert.equal(index.get(xray.runId)?.state.status, 'running');
  now += 60_000;
  await new Promise((later) => setTimeout(later, 700));
  assert.equal(index.get(xray.runId)?.phase, 'open', 'it may be a minute late');
  now += 60_000;
  const run = await until(index, xray.runId, ({ phase }) => phase === 'ended');
  assert.deepEqual([run.state.status, run.state.problem], ['finished', null]);
  assert.deepEqual(eventsOf(news).at(-1)?.type, 'ended');
});

test('RunIndex keeps its runs while the disk cannot list them', async (t) => {
  const { runsFolder, index } = await setting(t);
  await writeRun(runsFolder, xray.runId, xray.events);
  await index.rescan();
  assert.equal(index.runs.length, 1);
  // A link to itself fails like an unreachable disk, not like a missing folder.
  const away = `${runsFolder}-away`;
  await rename(runsFolder, away);
  await symlink(runsFolder, runsFolder);
  await index.rescan();
  assert.equal(index.runs.length, 1);
  await rm(runsFolder);
  await rename(away, runsFolder);
  await rm(join(runsFolder, xray.runId), { recursive: true });
  await index.rescan();
  assert.equal(index.runs.length, 0);
});
