// SIGKILL after every line of the log and inside every atomic write of a whole run: the list of runs always shows it, the run
// counts as died, and resuming it ends with the figures and the bytes of the unbroken run.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { listRuns } from '../../runner/store/listRuns.ts';
import { createRun } from '../../runner/store/store.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { selected } from './support/amount.ts';
import {
  type Attacked,
  attackedSetup,
  journalOf,
  leftIn,
  resultOf,
  resumed,
  runId,
  startAttacked,
} from './support/attackedRun.ts';
import type { Call, Place } from './support/seam.ts';

let setup: Attacked;
let calls: readonly Call[];
let unbroken: Awaited<ReturnType<typeof resultOf>>;
before(async () => {
  setup = await attackedSetup();
  const { root } = setup;
  const journal = join(root, 'journal.jsonl');
  const where = { runs: 'runs', cache: 'cache' };
  const keepStatesOf = join(root, 'runs', runId);
  const ended = await startAttacked(setup, where, { journal, keepStatesOf }).ended;
  assert.equal(ended.code, 0, ended.output);
  calls = (await journalOf(journal)).filter(({ changes }) => changes);
  unbroken = await resultOf(keepStatesOf);
  assert.equal(unbroken.status, 'finished');
});

/** Checks that the list of runs is complete, and that the run counts as died, or as finished from its last line on. @returns whether it can resume */
async function readsAsDied(runsFolder: string): Promise<boolean> {
  const listed = await listRuns(runsFolder);
  if (listed.length === 0) return false; // killed before run.json: there is no run yet
  assert.equal(listed.length, 1);
  const [run] = listed;
  assert.equal(run!.problem, null, JSON.stringify(run));
  const { state, health } = run as Extract<(typeof listed)[number], { problem: null }>;
  assert.equal(health.skipped + health.gaps + health.unknown, 0);
  if (state.status === 'finished') return false;
  assert.deepEqual([state.status, state.problem?.code], ['failed', 'runnerDied']);
  return true;
}

const isOfRun = ({ name }: Call) => name.includes(' runs/');
const lineEnds = ({ name }: Place) => name.startsWith('write runs/RUN/events.jsonl ');

test('A run killed before any call is listed as died, unless it has no run.json yet or has finished', async () => {
  let died = 0;
  for (const { number, name, nth } of calls)
    try {
      if (await readsAsDied(join(setup.root, `at-${number}`))) died++;
    } catch (error) {
      throw new Error(`before ${name} (${nth}): ${(error as Error).message}`, { cause: error });
    }
  assert.ok(died > 200 && died < calls.length, `${died} of ${calls.length}`);
});

/** Kinds of places that `npm test` must kill at: an incomplete line, and a file half written or written but not yet renamed. */
const always = [
  'rename runs/RUN/.run.json.tmp 1',
  'half of write runs/RUN/events.jsonl started 1',
  'rename runs/RUN/.images.csv.tmp 1',
  'half of write runs/RUN/.checkpoint.safetensors.tmp 1',
  'rename runs/RUN/.checkpoint.safetensors.tmp 1',
  'half of write runs/RUN/events.jsonl epoch 1',
  'rename runs/RUN/.checkpoint.safetensors.tmp 2',
  'half of write runs/RUN/events.jsonl evaluated 1',
  'rm runs/RUN/lock/OWNER 1',
];
const titleOf = ({ name, nth, half }: Place & { half: boolean }) => `${half ? 'half of ' : ''}${name} ${nth}`;

test('A run killed before any call, or halfway through any write, resumes to the result of the unbroken run', async (t) => {
  const points = calls
    .filter((call) => isOfRun(call) || call.name.includes('/queue/'))
    .flatMap(({ name, nth }) =>
      (name.startsWith('write ') ? [false, true] : [false]).map((half) => ({ name, nth, half })),
    );
  for (const title of always)
    assert.ok(
      points.some((point) => titleOf(point) === title),
      `no run comes by "${title}"`,
    );
  let number = 0;
  for (const point of selected(t, points, 10, (each) => always.includes(titleOf(each)))) {
    const where = { runs: `killed-${++number}`, cache: `cache-${number}` };
    await t.test(`before ${titleOf(point)}`, () => killedAndResumed(where, point));
    for (const name of Object.values(where)) await rm(join(setup.root, name), { recursive: true, force: true });
  }
});

async function killedAndResumed(
  where: { runs: string; cache: string },
  kill: Place & { half: boolean },
): Promise<void> {
  // The seam's names are those of the first run's folders.
  const named = {
    ...kill,
    name: kill.name.replace(' runs/', ` ${where.runs}/`).replace(' cache/', ` ${where.cache}/`),
  };
  const { signal, code, output } = await startAttacked(setup, where, { kill: named }).ended;
  if (code === 0 && lineEnds(kill) && kill.name.endsWith(' progress')) return; // their number depends on timing
  assert.equal(signal, 'SIGKILL', output);
  const [runs, cache] = [join(setup.root, where.runs), join(setup.root, where.cache)];
  const folder = join(runs, runId);
  const isOpen = await readsAsDied(runs);
  if (isOpen) await resumed(setup, folder, cache);
  else if ((await listRuns(runs)).length === 0) {
    // Nothing was recorded yet: the folder is no run, and reading it says so.
    await assert.rejects(
      resumed(setup, folder, cache),
      (error) => error instanceof UserError && ['runNotFound', 'runBroken'].includes(error.code),
    );
    return;
  }
  assert.deepEqual(await resultOf(folder), unbroken);
  // A run after its last event is left alone: the next run cleans up after it, and new claims replace those of the dead process.
  if (!isOpen)
    await (await createRun({ runsFolder: runs, runId: runId.replace('00ff', '0100'), versions: {} })).close();
  const left = await leftIn(...(isOpen ? [runs, cache] : [runs]));
  assert.deepEqual(isOpen ? left : left.filter((name) => name.endsWith('.tmp')), []);
}
