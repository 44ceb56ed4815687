import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RunEvent } from '../../runner/contracts/events.ts';
import { applyRunEvent, initialRunState } from '../../runner/contracts/runState.ts';
import type { Predictions, ToPanel } from '../../webview/contract.ts';
import { type Action, initialViewState, reduce, type ViewState } from '../../webview/state.ts';
import { chestXrayRun } from './support/transcripts.ts';

const { runId, events, predictions } = chestXrayRun();
const fold = (actions: readonly Action[], from = initialViewState()): ViewState => actions.reduce(reduce, from);
const message = (seq: number): Action => ({ type: 'event', seq, event: events[seq]!, problemText: null });
const snapshot = (
  seq: number,
  more: Partial<Extract<ToPanel, { type: 'snapshot' }>> = {},
): Extract<ToPanel, { type: 'snapshot' }> => ({
  type: 'snapshot',
  run: events.slice(0, seq).reduce(applyRunEvent, initialRunState(runId)),
  nextSeq: seq,
  predictions: null,
  problemText: null,
  warningTexts: [],
  strings: {},
  ...more,
});
const whole = snapshot(events.length).run;

test('reduce() gives the whole run from any snapshot and the events after it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: events.length }), (at) => {
      const state = fold([snapshot(at), ...events.slice(at).map((_, i) => message(at + i))]);
      assert.deepEqual(state.run, whole);
      assert.equal(state.sync, 'live');
    }),
  );
});

test('reduce() reaches the whole run through any loss, repetition and new snapshots', () => {
  const fate = fc.constantFrom('arrives', 'lost', 'twice');
  fc.assert(
    fc.property(fc.array(fate, { minLength: events.length, maxLength: events.length }), (fates) => {
      let state = reduce(initialViewState(), snapshot(0));
      for (const [seq, what] of fates.entries()) {
        if (what !== 'lost') state = reduce(state, message(seq));
        if (what === 'twice') state = reduce(state, message(seq));
        if (state.sync === 'waiting') state = reduce(state, snapshot(seq + 1));
        // Whatever is drawn is the true state at some time: never a state with a hole in it.
        assert.deepEqual(state.run, snapshot(state.nextSeq).run);
      }
      state = reduce(reduce(state, { type: 'snapshotWanted' }), snapshot(events.length));
      assert.deepEqual(state.run, whole);
    }),
    { numRuns: 30 },
  );
});

test('reduce() waits for a snapshot after a gap and keeps drawing what it has', () => {
  const before = fold([snapshot(3)]);
  const gap = reduce(before, message(5));
  assert.equal(gap.sync, 'waiting');
  assert.deepEqual(gap.run, before.run);
  assert.deepEqual(reduce(gap, message(3)), gap);
  assert.equal(reduce(gap, snapshot(6)).sync, 'live');
});

test('reduce() ignores events before the first snapshot', () => {
  assert.deepEqual(reduce(initialViewState(), message(0)), initialViewState());
});

test('reduce() words warnings and the problem itself when the host sends no text', () => {
  const problem = { code: 'diskFull', params: { file: 'model.onnx' } };
  const at = (seq: number, event: RunEvent, problemText: string | null): Action => ({
    type: 'event',
    seq,
    event,
    problemText,
  });
  const state = fold([
    snapshot(0),
    at(0, { type: 'warning', problem }, 'translated'),
    at(1, { type: 'warning', problem }, null),
    at(2, { type: 'ended', reason: 'failed', problem, elapsedMs: 5 }, null),
  ]);
  const english =
    'The disk is full: "model.onnx" could not be written. Free some space and start again; what was written before is kept.';
  assert.deepEqual(state.warningTexts, ['translated', english]);
  assert.equal(state.problemText, english);
});

test('reduce() keeps the last predictions that fit when a snapshot brings none', () => {
  const state = fold([snapshot(20), { type: 'predictions', predictions: predictions.get(1)! }, snapshot(21)]);
  assert.deepEqual(state.predictions, predictions.get(1));
});

const misfits: { name: string; predictions: Predictions }[] = [
  {
    name: 'a row too few',
    predictions: { epoch: 1, labels: [0, 1], probabilities: [0.5, 0.5], classCount: 2 },
  },
  {
    name: 'a label beyond the classes',
    predictions: { epoch: 1, labels: [2], probabilities: [0.5, 0.5], classCount: 2 },
  },
  {
    name: 'another number of classes than the run',
    predictions: { epoch: 1, labels: [2], probabilities: [0.2, 0.3, 0.5], classCount: 3 },
  },
];
for (const { name, predictions: misfit } of misfits)
  test(`reduce() does not take predictions with ${name}`, () => {
    const state = fold([snapshot(20), { type: 'predictions', predictions: misfit }]);
    assert.equal(state.predictions, null);
  });

test('reduce() restores the threshold for the same run only', () => {
  const from = (restoredId: string) =>
    reduce(initialViewState({ runId: restoredId, threshold: 0.31 }), snapshot(2)).threshold;
  assert.equal(from(runId), 0.31);
  assert.equal(from('20261122-091500-other-resnet18-0000'), null);
});

test('reduce() keeps a chosen threshold over snapshots of the run and drops it for another run', () => {
  const moved = fold([snapshot(2), { type: 'thresholdMoved', threshold: 0.8 }, snapshot(4)]);
  assert.equal(moved.threshold, 0.8);
  const other = snapshot(0, { run: initialRunState('20261122-091500-other-resnet18-0000') });
  assert.equal(reduce(moved, other).threshold, null);
});

test('reduce() holds the threshold between 0 and 1', () => {
  const to = (threshold: number) => fold([snapshot(2), { type: 'thresholdMoved', threshold }]).threshold;
  assert.deepEqual([to(-1), to(0.25), to(7)], [0, 0.25, 1]);
});

test('reduce() forgets a wish to stop when the run has ended', () => {
  const end = events.length - 1;
  const asked = fold([snapshot(end), { type: 'stopRequested' }]);
  assert.equal(asked.stopRequested, true);
  assert.equal(reduce(asked, message(end)).stopRequested, false);
});
