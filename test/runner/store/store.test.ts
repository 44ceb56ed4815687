import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { listRuns } from '../../../runner/store/listRuns.ts';
import { createRun } from '../../../runner/store/store.ts';
import { Evaluation } from '../../../shared/contracts/classification/evaluation.ts';
import { parsePredictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { files, RunSummary } from '../../../shared/contracts/run.ts';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { nodeFileSystem } from '../../../shared/files/fileSystem.ts';
import { thisMachine } from '../../../shared/processes/machine.ts';
import { processStartedAt } from '../../../shared/processes/processIdentity.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { changeSummary } from '../../support/changedSummary.ts';
import { faultyFileSystem } from '../../support/faultyFileSystem.ts';
import { runId, splitEvaluation, storyOfARun } from '../../support/storyOfARun.ts';

let scratch: string;
let made = 0;
before(async () => void (scratch = await mkdtemp(join(tmpdir(), 'runFolder-'))));
after(() => rm(scratch, { recursive: true, force: true }));
const newRunsFolder = () => join(scratch, String(made++), 'runs');
const newRun = (runsFolder = newRunsFolder()) => ({ runsFolder, runId, versions: { shoulders: '0.1.0' } });
const machine = await thisMachine();
const events = storyOfARun(process.pid, machine);
const predictions = {
  relativePaths: ['cat/1.jpg', 'dog/=2.jpg'],
  labels: [0, 1],
  logits: [2, -0.25, 0.5, 1],
  classNames: ['cat', 'dog'],
};
const evaluation: Evaluation = {
  version: 1,
  classNames: ['cat', 'dog'],
  positiveClass: 'dog',
  threshold: { value: 0.4, method: 'youden', fittedOn: 'val' },
  val: splitEvaluation,
  test: splitEvaluation,
};

test('createRun() and readRun() agree on every event of a run, and run.json contains its end', async () => {
  const run = await createRun(newRun(), { now: () => new Date('2026-11-23T10:15:00Z') });
  await Promise.all(events.map((event) => run.record(event))); // concurrent: the folder keeps the order
  await run.close();
  await run.close();
  const expected = events.reduce(applyRunEvent, initialRunState(runId));
  assert.deepEqual(run.state, expected);
  const read = await readRun(run.folder);
  assert.deepEqual(read.state, expected);
  assert.deepEqual(read.health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
  const summary = RunSummary.parse(JSON.parse(await readFile(join(run.folder, files.run), 'utf8')));
  assert.equal(summary.status, 'finished');
  assert.equal(summary.epochCount, 2);
  assert.equal(summary.createdAt, '2026-11-23T10:15:00.000Z');
  assert.equal(summary.processStartedAt, await processStartedAt(process.pid));
  assert.deepEqual(summary.headline, { name: 'test AUROC', value: 0.875 });
});

test('RunFolder writes every file under its name and leaves no other file', async () => {
  const run = await createRun(newRun());
  assert.equal(await run.writePredictions({ epoch: 7 }, predictions), 'predictions/epochs/0007.csv');
  assert.equal(await run.writePredictions('test', predictions), 'predictions/test.csv');
  await run.writeEvaluation(evaluation);
  await run.writeModel(Uint8Array.of(1));
  await run.writeOnnx(Uint8Array.of(2));
  await run.saveCheckpoint(Uint8Array.of(3));
  await run.saveCheckpoint(Uint8Array.of(4));
  await run.appendLog('one\n');
  await run.appendLog('two\n');
  await run.close();
  const { labels } = parsePredictions(await readFile(join(run.folder, 'predictions/test.csv'), 'utf8'), ['cat', 'dog']);
  assert.deepEqual(labels, [0, 1]);
  assert.deepEqual(
    Evaluation.parse(JSON.parse(await readFile(join(run.folder, files.evaluation), 'utf8'))),
    evaluation,
  );
  assert.deepEqual([...(await readFile(join(run.folder, files.checkpoint)))], [4]);
  assert.deepEqual([...(await readFile(join(run.folder, files.olderCheckpoint)))], [3]);
  assert.deepEqual(run.hashesOf(files.model, files.log), {
    [files.model]: '4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a', // sha256sum
  });
  assert.equal(await readFile(join(run.folder, files.log), 'utf8'), 'one\ntwo\n');
  const names: string[] = [
    files.run,
    files.events,
    files.evaluation,
    files.model,
    files.onnx,
    files.checkpoint,
    files.log,
  ];
  names.push(files.olderCheckpoint);
  assert.deepEqual((await readdir(run.folder)).sort(), [...names, 'predictions'].sort());
});

test('saveCheckpoint() keeps the previous checkpoint when the disk returns other bytes than were written', async () => {
  let lies = false;
  const fs = {
    ...nodeFileSystem,
    sha256: async (file: string) => (lies ? 'f'.repeat(64) : nodeFileSystem.sha256(file)),
  };
  const run = await createRun(newRun(), { fs });
  for (const n of [1, 2]) await run.saveCheckpoint(Uint8Array.of(n));
  lies = true;
  await assert.rejects(run.saveCheckpoint(Uint8Array.of(3)), (error: UserError) => error.code === 'cannotWrite');
  assert.deepEqual([...(await readFile(join(run.folder, files.checkpoint)))], [2]);
  await run.dropOlderCheckpoint();
  await run.close();
});

test('stopRequested() is true as soon as a file named stop exists', async () => {
  const run = await createRun(newRun());
  assert.equal(await run.stopRequested(), false);
  await writeFile(join(run.folder, 'stop'), '');
  assert.equal(await run.stopRequested(), true);
  await run.close();
});

test('createRun() grants one id to exactly one of 100 concurrent callers', async () => {
  const where = newRun();
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => createRun(where)));
  const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  assert.equal(winners.length, 1);
  for (const result of results)
    if (result.status === 'rejected') assert.equal((result.reason as UserError).code, 'cannotStart');
  await winners[0]!.record(events[0]!);
  await winners[0]!.close();
  assert.equal((await readRun(winners[0]!.folder)).state.status, 'running');
});

test('createRun() refuses an id that points outside the runs folder', async () => {
  for (const id of ['../x', 'a/b', 'a\\b', '..', '.', ''])
    await assert.rejects(createRun({ ...newRun(), runId: id }), /Not a run id/);
});

/** The whole life of a run on a disk that may fail anywhere; returns the stored events and the refusals. */
async function live(runsFolder: string, fs: ReturnType<typeof faultyFileSystem>) {
  const refused: unknown[] = [];
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      return true;
    } catch (error) {
      refused.push(error);
      return false;
    }
  };
  let run: Awaited<ReturnType<typeof createRun>> | undefined;
  await attempt(async () => void (run = await createRun(newRun(runsFolder), { fs })));
  if (!run) return { recorded: undefined, state: undefined, refused };
  const { record, writePredictions, saveCheckpoint, close } = run;
  let recorded = 0;
  for (const event of [events[0]!, events[5]!, events[6]!]) if (await attempt(() => record(event))) recorded++;
  await attempt(() => saveCheckpoint(Uint8Array.of(1, 1, 1, 1)));
  await attempt(() => writePredictions('val', predictions));
  await attempt(() => saveCheckpoint(Uint8Array.of(2, 2, 2, 2)));
  if (await attempt(() => record(events.at(-1)!))) recorded++;
  await attempt(close);
  return { recorded, state: run.state, refused };
}

async function checkWhole(runsFolder: string, { recorded, state, refused }: Awaited<ReturnType<typeof live>>) {
  for (const error of refused) {
    assert.ok(error instanceof UserError, `a plain error came through: ${error}`);
    assert.match(error.code, recorded === undefined ? /^(noRoomToStart|cannotStart)$/ : /^(diskFull|cannotWrite)$/);
    assert.ok(error.cause instanceof Error);
  }
  const folder = join(runsFolder, runId);
  const inside = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  assert.deepEqual(
    inside.filter((name) => name.endsWith('.tmp')),
    [],
  );
  const listed = await listRuns(runsFolder);
  for (const run of listed) assert.equal(run.problem, null);
  if (state === undefined || recorded === undefined) {
    assert.deepEqual(listed, []);
    assert.deepEqual(inside, [], 'a run that never began left a folder');
    assert.ok(!(await readdir(runsFolder).catch(() => [] as string[])).includes(runId));
    return;
  }
  const read = await readRun(folder);
  assert.deepEqual(read.health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
  assert.deepEqual(read.state, state);
  assert.ok(read.summary, 'run.json is neither the old nor the new one');
  const lines = (await readFile(join(folder, files.events), 'utf8')).split('\n').length - 1;
  assert.ok(lines >= recorded, `${recorded} events were acknowledged, ${lines} are in the log`);
  if (inside.includes(files.checkpoint)) {
    const checkpoint = [...(await readFile(join(folder, files.checkpoint)))].join();
    assert.ok(['1,1,1,1', '2,2,2,2'].includes(checkpoint), `torn checkpoint ${checkpoint}`);
  }
}

for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'EBUSY'])
  test(`A run whose n-th call to the disk fails once with ${code} is still readable, for every n`, async () => {
    const probe = faultyFileSystem(undefined);
    assert.deepEqual((await live(newRunsFolder(), probe)).refused, []);
    assert.ok(probe.count > 60);
    const fail = async (at: number) => {
      const runsFolder = newRunsFolder();
      const fs = faultyFileSystem({ code, at, partialBytes: 20 });
      const lived = await live(runsFolder, fs);
      assert.equal(fs.failed.length, 1, `call ${at} did not fail`);
      await checkWhole(runsFolder, lived).catch((error: Error) => {
        throw new Error(`call ${at} (${fs.failed}): ${error.message}`, { cause: error });
      });
    };
    // Concurrent, because each mostly waits for the disk.
    for (let from = 1; from <= probe.count; from += 16)
      await Promise.all(Array.from({ length: Math.min(16, probe.count - from + 1) }, (_, i) => fail(from + i)));
  });

test('A run on a disk that fills up for good keeps earlier writes, for every n-th write', async () => {
  const calls = ['write', 'open', 'truncate'] as const;
  const probe = faultyFileSystem({ code: 'none', at: Number.POSITIVE_INFINITY, calls });
  await live(newRunsFolder(), probe);
  for (let at = 1; at <= probe.count; at++) {
    const runsFolder = newRunsFolder();
    const lived = await live(
      runsFolder,
      faultyFileSystem({ code: 'ENOSPC', at, lasting: true, calls, partialBytes: 9 }),
    );
    const expected = lived.state === undefined ? 'noRoomToStart' : 'diskFull';
    assert.ok(lived.refused.every((error) => error instanceof UserError && error.code === expected));
    if (lived.state === undefined) continue;
    const { state, health } = await readRun(join(runsFolder, runId));
    assert.equal(health.skipped + health.gaps + health.unknown, 0);
    assert.deepEqual(state, lived.state);
  }
});

test('A run on a disk that accepts seven bytes per write is written whole', async () => {
  const runsFolder = newRunsFolder();
  await checkWhole(runsFolder, await live(runsFolder, faultyFileSystem(undefined, 7)));
});

const program = `
import { createRun } from ${JSON.stringify(new URL('../../../runner/store/store.ts', import.meta.url).href)};
import { storyOfARun, runId } from ${JSON.stringify(new URL('../../support/storyOfARun.ts', import.meta.url).href)};
import { thisMachine } from ${JSON.stringify(new URL('../../../shared/processes/machine.ts', import.meta.url).href)};
const run = await createRun({ runsFolder: process.argv[1], runId, versions: {} });
for (const [i, event] of storyOfARun(process.pid, await thisMachine()).slice(0, Number(process.argv[2])).entries()) await run.record(event);
process.kill(process.pid, 'SIGKILL');
`;

test('A runner killed after any event leaves a readable run that reports what happened', async () => {
  const counts = events.map((_, i) => i); // 0: killed before its first event
  for (const count of [...counts, events.length]) {
    const runsFolder = newRunsFolder();
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, runsFolder, String(count)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [, signal] = await new Promise<[number | null, string | null]>((done) =>
      child.on('exit', (code, signal) => done([code, signal])),
    );
    assert.equal(signal, process.platform === 'win32' ? null : 'SIGKILL');
    const { state, health } = await readRun(join(runsFolder, runId));
    assert.deepEqual(health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
    const told = storyOfARun(child.pid!, machine)
      .slice(0, count)
      .reduce(applyRunEvent, { ...initialRunState(runId), pid: child.pid!, machine });
    if (count === events.length) assert.deepEqual(state, told);
    else {
      const problem = {
        code: 'runnerDied',
        params: { reason: `process ${child.pid} is gone`, log: join(runsFolder, runId, files.log) },
      };
      assert.deepEqual(state, { ...told, status: 'failed', problem, progress: null });
    }
  }
});

test('readRun() does not mistake a later process with the same number for the runner', async () => {
  const run = await createRun(newRun());
  await run.record(events[0]!);
  await run.close();
  assert.equal((await readRun(run.folder)).state.status, 'running');
  await changeSummary(run.folder, ({ processStartedAt }) => ({ processStartedAt: processStartedAt - 60_000 }));
  assert.equal((await readRun(run.folder)).state.problem?.code, 'runnerDied');
});

test('readRun() fills gaps of a damaged log from run.json, and of a damaged run.json from the log', async () => {
  const run = await createRun(newRun());
  for (const event of events) await run.record(event);
  await run.close();
  const log = join(run.folder, files.events);
  const lines = (await readFile(log, 'utf8')).split('\n');
  await writeFile(
    log,
    [lines[0]!.replace('pets', 'pats'), ...lines.slice(1, -2), lines.at(-2)!.slice(0, 50)].join('\n'),
  );
  const { state, health } = await readRun(run.folder);
  assert.deepEqual(health, { skipped: 1, gaps: 0, unknown: 0, tornTail: true });
  assert.deepEqual(state, run.state);
  await writeFile(log, lines.join('\n'));
  await writeFile(join(run.folder, files.run), '{"version":1');
  const read = await readRun(run.folder);
  assert.equal(read.summary, undefined);
  assert.deepEqual(read.state, run.state);
});

const codeOf = (code: string) => (error: unknown) => error instanceof UserError && error.code === code;

test('readRun() distinguishes a missing, a broken and a newer run', async () => {
  const run = await createRun(newRun());
  await run.close();
  await assert.rejects(readRun(join(run.folder, 'no')), codeOf('runNotFound'));
  await writeFile(join(run.folder, files.run), '{"version":2}');
  await assert.rejects(readRun(run.folder), codeOf('runNewer'));
  await writeFile(join(run.folder, files.run), 'zzz');
  await assert.rejects(readRun(run.folder), codeOf('runBroken'));
});

test('listRuns() sorts newest first, follows renamed folders, and lists all runs despite a bad one', async () => {
  const runsFolder = newRunsFolder();
  const ids = ['20261123-101500-a-resnet18-0001', '20261123-101501-b-resnet18-0002', '20261123-101502-c-resnet18-0003'];
  for (const [i, id] of ids.entries())
    await (
      await createRun(
        { runsFolder, runId: id, versions: {} },
        { now: () => new Date(Date.UTC(2026, 10, 23, 10, 15, i)) },
      )
    ).close();
  await rename(join(runsFolder, ids[2]!), join(runsFolder, 'my best run'));
  await writeFile(join(runsFolder, ids[0]!, files.run), 'zzz');
  await writeFile(join(runsFolder, 'notes.txt'), '');
  const listed = await listRuns(runsFolder);
  assert.deepEqual(
    listed.map(({ folder, state, problem }) => [folder.slice(runsFolder.length + 1), state?.runId, problem?.code]),
    [
      ['my best run', ids[2], undefined],
      [ids[1], ids[1], undefined],
      [ids[0], undefined, 'runBroken'],
    ],
  );
  assert.deepEqual(await listRuns(join(runsFolder, 'nowhere')), []);
  for (let at = 1; at < 20; at++) {
    const unreadable = await listRuns(runsFolder, faultyFileSystem({ code: 'EIO', at, calls: ['readFile'] }));
    assert.equal(unreadable.length, 3);
  }
});
