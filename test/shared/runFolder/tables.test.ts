import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { neatJson } from '../../../runner/store/neatJson.ts';
import { createRun, reopenRun } from '../../../runner/store/store.ts';
import { EventLogReader } from '../../../shared/contracts/eventLog.ts';
import { files } from '../../../shared/contracts/run.ts';
import { applyRunEvent, initialRunState, type RunState } from '../../../shared/contracts/runState.ts';
import { tablesOf } from '../../../shared/contracts/tables.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { RunIndex } from '../../../src/runs/index/runIndex.ts';
import { RunTail } from '../../../src/runs/index/runTail.ts';
import { runId, storyOfARun } from '../../support/storyOfARun.ts';
import { storyOfManyClasses } from '../../support/storyOfManyClasses.ts';

let scratch: string;
let made = 0;
before(async () => void (scratch = await mkdtemp(join(tmpdir(), 'tables-'))));
after(() => rm(scratch, { recursive: true, force: true }));

const healthy = { skipped: 0, gaps: 0, unknown: 0, tornTail: false };
const events = storyOfManyClasses(process.pid, 500, 20_000);
const expected = events.reduce(applyRunEvent, initialRunState(runId));

async function written(story = events) {
  const run = await createRun({ runsFolder: join(scratch, String(made++)), runId, versions: { shoulders: '0.1.0' } });
  for (const event of story) await run.record(event);
  await run.close();
  return run.folder;
}

const linesOf = async (folder: string) => (await readFile(join(folder, files.events), 'utf8')).trimEnd().split('\n');

test('a run of 500 classes with 20,000 findings has a small run.json and short lines, and reads back as recorded', async () => {
  const folder = await written();
  const summary = await readFile(join(folder, files.run));
  assert.ok(summary.length < 100_000, `run.json has ${summary.length} bytes`);
  for (const line of await linesOf(folder)) assert.ok(line.length < 64_000, `${line.length}: ${line.slice(0, 200)}`);
  const { state, health } = await readRun(folder);
  assert.deepEqual(health, healthy);
  assert.deepEqual(state, expected);
  const tail = new RunTail(runId, join(folder, files.events));
  assert.deepEqual((await tail.poll()).events, events);
  assert.deepEqual(tail.log.state, expected);
  // The event and run.json share files: two matrices, two tables of classes, names, counts, findings, recall.
  const names = await readdir(join(folder, 'tables'));
  assert.equal(names.filter((name) => name.startsWith('confusionMatrix-')).length, 2);
  assert.equal(names.filter((name) => name.startsWith('classNames-')).length, 1);
});

test('a file exists, with its recorded hash, as soon as the log names it', async () => {
  const folder = join(scratch, String(made++), runId);
  const run = await createRun({ runsFolder: join(folder, '..'), runId, versions: {} });
  const tail = new RunTail(runId, join(folder, files.events));
  let named = 0;
  for (const event of events) {
    await run.record(event);
    const line = new EventLogReader().lines(Buffer.from(`${(await linesOf(folder)).at(-1)!}\n`))[0]!;
    for (const { file, sha256 } of Object.values(tablesOf(line.event))) {
      named++;
      assert.equal(
        createHash('sha256')
          .update(await readFile(join(folder, file)))
          .digest('hex'),
        sha256,
      );
    }
    assert.deepEqual((await tail.poll()).events, [event]);
  }
  assert.ok(named >= 6);
  await run.close();
});

test('a run of two classes keeps its lists in the log and in run.json', async () => {
  const folder = await written(storyOfARun(process.pid));
  assert.ok(!(await readdir(folder)).includes('tables'));
  assert.doesNotMatch(await readFile(join(folder, files.events), 'utf8'), /"tables"/);
});

test('the log and run.json of an older version, with everything inline, are still readable, together and alone', async () => {
  const folder = join(scratch, String(made++), runId);
  const log = join(import.meta.dirname, '..', 'contracts', 'inlined.v1.jsonl');
  const summary = join(import.meta.dirname, 'inlined.v1.run.jsonl');
  await mkdir(folder, { recursive: true });
  const story = storyOfManyClasses(4711, 80, 200);
  const whole = story.reduce(applyRunEvent, initialRunState(runId));
  await copyFile(log, join(folder, files.events));
  assert.deepEqual((await readRun(folder)).state, whole);
  await copyFile(summary, join(folder, files.run));
  assert.deepEqual((await readRun(folder)).state, whole);
  await truncate(join(folder, files.events));
  const withoutRows: RunState = { ...whole, epochs: [], findings: [] };
  assert.deepEqual((await readRun(folder)).state, withoutRows);
});

test('a resumed run continues with its existing files', async () => {
  const folder = await written(events.slice(0, -2));
  const before = await readdir(join(folder, 'tables'));
  // Its process is this one, which is alive, so it ends first.
  const open = await reopenRunAfter(folder);
  for (const event of events.slice(-2)) await open.record(event);
  await open.close();
  assert.deepEqual((await readRun(folder)).state.evaluation, expected.evaluation);
  assert.deepEqual(
    (await readdir(join(folder, 'tables'))).filter((name) => before.includes(name)),
    before,
  );
});

async function reopenRunAfter(folder: string) {
  const { encodeRecord } = await import('../../../shared/contracts/eventLog.ts');
  const count = (await linesOf(folder)).length;
  const stopped = { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 } as const;
  await appendFile(join(folder, files.events), encodeRecord(count, new Date().toISOString(), stopped));
  return reopenRun(
    folder,
    () => ({}),
    () => {},
  );
}

test('a damaged or missing file costs the event that names it, is counted, and never yields different numbers', async () => {
  const folder = await written();
  const names = await readdir(join(folder, 'tables'));
  const matrix = join(folder, 'tables', names.find((name) => name.startsWith('confusionMatrix-'))!);
  const bytes = await readFile(matrix);
  const digit = bytes.findIndex((byte, i) => i > 100 && byte === 0x31);
  await writeFile(matrix, bytes.with(digit, 0x32));
  for (const damage of [async () => {}, () => rm(matrix)]) {
    await damage();
    const { state, health, summary } = await readRun(folder);
    assert.deepEqual(health, { ...healthy, skipped: 1 });
    assert.deepEqual({ ...state, evaluation: null }, { ...expected, evaluation: null });
    assert.equal(state.evaluation, null);
    assert.deepEqual(summary?.headline, { name: 'test AUROC', value: 0.875 });
  }
});

test('a log that names files outside its run folder reads none of them', async () => {
  const folder = await written();
  const [, second] = await linesOf(folder);
  const secret = join(scratch, 'secret.json');
  await writeFile(secret, '[]\n');
  const sha256 = createHash('sha256').update('[]\n').digest('hex');
  const { encodeRecord } = await import('../../../shared/contracts/eventLog.ts');
  const { event } = new EventLogReader().lines(Buffer.from(`${second!.replace('"seq":1', '"seq":0')}\n`))[0]!;
  const lean = event as { tables: object };
  const forged = { ...lean, tables: { ...lean.tables, findings: { file: '../../secret.json', sha256 } } };
  await writeFile(join(folder, files.events), encodeRecord(0, '2026-11-23T10:15:00.000Z', forged));
  assert.deepEqual((await readRun(folder)).health, { ...healthy, skipped: 1 });
});

test('the list of runs holds one row per run, and loads a whole run when a panel needs it', async (t) => {
  const folder = await written();
  const index = new RunIndex({ runsFolders: () => [join(folder, '..')], logOf: () => '', onError: assert.ifError });
  t.after(() => index.dispose());
  await index.rescan();
  const row = index.get(runId)!;
  assert.equal(row.state.evaluation, null);
  assert.deepEqual([row.metrics['test AUROC'], row.metrics['val accuracy']], [0.875, 0.75]);
  assert.deepEqual(row.headline, { name: 'test AUROC', value: 0.875 });
  assert.equal(row.state.classNames.length, 500);
  assert.deepEqual((await index.load(runId))?.state, expected);
});

test('neatJson() is equivalent to JSON, with each list of numbers or words on one line', () => {
  const value = { a: [1, 2.5, null], words: ['[', 'a\n]', '{,\n'], matrix: [[1, 2], [3, 4]], none: [], deep: [{ b: [[]] }] }; // biome-ignore format: a value
  const text = neatJson(value);
  assert.deepEqual(JSON.parse(text), value);
  assert.match(text, /"a": \[1, 2\.5, null\],\n/);
  assert.match(text, /\n {4}\[1, 2\],\n {4}\[3, 4\]\n/);
});
