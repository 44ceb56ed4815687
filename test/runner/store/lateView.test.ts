// Results of readRun() on a network disk that shows an earlier state of run.json or of the log.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeRecord } from '../../../shared/contracts/eventLog.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { files, type RunSummary } from '../../../shared/contracts/run.ts';
import { applyRunEvent, headline, initialRunState } from '../../../shared/contracts/runState.ts';
import { thisMachine } from '../../../shared/processes/machine.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { epochEvent, runId, storyOfARun } from '../../support/storyOfARun.ts';

let scratch: string;
before(async () => void (scratch = await mkdtemp(join(tmpdir(), 'lateView-'))));
after(() => rm(scratch, { recursive: true, force: true }));

const [gonePid, livingPid] = [4711, 9];
const machine = await thisMachine();
const atOf = (seq: number) => new Date(Date.UTC(2026, 10, 23, 10, 15, seq)).toISOString();
const ended = (reason: 'stopped' | 'failed' | 'finished', elapsedMs: number): RunEvent => ({
  type: 'ended',
  reason,
  problem: reason === 'failed' ? { code: 'diskFull', params: {} } : null,
  elapsedMs,
});

/** Evaluated, failed, resumed by a living process, evaluated again, finished. `first`: number of events of the first process. */
function resumedStory(): { readonly events: readonly RunEvent[]; readonly first: number } {
  const story = storyOfARun(gonePid, machine).slice(0, -1);
  const [started] = story as [Extract<RunEvent, { type: 'started' }>];
  const evaluated = story.at(-1) as Extract<RunEvent, { type: 'evaluated' }>;
  const again = { ...evaluated, test: { ...evaluated.test, auroc: 0.75 } };
  const first = [...story, ended('failed', 4000)];
  const { device } = started;
  return {
    first: first.length,
    events: [
      ...first,
      { type: 'resumed', afterEpoch: 1, device, pid: livingPid, machine, versions: {} },
      epochEvent(2, 0.7),
      again,
      ended('finished', 9000),
    ],
  };
}
const { events, first } = resumedStory();
const foldOf = (count: number) => events.slice(0, count).reduce(applyRunEvent, initialRunState(runId));

/** Summary as the runner writes it right after the last of these events. */
function summaryAfter(count: number): RunSummary {
  const state = foldOf(count);
  const { epochs, progress: _, findings: __, ...rest } = state;
  return {
    ...rest,
    version: 1,
    createdAt: atOf(0),
    updatedAt: atOf(count - 1).replace('.000Z', '.004Z'),
    processStartedAt: 0,
    versions: {},
    epochCount: epochs.length,
    headline: headline(state) ?? null,
  };
}

let made = 0;
/** Result of readRun() with `inLog` visible events in the log, and run.json as after `inSummary`. */
async function seen(inLog: number, inSummary: number, over: Partial<RunSummary> = {}) {
  const folder = join(scratch, String(made++), runId);
  await mkdir(folder, { recursive: true });
  const log = events.slice(0, inLog).map((event, seq) => encodeRecord(seq, atOf(seq), event));
  await writeFile(join(folder, files.events), log.join(''));
  await writeFile(join(folder, files.run), JSON.stringify({ ...summaryAfter(inSummary), ...over }));
  return readRun(folder, undefined, { isAlive: async (pid) => pid === livingPid });
}
const healthy = { skipped: 0, gaps: 0, unknown: 0, tornTail: false };

test("readRun() trusts a log newer than run.json about the run's process and what the resume cleared", async () => {
  for (let inLog = first + 1; inLog <= events.length; inLog++)
    for (const inSummary of [1, 2, 3, first - 1, first]) {
      const { state, health, elsewhere } = await seen(inLog, inSummary);
      assert.deepEqual(health, healthy);
      assert.deepEqual(state, foldOf(inLog), `${inLog} in the log, ${inSummary} in run.json`);
      assert.equal(elsewhere, null);
    }
});

test('readRun() learns from a newer run.json that a run whose log ends was resumed, and its outcome', async () => {
  for (let inSummary = first + 1; inSummary <= events.length; inSummary++) {
    const { state, health } = await seen(first, inSummary);
    const told = foldOf(inSummary);
    assert.deepEqual(health, healthy);
    assert.deepEqual(
      [state.status, state.pid, state.problem, state.elapsedMs, state.warnings],
      [told.status, told.pid, told.problem, told.elapsedMs, told.warnings],
    );
    assert.deepEqual(state.evaluation, told.evaluation, `${inSummary} in run.json`);
    // The view does not show that epochs were discarded.
    assert.deepEqual(state.epochs, foldOf(first).epochs);
  }
});

test('readRun() takes what a log of one process does not contain yet from run.json', async () => {
  for (let inLog = 0; inLog < first; inLog++) {
    const { state } = await seen(inLog, first);
    const told = foldOf(first);
    assert.deepEqual(
      { ...state, epochs: [], findings: [], samples: [], alarms: [] },
      { ...told, epochs: [], findings: [], samples: [], alarms: [] },
      `${inLog} in the log`,
    );
  }
});

test('readRun() prefers the log of an ended run over a differing run.json of the same process', async () => {
  for (const over of [{ elapsedMs: 4001 }, { pid: livingPid }, { evaluation: null }])
    assert.deepEqual((await seen(first, first, over)).state, { ...foldOf(first), pid: over.pid ?? gonePid });
});
