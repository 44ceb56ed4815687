import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  askedThreshold,
  atLogOdds,
  atProbability,
  logitsFrom,
  logOddsRows,
  nothing,
  probabilityAt,
  softmaxRows,
  storedThreshold,
} from '../../../shared/contracts/scores.ts';
import { assertProperty } from '../../support/property.ts';

const float32 = fc.float({ min: -1e4, max: 1e4, noNaN: true });

test('logOddsRows() of two classes are the difference of the logits, exactly negated for the other class', () =>
  assertProperty(
    fc.property(float32, float32, (a, b) => {
      const [first, second] = logOddsRows([a, b], 2);
      assert.equal(second, b - a);
      assert.equal(first! + second!, 0);
    }),
  ));

test('logOddsRows() of three classes equal SciPy 1.17.1: z minus logsumexp of the others', () => {
  const close = (actual: Float64Array, expected: readonly number[]) =>
    expected.forEach((value, k) => {
      assert.ok(Math.abs(actual[k]! - value) < 1e-12 * Math.abs(value), `${actual[k]} here, ${value} in SciPy`);
    });
  close(logOddsRows([48, 50, 2], 3), [-2, 2, -48.12692801104297]);
  close(logOddsRows([55, 10, 54], 3), [1, -45.31326168751822, -1]);
});

test('logOddsRows() reproduce the probabilities of any number of classes, and stay finite at any size', () =>
  assertProperty(
    fc.property(fc.array(float32, { minLength: 2, maxLength: 6 }), (row) => {
      const logOdds = logOddsRows(row, row.length);
      softmaxRows(row, row.length).forEach((p, k) => {
        assert.ok(Number.isFinite(logOdds[k]!));
        assert.ok(Math.abs(probabilityAt(logOdds[k]!) - p) < 1e-12);
      });
    }),
  ));

test('a threshold equal to an image’s probability keeps that image on its side, however the probability was rounded', () =>
  assertProperty(
    fc.property(
      fc.float({ min: -60, max: 60, noNaN: true }),
      fc.float({ min: -33, max: 33, noNaN: true }),
      (z, gap) => {
        const logits = [z, Math.fround(z + gap)];
        const threshold = storedThreshold(softmaxRows(logits, 2)[1]!, null);
        const [, own] = logOddsRows(logits, 2);
        assert.ok(own! >= threshold.logOdds);
        const slack = Math.abs(own!) < 20 ? 1e-4 : 1;
        assert.ok(own! - threshold.logOdds < slack, `${own} and ${threshold.logOdds}`);
        // A file of an older version, with probabilities alone.
        assert.ok(logOddsRows(logitsFrom(softmaxRows(logits, 2)), 2)[1]! >= threshold.logOdds);
      },
    ),
  ));

test('thresholds at the ends decide all or nothing, and are representable in JSON', () => {
  assert.ok(atProbability(0).logOdds < -1e300);
  assert.ok(nothing.logOdds > 1e300);
  assert.ok(askedThreshold({ probability: -3 }, 2).logOdds < -1e300);
  for (const each of [atProbability(0), nothing, askedThreshold({ probability: 0 }, 1000), atLogOdds(700)])
    assert.deepEqual(JSON.parse(JSON.stringify(each)), each);
  assert.deepEqual([atLogOdds(45).probability, atLogOdds(41).probability], [1, 1]);
});

test('askedThreshold() reads a probability on the displayed scale, and keeps log-odds unchanged', () => {
  assert.deepEqual(askedThreshold({ logOdds: 3 }, 2), { probability: probabilityAt(1.5), logOdds: 3 });
  const asked = askedThreshold({ probability: 0.8 }, 2);
  assert.equal(asked.probability, 0.8);
  assert.ok(Math.abs(asked.logOdds - 2 * Math.log(4)) < 1e-12);
});
