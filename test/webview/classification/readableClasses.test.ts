import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  blocksOf,
  mostClasses,
  readableLabels,
  wrongOf,
  wrongWithin,
} from '../../../webview/classification/readableClasses.ts';

const emptyMatrix = (classCount: number): number[][] =>
  Array.from({ length: classCount }, () => Array<number>(classCount).fill(0));

test('readableLabels() returns every class of a matrix that is readable whole, whatever is selected', () => {
  const all = Array.from({ length: mostClasses }, (_, label) => label);
  for (const choice of ['confused', 0, 7] as const)
    assert.deepEqual(readableLabels(emptyMatrix(mostClasses), choice), all);
  assert.deepEqual(blocksOf(mostClasses), []);
});

test('readableLabels() returns the classes with the most confusions on either side, in class order, ignoring correct decisions', () => {
  const matrix = emptyMatrix(100);
  for (let label = 0; label < 100; label++) matrix[label]![label] = 1000;
  // 39 confusions of 60 to 98 with class 99 alone, and one of 3 with 5: 99 has most, then the others by their place.
  for (let label = 60; label < 99; label++) matrix[label]![99] = 2;
  matrix[3]![5] = 1;
  assert.deepEqual(
    readableLabels(matrix, 'confused'),
    Array.from({ length: 40 }, (_, i) => 60 + i),
  );
  matrix[3]![5] = 3;
  assert.deepEqual(readableLabels(matrix, 'confused'), [3, 5, ...Array.from({ length: 37 }, (_, i) => 60 + i), 99]);
});

test('the blocks contain every class once, so that any cell can be shown', () => {
  const matrix = emptyMatrix(501);
  const drawn = blocksOf(501).flatMap((first) => readableLabels(matrix, first));
  assert.deepEqual(
    drawn,
    matrix.map((_, label) => label),
  );
});

test('wrongOf() counts the wrong decisions of a matrix, wrongWithin() those in the displayed cells', () => {
  const matrix = [
    [5, 1, 2],
    [3, 5, 0],
    [4, 0, 5],
  ];
  assert.equal(wrongOf(matrix), 10);
  assert.equal(wrongWithin(matrix, [0, 1, 2], [0, 1, 2]), 10);
  assert.equal(wrongWithin(matrix, [0], [0, 2]), 2);
  assert.equal(wrongWithin(matrix, [1, 2], [0]), 7);
});
