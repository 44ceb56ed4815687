import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answersOf,
  largestDifference,
  mostDifference,
  refuseIfOtherwise,
} from '../../../../runner/classification/evaluation/recordedAnswers.ts';
import { UserError } from '../../../../shared/contracts/errors.ts';

const recorded = answersOf(['a', 'b'], [0, 0, 0, Math.log(3)], 2); // 0.5 0.5, 0.25 0.75

test('largestDifference() names the image whose probabilities differ most, among the images in both lists', () => {
  const seen = answersOf(['b', 'a', 'c'], [0, Math.log(4), 0, 0.0001, 9, 0], 2); // 0.2 0.8
  const found = largestDifference(recorded, seen);
  assert.equal(found?.relativePath, 'b');
  assert.ok(Math.abs(found.difference - 0.05) < 1e-12);
  assert.equal(largestDifference(recorded, answersOf(['c'], [1, 2], 2)), null);
  assert.equal(largestDifference(recorded, answersOf(['a'], [Number.NaN, 0], 2))?.difference, Number.POSITIVE_INFINITY);
});

test('refuseIfOtherwise() tolerates rounding and refuses larger differences, NaN included', () => {
  refuseIfOtherwise('r', null, mostDifference);
  refuseIfOtherwise('r', { relativePath: 'a', difference: 1e-4 }, mostDifference);
  for (const difference of [1.01e-4, Number.POSITIVE_INFINITY, Number.NaN])
    assert.throws(
      () => refuseIfOtherwise('r', { relativePath: 'a', difference }, mostDifference),
      (error) => error instanceof UserError && error.code === 'weightsAnswerOtherwise',
    );
});
