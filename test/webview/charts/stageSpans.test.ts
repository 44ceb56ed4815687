import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { keptEpoch, plannedEpochs, stageSpans } from '../../../webview/charts/stageSpans.ts';
import { chestXrayRun, upToEpoch } from '../support/transcripts.ts';

const { runId, events } = chestXrayRun();
const runOf = (some: readonly RunEvent[]) => some.reduce(applyRunEvent, initialRunState(runId));
const borders = (some: readonly RunEvent[]) =>
  stageSpans(runOf(some)).map(({ name, from, to, state }) => `${name} ${from}-${to} ${state}`);
const ended = (reason: 'stopped' | 'failed'): RunEvent => ({ type: 'ended', reason, problem: null, elapsedMs: 1 });

test('stageSpans() covers all stages of the recipe as soon as the run has started', () => {
  assert.deepEqual(borders(events.slice(0, 1)), ['head 1-5 planned', 'layer4 6-15 planned']);
});

test('stageSpans() is empty before the run has a recipe', () => {
  assert.deepEqual(borders([]), []);
});

test('stageSpans() moves the boundary when early stopping shortens a stage', () => {
  const short: RunEvent[] = [
    ...upToEpoch(events, 3),
    { type: 'stageEnded', stage: 0, reason: 'earlyStopping', keptEpoch: 2 },
  ];
  assert.deepEqual(borders(short), ['head 1-3 ended', 'layer4 4-13 planned']);
  assert.equal(plannedEpochs(runOf(short)), 13);
});

test('stageSpans() shows no stage that a stopped run never reached', () => {
  assert.deepEqual(borders([...upToEpoch(events, 3), ended('stopped')]), ['head 1-3 running']);
  assert.deepEqual(borders([...upToEpoch(events, 7), ended('failed')]), ['head 1-5 ended', 'layer4 6-7 running']);
});

test('keptEpoch() is the best so far during training and the evaluated one after the end', () => {
  const run = runOf(upToEpoch(events, 8));
  const losses = run.epochs.filter((row) => row.stage === 1).map((row) => row.metrics.val.loss!);
  assert.equal(keptEpoch(run), run.epochs.find((row) => row.metrics.val.loss === Math.min(...losses))!.epoch);
  const whole = runOf(events);
  assert.equal(keptEpoch(whole), whole.evaluation!.keptEpoch);
  assert.equal(keptEpoch(runOf([])), null);
});
