import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../../shared/contracts/events.ts';
import { initialRunState } from '../../../../shared/contracts/runState.ts';
import type { Run } from '../../../../src/runs/runs.ts';
import { statusItem } from '../../../../src/runs/watching/statusText.ts';
import { english } from '../../../../src/words/translate.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { runOf } from '../../support/runs.ts';

const xray = chestXrayRun();
const progress: RunEvent = {
  type: 'progress',
  phase: 'training',
  done: 1,
  total: 9,
  stage: 0,
  epoch: 4,
  imagesPerSecond: 20.4,
  etaMs: 125_000,
  memory: { usedBytes: 1.2e9, totalBytes: 16e9 },
};
const training = [...upToEpoch(xray.events, 3), progress];
const trains = runOf(xray.runId, training);
const waiting = (id: string, ahead: number): Run => runOf(id, [{ type: 'queued', ahead }]);
const first = waiting('20261124-091500-pets-resnet18-0001', 1);
const second = waiting('20261124-091500-pets-resnet18-0002', 2);

const textOf = (...open: Run[]) => statusItem(open, english)?.text;

test('statusItem() shows epoch, pace and time left', () => {
  assert.equal(textOf(trains), 'chest_xray: epoch 4 of 15 · 20 images/s · 2 min left');
  assert.equal(statusItem([trains], english)?.icon, 'sync~spin');
});

test('statusItem() counts other training and waiting runs', () => {
  const other = runOf(animalsRun().runId, upToEpoch(animalsRun().events, 1));
  assert.match(textOf(trains, other, second, first)!, /^chest_xray: .* · \+1 · 2 queued$/);
});

test('statusItem() shows a paused run with its epoch and without a time left', () => {
  const item = statusItem([runOf(xray.runId, [...training, { type: 'paused' }])], english);
  assert.deepEqual([item?.icon, item?.text], ['debug-pause', 'chest_xray: Paused · epoch 4 of 15']);
});

test('statusItem() prefers a training run to a newer paused one, and both to a waiting one', () => {
  const paused = runOf(animalsRun().runId, [...upToEpoch(animalsRun().events, 1), { type: 'paused' }]);
  assert.match(textOf(paused, trains)!, /^chest_xray: epoch 4/);
  assert.match(textOf(second, paused)!, /^animals: Paused/);
});

test('statusItem() shows the next run of the queue while nothing trains', () => {
  const item = statusItem([second, first], english);
  assert.deepEqual([item?.icon, item?.text], ['watch', 'pets-resnet18: Queued, 1 ahead · 1 queued']);
});

test('statusItem() is absent without an open run', () => assert.equal(statusItem([], english), undefined));

test('statusItem() shows device and memory in the tooltip, and what a click does', () => {
  const one = statusItem([trains], english)!.tooltip;
  assert.match(one, /Device: .*\nMemory: 1\\\.2 of 16\\\.0 GB/s);
  assert.match(one, /Click: open the run/);
  assert.match(
    statusItem([trains, first], english)!.tooltip,
    /Others: pets\\-resnet18 .*\n?.*Click: choose a run to open/s,
  );
});

test('statusItem() shows a folder named like an icon or a link as text', () => {
  const state = { ...initialRunState(xray.runId), dataset: '/data/$(trash) [pets](command:x)' };
  const item = statusItem([{ ...runOf(xray.runId, []), state, phase: 'starting' }], english)!;
  assert.equal(item.text, '$ (trash) [pets](command:x): Starting');
  assert.doesNotMatch(item.tooltip, /\[pets\]\(/);
});
