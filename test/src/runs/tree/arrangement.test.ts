import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { noLabels } from '../../../../shared/contracts/labels.ts';
import { isBetterLow, metricNames, metricsOf } from '../../../../src/runs/metrics.ts';
import { isOpen, type Run } from '../../../../src/runs/runs.ts';
import {
  type Arrangement,
  arrange,
  arrangementFrom,
  durationMs,
  groupings,
  isFiltered,
  isMetric,
  listedStates,
  plainArrangement,
  sortedBy,
  sortKeys,
  stateOf,
  withoutFilter,
} from '../../../../src/runs/tree/arrangement.ts';
import { assertProperty } from '../../../support/property.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { runOf } from '../../support/runs.ts';

const xray = chestXrayRun();
const animals = animalsRun();
const first = runOf(xray.runId, xray.events);
const second = runOf(animals.runId, animals.events);
const third = runOf('20261124-080000-chest-xray-resnet50-0001', upToEpoch(xray.events, 2));

const idsBy = (runs: readonly Run[], change: Partial<Arrangement>): string[] =>
  arrange(runs, { ...plainArrangement, ...change }, 'en').groups.flatMap((group) => group.runs.map(({ id }) => id));

test('arrange() shows the newest run first, and reverses the order', () => {
  const runs = [first, third, second];
  assert.deepEqual(idsBy(runs, {}), [third.id, second.id, first.id]);
  assert.deepEqual(idsBy(runs, { descending: false }), [first.id, second.id, third.id]);
});

test('arrange() sorts by name with natural numbers, using the name a user gave', () => {
  const named = (run: Run, name: string): Run => ({ ...run, labels: { ...noLabels, name } });
  const runs = [named(first, 'try 10'), named(second, 'Try 9'), third];
  assert.deepEqual(idsBy(runs, { sortBy: 'name', descending: false }), [third.id, second.id, first.id]);
});

test('arrange() puts runs without the metric last, whichever way it sorts', () => {
  const high = { ...first, metrics: { 'test accuracy': 0.9 } };
  const low = { ...second, metrics: { 'test accuracy': 0.5 } };
  const none = { ...third, metrics: {} };
  const by = (descending: boolean) => idsBy([none, low, high], { sortBy: 'test accuracy', descending });
  assert.deepEqual(by(true), [high.id, low.id, none.id]);
  assert.deepEqual(by(false), [low.id, high.id, none.id]);
});

test('durationMs() is the time of all epochs when a run has no end', () => {
  const epochs = third.state.epochs;
  assert.equal(epochs.length, 2);
  assert.equal(third.state.elapsedMs, null);
  assert.equal(durationMs(third), epochs[0]!.elapsedMs + epochs[1]!.elapsedMs);
});

test('arrange() filters by every word in name, dataset, recipe, tag, note and id, in any case', () => {
  const labels = { ...noLabels, name: 'Warm Start', tags: ['pilot', 'to show'], note: 'half the rate' };
  const runs = [{ ...first, labels }, second];
  const found = (text: string) => idsBy(runs, { text }).length;
  assert.equal(found('warm start'), 1);
  assert.equal(found('START warm'), 1);
  assert.equal(found('#pilot half'), 1);
  assert.equal(found('#half'), 0);
  assert.equal(found('chest_xray'), 1);
  assert.equal(found('chest-xray'), 1); // its recipe
  assert.equal(found('animals'), 1);
  assert.equal(found('pets'), 0);
  assert.equal(found('  '), 2);
});

test('arrange() filters by state and star, and counts the running runs it hides', () => {
  const starred = { ...first, labels: { ...noLabels, starred: true } };
  const runs = [starred, second, third];
  assert.deepEqual(idsBy(runs, { states: ['running'] }), [third.id]);
  assert.deepEqual(idsBy(runs, { starredOnly: true }), [starred.id]);
  const { shownCount, totalCount, hiddenOpenCount } = arrange(runs, { ...plainArrangement, starredOnly: true }, 'en');
  assert.deepEqual([shownCount, totalCount, hiddenOpenCount], [1, 3, 1]);
});

test('arrange() groups by dataset path, state and recipe, with active runs first and unknown ones last', () => {
  const unknown = runOf('20261125-080000-pets-resnet18-0001', []);
  const keysBy = (groupBy: Arrangement['groupBy']) =>
    arrange([first, second, third, unknown], { ...plainArrangement, groupBy }, 'en').groups.map(({ key, runs }) => [
      key,
      runs.length,
    ]);
  assert.deepEqual(keysBy('none'), [[null, 4]]);
  assert.deepEqual(keysBy('dataset'), [
    [second.state.dataset, 1],
    [first.state.dataset, 2],
    [null, 1],
  ]);
  assert.deepEqual(keysBy('state'), [
    ['running', 1],
    ['queued', 1],
    ['finished', 2],
  ]);
  assert.deepEqual(keysBy('recipe'), [
    ['chest-xray', 2],
    ['photos', 1],
    [null, 1],
  ]);
});

const someRun = fc
  .record({
    at: fc.integer({ min: 0, max: 59 }),
    random: fc.integer({ min: 0, max: 65535 }),
    open: fc.boolean(),
    starred: fc.boolean(),
    name: fc.option(fc.constantFrom('a', 'b', 'é', 'A')),
    auroc: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ at, random, open, starred, name, auroc }): Run => {
    const two = String(at).padStart(2, '0');
    const id = `20261123-0915${two}-pets-resnet18-${random.toString(16).padStart(4, '0')}`;
    return {
      ...(open ? third : first),
      id,
      labels: { ...noLabels, starred, name },
      metrics: auroc === null ? {} : { 'test AUROC': auroc },
    };
  });
const someRuns = fc.uniqueArray(someRun, { selector: ({ id }) => id, maxLength: 30 });
const someArrangement = fc.record({
  groupBy: fc.constantFrom(...groupings),
  sortBy: fc.constantFrom(...sortKeys),
  descending: fc.boolean(),
  text: fc.constantFrom('', 'a', 'xray', '#x'),
  states: fc.subarray([...listedStates]),
  starredOnly: fc.boolean(),
});

test('arrange() is independent of input order, loses no run without a filter, and counts every running run', () => {
  assertProperty(
    fc.property(someRuns, someArrangement, fc.nat(), (runs, arrangement, seed) => {
      const shuffled = runs.toSorted(
        (a, b) => ((a.id.length * seed + a.id.charCodeAt(14)) % 7) - (b.id.charCodeAt(14) % 7),
      );
      const one = arrange(runs, arrangement, 'en');
      assert.deepEqual(arrange(shuffled, arrangement, 'en'), one);
      const shown = one.groups.flatMap((group) => group.runs);
      assert.equal(shown.length, one.shownCount);
      assert.ok(one.groups.every((group) => group.runs.length > 0));
      assert.equal(one.hiddenOpenCount + shown.filter(isOpen).length, runs.filter(isOpen).length);
      if (!isFiltered(arrangement)) assert.equal(shown.length, runs.length);
      assert.equal(arrange(runs, withoutFilter(arrangement), 'en').shownCount, runs.length);
    }),
  );
});

test('arrange() orders equal runs newest first, both ways', () => {
  assertProperty(
    fc.property(someRuns, fc.constantFrom(...sortKeys), fc.boolean(), (runs, sortBy, descending) => {
      const equal = runs.map((run): Run => ({ ...run, createdAt: first.createdAt, labels: noLabels, metrics: {} }));
      const newestFirst = equal
        .filter(isOpen)
        .map(({ id }) => id)
        .sort()
        .reverse();
      assert.deepEqual(idsBy(equal.filter(isOpen), { sortBy, descending }), newestFirst);
    }),
  );
});

test('sortedBy() starts with the better end and reverses when called again', () => {
  assert.equal(sortedBy(plainArrangement, 'test AUROC').descending, true);
  assert.equal(sortedBy(plainArrangement, 'val loss').descending, false);
  assert.equal(sortedBy(plainArrangement, 'name').descending, false);
  assert.equal(sortedBy(plainArrangement, 'start').descending, false);
});

test('arrangementFrom() reads whatever is valid of anything stored, and never throws', () => {
  assert.deepEqual(arrangementFrom({ groupBy: 'colour', sortBy: 'test AUROC', states: ['failed', 'x', 4] }), {
    ...plainArrangement,
    sortBy: 'test AUROC',
    states: ['failed'],
  });
  assertProperty(
    fc.property(fc.anything(), (stored) => {
      const read = arrangementFrom(stored);
      assert.deepEqual(arrangementFrom(JSON.parse(JSON.stringify(read))), read);
    }),
  );
});

test('stateOf() treats a starting run as waiting, whatever it was before', () => {
  assert.equal(stateOf({ ...first, phase: 'starting' }), 'queued');
  assert.equal(stateOf({ ...first, phase: 'unreadable' }), 'unreadable');
});

test('metricsOf() names the figures of the kept weights as the field does', () => {
  const { evaluation } = first.state;
  assert.equal(first.metrics['test AUROC'], evaluation!.test.auroc);
  assert.equal(first.metrics['val loss'], evaluation!.val.loss);
  assert.equal(first.metrics['test accuracy'], evaluation!.test.byHighestProbability.report.accuracy);
  assert.equal(first.metrics['test sensitivity'], evaluation!.test.byThreshold!.sensitivity);
  assert.equal(second.metrics['test sensitivity'], undefined, 'four classes have none');
  assert.deepEqual(Object.keys(third.metrics), ['val AUROC'], 'not evaluated: what the sidebar shows');
  assert.ok(metricNames.filter(isBetterLow).every((name) => name.endsWith('loss')) && metricNames.every(isMetric));
  assert.deepEqual(metricsOf({ evaluation: null }, null), {});
});
