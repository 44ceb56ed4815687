import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { atProbability } from '../../../shared/contracts/scores.ts';
import { PanelState, type Predictions, plainLook, type ToPanel } from '../../../shared/messages/run.ts';
import {
  type Action,
  initialViewState,
  reduce,
  shownPredictions,
  shownThreshold,
  type ViewState,
} from '../../../webview/run/state.ts';
import { assertProperty } from '../../support/property.ts';
import { chestXrayRun, standingOf, upToEpoch } from '../support/transcripts.ts';

const chest = chestXrayRun();
const { runId, events, predictions } = chest;
const standing = standingOf(chest, events);
const plain = { pickedClass: 0, pickedEpoch: null, look: plainLook };
const fold = (actions: readonly Action[], from = initialViewState()): ViewState => actions.reduce(reduce, from);
const message = (seq: number): Action => ({ type: 'event', seq, event: events[seq]! });
const snapshot = (
  seq: number,
  more: Partial<Extract<ToPanel, { type: 'snapshot' }>> = {},
): Extract<ToPanel, { type: 'snapshot' }> => ({
  type: 'snapshot',
  run: events.slice(0, seq).reduce(applyRunEvent, initialRunState(runId)),
  nextSeq: seq,
  predictions: null,
  isReading: false,
  standing,
  imageRoot: 'http://panel.test/run',
  strings: {},
  ...more,
});
const whole = snapshot(events.length).run;

test('reduce() rebuilds the whole run from any snapshot and the events after it', () => {
  assertProperty(
    fc.property(fc.integer({ min: 0, max: events.length }), (at) => {
      const state = fold([snapshot(at), ...events.slice(at).map((_, i) => message(at + i))]);
      assert.deepEqual(state.run, whole);
      assert.equal(state.sync, 'live');
    }),
  );
});

/** Messages over an unreliable connection: some lost, some twice, neighbours swapped, old ones again much later. */
const delivery = fc
  .array(fc.record({ fate: fc.constantFrom('arrives', 'lost', 'twice'), delay: fc.integer({ min: 0, max: 4 }) }), {
    minLength: events.length,
    maxLength: events.length,
  })
  .map((fates) =>
    fates
      .flatMap(({ fate, delay }, seq) => {
        if (fate === 'lost') return [];
        const once = { seq, at: seq + delay };
        return fate === 'twice' ? [once, { seq, at: seq + 3 * delay }] : [once];
      })
      .sort((a, b) => a.at - b.at),
  );

test('reduce() rebuilds the whole run despite loss, repetition and reordering of events', () => {
  assertProperty(
    fc.property(delivery, fc.boolean(), (arrivals, snapshotsAreLate) => {
      let state = reduce(initialViewState(), snapshot(0));
      let furthest = 0;
      for (const { seq } of arrivals) {
        state = reduce(state, message(seq));
        furthest = Math.max(furthest, seq + 1);
        // The host answers `ready` with its current state; a late reply arrives after a few events.
        if (state.sync === 'waiting')
          state = reduce(state, snapshot(snapshotsAreLate ? Math.min(furthest + 2, events.length) : furthest));
        // The drawn state is always the true state at some time, never one with a gap in it.
        assert.deepEqual(state.run, snapshot(state.nextSeq).run);
      }
      state = reduce(reduce(state, { type: 'snapshotWanted' }), snapshot(events.length));
      assert.deepEqual(state.run, whole);
    }),
    { numRuns: 30 },
  );
});

test('reduce() waits for a snapshot after a gap and keeps its state meanwhile', () => {
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

test('reduce() keeps the reason of a wait until the run continues or ends', () => {
  const problem = { code: 'waitsForSpace', params: { file: 'model.onnx' } };
  const at = (seq: number, event: RunEvent): Action => ({ type: 'event', seq, event });
  const waits = [snapshot(0), at(0, { type: 'paused', problem })];
  assert.deepEqual(fold(waits).run!.problem, problem);
  assert.equal(fold([...waits, at(1, { type: 'continued' })]).run!.problem, null);
  const stopped = at(1, { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 5 });
  assert.equal(fold([...waits, stopped]).run!.problem, null);
  assert.equal(fold([snapshot(0), at(0, { type: 'paused' })]).run!.problem, null);
});

test('reduce() keeps the last matching predictions when a snapshot has none', () => {
  const state = fold([snapshot(20), { type: 'predictions', predictions: predictions.get(1)! }, snapshot(21)]);
  assert.deepEqual(state.predictions, predictions.get(1));
});

const misfits: { name: string; predictions: Predictions }[] = [
  {
    name: 'a row too few',
    predictions: { epoch: 1, labels: [0, 1], logits: Float32Array.of(0.5, 0.5), classCount: 2 },
  },
  {
    name: 'a label beyond the classes',
    predictions: { epoch: 1, labels: [2], logits: Float32Array.of(0.5, 0.5), classCount: 2 },
  },
  {
    name: 'another number of classes than the run',
    predictions: { epoch: 1, labels: [2], logits: Float32Array.of(0.2, 0.3, 0.5), classCount: 3 },
  },
];
for (const { name, predictions: misfit } of misfits)
  test(`reduce() rejects predictions with ${name}`, () => {
    const state = fold([snapshot(20), { type: 'predictions', predictions: misfit }]);
    assert.equal(state.predictions, null);
  });

const chosen = atProbability(0.31);

test('reduce() restores the threshold for the same run only', () => {
  const from = (restoredId: string) =>
    reduce(initialViewState({ ...plain, runId: restoredId, threshold: chosen }), snapshot(2)).threshold;
  assert.deepEqual(from(runId), chosen);
  assert.equal(from('20261122-091500-other-resnet18-0000'), null);
});

test('reduce() keeps a chosen threshold across snapshots of the run and drops it for another run', () => {
  const moved = fold([snapshot(2), { type: 'thresholdMoved', asked: { probability: 0.8 } }, snapshot(4)]);
  assert.deepEqual(moved.threshold, atProbability(0.8));
  const other = snapshot(0, { run: initialRunState('20261122-091500-other-resnet18-0000') });
  assert.equal(reduce(moved, other).threshold, null);
});

test('reduce() clamps the threshold to 0 and 1', () => {
  const to = (probability: number) =>
    fold([snapshot(2), { type: 'thresholdMoved', asked: { probability } }]).threshold?.probability;
  assert.deepEqual([to(-1), to(0.25), to(7)], [0, 0.25, 1]);
});

test('reduce() clears a stop request when the run has ended', () => {
  const end = events.length - 1;
  const asked = fold([snapshot(end), { type: 'stopRequested' }]);
  assert.equal(asked.stopRequested, true);
  assert.equal(reduce(asked, message(end)).stopRequested, false);
});

test("reduce() restores all of the user's choices, for the same run only", () => {
  const look = { smoothing: 0.6, logarithmic: ['loss' as const], epochs: [2.5, 6.5] as [number, number], values: {} };
  const restored = { runId, threshold: chosen, pickedClass: 1, pickedEpoch: 2, look };
  const at = snapshot(events.length);
  const state = reduce(initialViewState(restored), at);
  assert.deepEqual(
    [state.threshold, state.pickedClass, state.history.epoch, state.look, state.restored],
    [chosen, 1, 2, look, null],
  );
  const other = reduce(initialViewState({ ...restored, runId: '20261122-091500-other-resnet18-0000' }), at);
  assert.deepEqual([other.threshold, other.pickedClass, other.history.epoch, other.look], [null, 0, null, plainLook]);
});

test('reduce() does not restore an epoch or a class missing from the run', () => {
  const state = reduce(
    initialViewState({ ...plain, runId, threshold: null, pickedClass: 9, pickedEpoch: 99 }),
    snapshot(events.length),
  );
  assert.deepEqual([state.pickedClass, state.history.epoch], [1, null]);
});

const badStates: { name: string; state: object }[] = [
  { name: 'a smoothing beyond its range', state: { look: { ...plainLook, smoothing: 1 } } },
  { name: 'an empty range', state: { look: { ...plainLook, epochs: [5, 5] } } },
  { name: 'a range that is not finite', state: { look: { ...plainLook, epochs: [0, Number.POSITIVE_INFINITY] } } },
  { name: 'an unknown chart', state: { look: { ...plainLook, logarithmic: ['constructor'] } } },
  { name: 'an epoch before the first', state: { pickedEpoch: 0 } },
];
for (const { name, state } of badStates)
  test(`PanelState refuses ${name}`, () =>
    assert.equal(PanelState.safeParse({ runId, threshold: null, ...plain, ...state }).success, false));

test('PanelState accepts the stored state of an older version', () =>
  assert.deepEqual(PanelState.parse({ runId, threshold: 0.3 }), { runId, threshold: atProbability(0.3), ...plain }));

const of = (epoch: number) => predictions.get(epoch)!;
const answer = (epoch: number, found: Predictions | null = of(epoch)): Action => ({
  type: 'epochPredictions',
  epoch,
  predictions: found,
});
const pick = (epoch: number | null): Action => ({ type: 'epochPicked', epoch });
const epochs8 = snapshot(upToEpoch(events, 8).length);
const trained: Action[] = [epochs8, { type: 'predictions', predictions: of(8) }];

test('shownPredictions() are the newest until an epoch is picked, and again after it is unpicked', () => {
  const live = fold(trained);
  assert.deepEqual(shownPredictions(live), of(8));
  const picked = fold([pick(3), answer(3)], live);
  assert.deepEqual(shownPredictions(picked), of(3));
  const newer = fold([{ type: 'predictions', predictions: of(7) }], picked);
  assert.deepEqual(shownPredictions(newer), of(3));
  assert.deepEqual(shownPredictions(fold([pick(null)], newer)), of(7));
});

test('shownPredictions() stay those of the previous epoch until the picked ones have loaded', () => {
  assert.deepEqual(shownPredictions(fold([...trained, pick(3)])), of(8));
  const waiting = fold([...trained, pick(3), answer(3), pick(4)]);
  assert.deepEqual(shownPredictions(waiting), of(3));
  assert.deepEqual(shownPredictions(fold([answer(5)], waiting)), of(3));
  assert.deepEqual(shownPredictions(fold([answer(4)], waiting)), of(4));
});

test('reduce() treats predictions that do not fit the run as unreadable', () => {
  const state = fold([
    ...trained,
    pick(3),
    answer(3, { epoch: 3, labels: [0], logits: Float32Array.of(1), classCount: 1 }),
  ]);
  assert.equal(shownPredictions(state), null);
  assert.equal(state.history.known.get(3), null);
});

test('reduce() shows the newest epoch when a missing one is picked', () =>
  assert.equal(fold([...trained, pick(9)]).history.epoch, null));

test('reduce() discards everything after the epoch that a run is resumed from', () => {
  const problem = { code: 'overfitting', params: {} };
  const next = epochs8.nextSeq;
  const at = (seq: number, event: RunEvent): Action => ({ type: 'event', seq, event });
  const device = { name: 'CPU', engine: 'ONNX Runtime', threads: 4 };
  const state = fold([
    ...trained,
    at(next, { type: 'alarm', epoch: 4, problem }),
    at(next + 1, { type: 'alarm', epoch: 7, problem }),
    at(next + 2, { type: 'warning', problem }),
    pick(7),
    answer(7),
    answer(3),
    at(next + 3, { type: 'ended', reason: 'failed', problem, elapsedMs: 5 }),
    at(next + 4, { type: 'resumed', afterEpoch: 5, device, pid: 7, versions: {} }),
  ]);
  assert.deepEqual(
    state.run!.alarms.map(({ epoch }) => epoch),
    [4],
  );
  assert.deepEqual([state.run!.warnings, state.run!.problem, state.predictions], [[], null, null]);
  assert.deepEqual([[...state.history.known.keys()], state.history.epoch], [[3], null]);
});

test("reduce() applies the editor's state of the run", () => {
  const told = { ...standing, pauseRequested: true };
  assert.deepEqual(fold([snapshot(3), { type: 'standing', standing: told }]).standing, told);
});

test('shownThreshold() is the user’s, else the run’s, else 0.5', () => {
  const run = events.reduce(applyRunEvent, initialRunState(runId));
  const state = initialViewState();
  assert.deepEqual(shownThreshold(state), { probability: 0.5, logOdds: 0 });
  assert.equal(shownThreshold({ ...state, run }).probability, run.evaluation!.threshold);
  assert.deepEqual(shownThreshold({ ...state, run, threshold: atProbability(0) }), atProbability(0));
});
