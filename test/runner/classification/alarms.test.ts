import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alarmsOf, type Curves, newAlarms } from '../../../runner/classification/alarms.ts';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { normal, stream } from '../../../shared/random.ts';
import { assertProperty } from '../../support/property.ts';
import { animalsRun, chestXrayRun } from '../../webview/support/transcripts.ts';

interface Made {
  readonly train?: readonly (number | null)[];
  readonly val: readonly (number | null)[];
  readonly recalls?: readonly (readonly number[])[];
  readonly sizes?: readonly number[];
}

function curves({ val, train, recalls, sizes = [200, 200] }: Made): Curves {
  const classNames = sizes.map((_, label) => `class ${label}`);
  const epochs = val.map((loss, i) => ({
    epoch: i + 1,
    metrics: {
      train: { loss: train ? train[i]! : 0.5, accuracy: 0.8, auroc: 0.8 },
      val: {
        loss,
        accuracy: 0.9,
        auroc: 0.8,
        auprc: 0.8,
        sensitivity: 0.8,
        specificity: 0.8,
        recallPerClass: [...(recalls?.[i] ?? sizes.map(() => 0.8))],
      },
    },
  }));
  return { epochs, classNames, counts: { train: [...sizes], val: [...sizes], test: [...sizes] } };
}
const codes = (made: Made) => alarmsOf(curves(made)).map(({ code }) => code);

test('alarmsOf() reports overfitting, and since when, if the validation loss rises while the training loss falls', () => {
  const train = [0.6, 0.5, 0.42, 0.35, 0.28, 0.22, 0.17, 0.13, 0.1];
  const val = [0.6, 0.52, 0.47, 0.46, 0.48, 0.53, 0.6, 0.68, 0.77];
  const [alarm] = alarmsOf(curves({ train, val }));
  assert.equal(alarm?.code, 'alarmOverfitting');
  assert.equal(alarm?.params.since, 4);
});

test('alarmsOf() reports overfitting for a noisy flat validation loss in at most one of a hundred runs', () => {
  const runs = Array.from({ length: 300 }, (_, run) => {
    const random = stream(run, 'flat');
    const val = Array.from({ length: 10 }, () => 0.4 * Math.exp(0.1 * normal(random)));
    return codes({ val, train: val.map((_, i) => 0.5 - 0.04 * i) }).includes('alarmOverfitting');
  });
  assert.ok(runs.filter(Boolean).length <= 3, `${runs.filter(Boolean).length} of 300`);
});

test('alarmsOf() reports divergence when the training loss has doubled and exceeds its starting value', () => {
  assert.deepEqual(codes({ train: [0.6, 0.5, 1.1], val: [0.6, 0.55, 0.9] }), ['alarmDiverging']);
  assert.deepEqual(codes({ train: [0.6, 0.5, null], val: [0.6, 0.55, 0.9] }), ['alarmDiverging']);
  assert.deepEqual(codes({ train: [0.01, 0.005, 0.02], val: [0.1, 0.1, 0.1] }), [], 'far below guessing');
});

test('alarmsOf() reports when every image is predicted as one class for two epochs', () => {
  const val = [0.7, 0.7, 0.7];
  const one = [0, 1];
  const both = [0.7, 0.8];
  assert.deepEqual(codes({ val, recalls: [both, one, one], sizes: [100, 300] }), ['alarmOneClass']);
  const [alarm] = alarmsOf(curves({ val, recalls: [both, one, one], sizes: [100, 300] }));
  assert.deepEqual(alarm?.params, { className: 'class 1', percent: 75 });
  assert.deepEqual(codes({ val, recalls: [one, one, both] }), [], 'it has passed');
  assert.deepEqual(codes({ val, recalls: [both, both, one] }), [], 'one epoch says little');
});

test('alarmsOf() adds the Wilson interval to figures from few validation images', () => {
  const [alarm] = alarmsOf(curves({ val: [0.5], sizes: [15, 15] }));
  assert.equal(alarm?.code, 'alarmSmallValidation');
  // statsmodels.stats.proportion.proportion_confint(27, 30, method='wilson')
  assert.deepEqual(alarm?.params, { count: 30, value: '0.90', low: '0.74', high: '0.97' });
  assert.equal(alarmsOf(curves({ val: [0.5], sizes: [190, 12] }))[0]?.code, 'alarmSmallClass');
  assert.deepEqual(codes({ val: [0.5], sizes: [190, 110] }), []);
});

test('newAlarms() reports an alarm once, and again only after it has cleared and returned', () => {
  const one = [0, 1];
  const both = [0.7, 0.8];
  const recalls = [one, one, one, both, one, one];
  const told = recalls.map((_, i) => {
    const known = recalls.slice(0, i + 1);
    return newAlarms(curves({ val: known.map(() => 0.7), recalls: known })).length;
  });
  assert.deepEqual(told, [0, 1, 0, 0, 0, 1]);
});

test('alarmsOf() raises no alarm for the curves of good runs', () => {
  for (const { events } of [chestXrayRun(), animalsRun()]) {
    const state = events.reduce(applyRunEvent, initialRunState(''));
    for (let epoch = 1; epoch <= state.epochs.length; epoch++) {
      const found = alarmsOf({ ...state, epochs: state.epochs.slice(0, epoch) }).map(({ code }) => code);
      assert.deepEqual(
        found.filter((code) => code !== 'alarmSmallValidation' && code !== 'alarmSmallClass'),
        [],
        `epoch ${epoch}`,
      );
    }
  }
});

test('alarmsOf() accepts any curve', () => {
  const loss = fc.option(fc.double({ min: 0, max: 50, noNaN: true }));
  const row = fc.tuple(
    loss,
    loss,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  assertProperty(
    fc.property(fc.array(row, { maxLength: 40 }), fc.nat(500), fc.nat(500), (rows, a, b) => {
      const made = {
        train: rows.map(([t]) => t),
        val: rows.map(([, v]) => v),
        recalls: rows.map(([, , first, second]) => [first, second]),
        sizes: [a, b],
      };
      for (const { params } of alarmsOf(curves(made)))
        for (const value of Object.values(params)) assert.doesNotMatch(String(value), /NaN|Infinity|undefined/);
    }),
  );
});
