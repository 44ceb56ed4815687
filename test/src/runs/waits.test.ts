import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import type { Run } from '../../../src/runs/runs.ts';
import { watchWaits } from '../../../src/runs/waits.ts';
import type { RunList } from '../../../src/runs/watching/endings.ts';
import { chestXrayRun, upToEpoch } from '../../webview/support/transcripts.ts';
import { runOf } from '../support/runs.ts';

const xray = chestXrayRun();
const events = upToEpoch(xray.events, 2);
const wait: RunEvent = { type: 'paused', problem: { code: 'waitsForSpace', params: { file: 'a' } } };
const running = runOf(xray.runId, events);
const waiting = runOf(xray.runId, [...events, wait]);
const paused = runOf(xray.runId, [...events, { type: 'paused' }]);
const failed = runOf(xray.runId, [
  ...events,
  wait,
  { type: 'ended', reason: 'failed', problem: wait.problem!, elapsedMs: 1 },
]);

function told(first: readonly Run[], ...later: (readonly Run[])[]): number {
  let runs = first;
  let listener = () => {};
  const list: RunList = {
    get runs() {
      return runs;
    },
    onDidChange(one) {
      listener = one;
      return { dispose() {} };
    },
  };
  let count = 0;
  watchWaits(list, () => count++);
  for (const next of later) {
    runs = next;
    listener();
  }
  return count;
}

test('watchWaits() reports each wait for the disk once, also one found when a window opens', () => {
  assert.equal(told([running], [waiting], [waiting]), 1);
  assert.equal(told([waiting], [waiting]), 1);
  assert.equal(told([running], [waiting], [running], [waiting]), 2);
});

test('watchWaits() ignores runs paused by a user, and failed runs', () => {
  assert.equal(told([running], [paused], [running]), 0);
  assert.equal(told([running], [failed]), 0);
});
