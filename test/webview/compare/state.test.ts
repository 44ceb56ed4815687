import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { ComparePanelState, compareProtocol, type ToComparePanel } from '../../../shared/messages/compare.ts';
import {
  type CompareAction,
  initialCompareState,
  keptState,
  pairOf,
  reduceCompare,
  wantedPredictions,
} from '../../../webview/compare/state.ts';
import { memoryHost } from '../../../webview/page/host.ts';
import { chestState, compared, idOf, predictionsMessage, snapshotOf } from '../support/comparisons.ts';

const [a, b, c] = [
  compared({ index: 0, separation: 0.5 }),
  compared({ index: 1, separation: 2 }),
  compared({ index: 2, separation: 1.2 }),
] as const;
const after = (...actions: CompareAction[]) => actions.reduce(reduceCompare, initialCompareState());
const epoch = { type: 'epoch', ...chestState.epochs.at(-1)!, epoch: 99 } as RunEvent;
const eventOf = (seq: number, runId = a.run.id, event = epoch): ToComparePanel => ({
  type: 'event',
  seq,
  runId,
  event,
});
const epochsOf = (state: ReturnType<typeof after>, index: number) => state.runs![index]!.state.epochs.length;

test('an event changes only the run it names', () => {
  const before = after(snapshotOf([a, b]));
  const state = reduceCompare(before, eventOf(5, b.run.id));
  assert.equal(epochsOf(state, 1), epochsOf(before, 1) + 1);
  assert.equal(state.runs![0], before.runs![0]);
  assert.equal(state.nextSeq, 6);
});

test('an old event is ignored, and a gap requests a snapshot before any further event applies', () => {
  const live = after(snapshotOf([a, b]));
  assert.equal(reduceCompare(live, eventOf(4)), live);
  const waiting = reduceCompare(live, eventOf(7));
  assert.equal(waiting.sync, 'waiting');
  assert.equal(reduceCompare(waiting, eventOf(5)), waiting);
  assert.equal(reduceCompare(waiting, snapshotOf([a, b])).sync, 'live');
});

test('pairOf() selects the best two by test AUROC, in letter order, unless the user picked two', () => {
  const state = after(snapshotOf([a, b, c]));
  const areas = state.runs!.map((run) => run.state.evaluation!.test.auroc!);
  assert.ok(areas[0]! < areas[1]! && areas[0]! < areas[2]!, areas.join());
  const ids = (value: ReturnType<typeof pairOf>) => value?.map(({ id }) => id);
  assert.deepEqual(ids(pairOf(state)), [b.run.id, c.run.id]);
  const picked = reduceCompare(state, { type: 'pairPicked', pair: [c.run.id, a.run.id] });
  assert.deepEqual(ids(pairOf(picked)), [c.run.id, a.run.id]);
  const gone = reduceCompare(picked, snapshotOf([b, c]));
  assert.deepEqual(ids(pairOf(gone)), [b.run.id, c.run.id]);
  assert.equal(pairOf(after(snapshotOf([a]))), null);
});

test('the state requests test predictions once, for evaluated runs of the pair', () => {
  const running = { ...a, run: { ...a.run, state: { ...a.run.state, evaluation: null } } };
  assert.deepEqual(wantedPredictions(after(snapshotOf([running, b]))), [b.run.id]);
  const state = after(snapshotOf([a, b]));
  assert.deepEqual(wantedPredictions(state), [a.run.id, b.run.id]);
  const asked = reduceCompare(state, { type: 'predictionsAsked', runId: a.run.id });
  assert.deepEqual(wantedPredictions(asked), [b.run.id]);
  const here = [predictionsMessage(a), predictionsMessage(b)].reduce(reduceCompare, asked);
  assert.deepEqual(wantedPredictions(here), []);
});

test('a snapshot requests pending and failed predictions again, and keeps loaded ones', () => {
  const state = after(
    snapshotOf([a, b, c]),
    { type: 'predictionsAsked', runId: a.run.id },
    { type: 'testPredictions', runId: b.run.id, predictions: null },
    predictionsMessage(c),
    snapshotOf([a, b, c]),
  );
  assert.deepEqual(Object.keys(state.predictions), [c.run.id]);
});

test('a resumed run loses the predictions of its earlier end', () => {
  const resumed = {
    type: 'resumed',
    afterEpoch: 1,
    device: { name: 'CPU', engine: 'ONNX Runtime', threads: 4 },
    pid: 1,
    versions: {},
  } as RunEvent;
  const state = after(snapshotOf([a, b]), predictionsMessage(a), eventOf(5, a.run.id, resumed));
  assert.deepEqual(state.predictions, {});
  assert.deepEqual(wantedPredictions(state), [b.run.id]);
});

test('a run can be hidden and shown again', () => {
  const off = after(snapshotOf([a, b]), { type: 'runToggled', runId: b.run.id });
  assert.deepEqual(off.hidden, [b.run.id]);
  assert.deepEqual(reduceCompare(off, { type: 'runToggled', runId: b.run.id }).hidden, []);
});

test('keptState() passes its own schema with deleted runs, and is restored', () => {
  const state = after(
    snapshotOf([a, c], [idOf(0), idOf(1), idOf(2)]),
    { type: 'curvePicked', curve: 'trainLoss' },
    { type: 'logScaleSet', on: true },
    { type: 'pairPicked', pair: [c.run.id, a.run.id] },
  );
  const kept = ComparePanelState.parse(keptState(state));
  assert.deepEqual(kept.runIds, [idOf(0), idOf(1), idOf(2)]);
  const again = reduceCompare(initialCompareState(kept), snapshotOf([a, c], kept.runIds));
  assert.deepEqual({ ...again, predictions: {} }, { ...state, predictions: {} });
  assert.equal(keptState(initialCompareState()), undefined);
});

test('compareProtocol refuses invalid run ids, mismatched columns, and invalid restored states', () => {
  const host = memoryHost(compareProtocol);
  const refused: string[] = [];
  host.listen(
    () => assert.fail('must be refused'),
    (reason) => refused.push(reason),
  );
  host.post({ ...snapshotOf([a]), runIds: ['../../etc'] });
  const { relativePaths, ...columns } = a.predictions;
  host.post({ ...predictionsMessage(a), predictions: { ...columns, relativePaths: relativePaths.slice(1) } });
  assert.equal(refused.length, 2);
  assert.match(refused[1]!, /columns do not fit/);
  for (const odd of [null, {}, { runIds: [] }, { ...keptState(after(snapshotOf([a])))!, runIds: ['a/b'] }])
    assert.equal(memoryHost(compareProtocol, odd).restore(), undefined);
});
