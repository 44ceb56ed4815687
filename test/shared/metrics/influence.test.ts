// The influence of images against its definition: slightly increased weights, and omitted images.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  aurocInfluence,
  averagePrecisionBias,
  averagePrecisionInfluence,
  standardError,
} from '../../../shared/metrics/influence.ts';
import { averagePrecision } from '../../../shared/metrics/precisionRecall.ts';
import { auroc, cumulate } from '../../../shared/metrics/roc.ts';
import { assertProperty } from '../../support/property.ts';

/** Ties are common; at least two images of each class. */
const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.nat(6)), { minLength: 4, maxLength: 24 })
  .map((rows) => ({ labels: rows.map(([label]) => label), scores: rows.map(([, score]) => score / 6) }))
  .filter(({ labels }) => [0, 1].every((side) => labels.filter((label) => label === side).length >= 2));

const copies = 400;

for (const [name, influenceOf, plain] of [
  ['aurocInfluence', aurocInfluence, auroc],
  ['averagePrecisionInfluence', averagePrecisionInfluence, averagePrecision],
] as const)
  test(`${name}() equals the effect of one more copy of an image, up to a constant of its class`, () =>
    assertProperty(
      fc.property(scored, ({ labels, scores }) => {
        const influence = influenceOf(cumulate(labels, scores), labels);
        // Every image many times, so that one more copy is a small change; by the difference between two images of a class.
        const many = <T>(values: readonly T[]) => values.flatMap((value) => Array<T>(copies).fill(value));
        const base = { labels: many(labels), scores: many(scores) };
        const moved = (i: number) => plain([...base.labels, labels[i]!], [...base.scores, scores[i]!])! * copies;
        for (const side of [0, 1]) {
          const [first, ...others] = labels.flatMap((label, i) => (label === side ? [i] : []));
          for (const other of others.slice(0, 2)) {
            const expected = moved(first!) - moved(other);
            const actual = influence[first!]! - influence[other]!;
            assert.ok(Math.abs(actual - expected) < 0.01, `${actual} here, ${expected} by copies`);
          }
        }
      }),
      { numRuns: 25 },
    ));

test('averagePrecisionBias() equals the jackknife’s, from average precisions that leave one image out', () =>
  assertProperty(
    fc.property(scored, ({ labels, scores }) => {
      const area = averagePrecision(labels, scores)!;
      const without = (i: number) => averagePrecision(labels.toSpliced(i, 1), scores.toSpliced(i, 1))!;
      let bias = 0;
      for (const side of [0, 1]) {
        const members = labels.flatMap((label, i) => (label === side ? [i] : []));
        const mean = members.reduce((sum, i) => sum + without(i), 0) / members.length;
        bias += (members.length - 1) * (mean - area);
      }
      const actual = averagePrecisionBias(cumulate(labels, scores), area);
      assert.ok(Math.abs(actual - bias) < 1e-10, `${actual} here, ${bias} by leaving out`);
    }),
  ));

test('standardError() sums the variances within classes, and a class of one image adds none', () => {
  // Class 0: 1, 3 (variance 2, two images). Class 1: one image. 2·2 = 4.
  assert.equal(standardError([Float64Array.of(1, 7, 3)], [0, 1, 0]), 2);
  // Twice the first less the second: 2·1 − 2 = 0, 2·3 − 0 = 6: variance 18, two images.
  assert.equal(standardError([Float64Array.of(1, 7, 3), Float64Array.of(2, 1, 0)], [0, 1, 0], [2, -1]), 6);
  assert.equal(standardError([Float64Array.of(5, 5)], [0, 0]), 0);
});
