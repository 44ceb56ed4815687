import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Run } from '../../../../src/runs/runs.ts';
import { claimEnding, endingKey, type RunList, watchEndings } from '../../../../src/runs/watching/endings.ts';
import { chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { runOf, temporaryFolder } from '../../support/runs.ts';

const xray = chestXrayRun();
const running = runOf(xray.runId, upToEpoch(xray.events, 2));
const finished = runOf(xray.runId, xray.events);

/** A list that a test changes directly. */
function listOf(first: readonly Run[]): RunList & { set(runs: readonly Run[]): void } {
  let runs = first;
  const listeners = new Set<() => void>();
  return {
    get runs() {
      return runs;
    },
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    set(next) {
      runs = next;
      for (const listener of listeners) listener();
    },
  };
}

function toldOf(first: readonly Run[], ...later: (readonly Run[])[]): string[] {
  const list = listOf(first);
  const told: string[] = [];
  const watching = watchEndings(list, (run) => told.push(run.state.status));
  for (const runs of later) list.set(runs);
  watching.dispose();
  return told;
}

test('watchEndings() reports once the end of a run that it saw open, also of one that another window started', () => {
  assert.deepEqual(toldOf([running], [finished], [finished]), ['finished']);
});

test('watchEndings() ignores runs that had ended before', () => {
  assert.deepEqual(toldOf([finished], [finished]), []);
  assert.deepEqual(toldOf([], [finished]), []);
});

test('watchEndings() ignores a run deleted while open, even when one of its name returns', () => {
  assert.deepEqual(toldOf([running], [], [finished]), []);
});

test('watchEndings() reports a start that never became a run', () => {
  const starting = runOf(xray.runId, [], { phase: 'starting' });
  const problem = { code: 'notADataset', params: { folder: '/d' } };
  const failed = runOf(xray.runId, [{ type: 'ended', reason: 'failed', problem, elapsedMs: 0 }]);
  assert.deepEqual(toldOf([], [starting], [failed]), ['failed']);
});

test('watchEndings() reports again a run that was resumed and ended again', () => {
  assert.deepEqual(toldOf([running], [finished], [running], [finished]), ['finished', 'finished']);
});

test('watchEndings() reports whether this window started the run, although its process is gone by then', () => {
  const ours = { pid: 7, startedAtMs: null, machine: null, ofThisWindow: true };
  const list = listOf([{ ...running, process: ours }]);
  const told: boolean[] = [];
  watchEndings(list, (_, ofThisWindow) => told.push(ofThisWindow));
  list.set([finished]);
  list.set([running]);
  list.set([finished]);
  assert.deepEqual(told, [true, false]);
});

test('claimEnding() lets exactly one window announce the end of a process', async (t) => {
  const folder = join(await temporaryFolder(t), 'logs');
  const processOf = (pid: number) => ({ pid, startedAtMs: null, machine: null, ofThisWindow: false });
  const first = endingKey({ ...finished, process: processOf(1) });
  const second = endingKey({ ...finished, process: processOf(2) });
  const answers = await Promise.all([first, first, first, second].map((key) => claimEnding(folder, key)));
  assert.deepEqual(answers.slice(0, 3).filter(Boolean), [true]);
  assert.equal(answers[3], true);
  assert.equal(await claimEnding(folder, first), false);
});
