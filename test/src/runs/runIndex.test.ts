import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RunEvent } from '../../../runner/contracts/events.ts';
import { files } from '../../../runner/contracts/run.ts';
import type { Run } from '../../../src/runs/run.ts';
import { RunIndex, type RunNews } from '../../../src/runs/runIndex.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../../webview/support/transcripts.ts';
import { logOf, summaryOf, temporaryFolder, writeRun } from '../support/runs.ts';

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

/** Resolves when the run suits; a run that never does is the test runner's time-out. */
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

test('RunIndex.load() brings the epochs and findings of a finished run', async (t) => {
  const { runsFolder, index } = await setting(t);
  await writeRun(runsFolder, xray.runId, xray.events);
  await index.rescan();
  const run = await index.load(xray.runId);
  assert.equal(run?.state.epochs.length, 15);
  assert.ok(run.state.findings.length > 0);
});

test('RunIndex follows a log as it grows, and waits for the end of a torn line', async (t) => {
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

test('RunIndex shows one damaged run as such, and all others', async (t) => {
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

test('RunIndex gives the last words of a process that made no run folder', async (t) => {
  const { runsFolder, index, news } = await setting(t);
  index.add({ id: xray.runId, folder: join(runsFolder, xray.runId), dataset: '/data/empty', pid: undefined });
  const problem = { code: 'notADataset', params: { folder: '/data/empty' } };
  await index.processEnded(xray.runId, { reason: 'exit code 2', problem });
  await index.rescan();
  const run = index.get(xray.runId);
  assert.deepEqual([run?.phase, run?.state.status, run?.state.problem], ['ended', 'failed', problem]);
  assert.deepEqual(eventsOf(news), [{ type: 'ended', reason: 'failed', problem, elapsedMs: 0 }]);
});

test('RunIndex reads the log to its end before it calls a process dead', async (t) => {
  const { runsFolder, index } = await setting(t);
  index.add({ id: xray.runId, folder: join(runsFolder, xray.runId), dataset: '/data/chest_xray', pid: undefined });
  await writeRun(runsFolder, xray.runId, xray.events);
  await index.processEnded(xray.runId, { reason: 'exit code 0', problem: null });
  assert.equal(index.get(xray.runId)?.state.status, 'finished');
});

test('RunIndex fails a run whose process died in the middle, with the log to look into', async (t) => {
  const { runsFolder, index } = await setting(t);
  index.add({ id: xray.runId, folder: join(runsFolder, xray.runId), dataset: '/data/chest_xray', pid: undefined });
  await writeRun(runsFolder, xray.runId, running);
  await index.processEnded(xray.runId, { reason: 'SIGSEGV', problem: null });
  const { state } = index.get(xray.runId)!;
  assert.deepEqual(state.problem, {
    code: 'runnerDied',
    params: { reason: 'SIGSEGV', log: `/logs/${xray.runId}.log` },
  });
  assert.equal(state.elapsedMs, state.epochs.at(-1)?.elapsedMs);
});

test('RunIndex fails a run of an earlier window when its process is gone and its log silent', async (t) => {
  const { runsFolder, index } = await setting(t, { isAlive: async () => false });
  const folder = await writeRun(runsFolder, xray.runId, running);
  await utimes(join(folder, files.events), new Date(2026, 0, 1), new Date(2026, 0, 1));
  await index.rescan();
  const run = await until(index, xray.runId, ({ phase }) => phase === 'ended');
  assert.equal(run.state.problem?.code, 'runnerDied');
});

test('RunIndex believes a growing log more than a missing process: the runner may be on another machine', async (t) => {
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

test('RunIndex.requestStop() writes the stop file once the run folder is there', async (t) => {
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
