import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Predictions } from '../../../shared/messages/run.ts';
import {
  noHistory,
  type PredictionHistory,
  picked,
  remembered,
  trimmed,
  wanted,
} from '../../../webview/run/predictionHistory.ts';
import { assertProperty } from '../../support/property.ts';

const of = (epoch: number, images = 1): Predictions => ({
  epoch,
  labels: Array(images).fill(0),
  logits: new Float32Array(2 * images).fill(0.5),
  classCount: 2,
});
const after = (epochs: readonly number[], images?: number): PredictionHistory =>
  epochs.reduce((history, epoch) => remembered(history, epoch, of(epoch, images)), noHistory);

test('wanted() is the picked epoch until its predictions have loaded or failed', () => {
  const asked = picked(noHistory, 3, of(9));
  assert.equal(wanted(noHistory), null);
  assert.equal(wanted(asked), 3);
  assert.equal(wanted(remembered(asked, 2, of(2))), 3);
  assert.equal(wanted(remembered(asked, 3, of(3))), null);
  assert.equal(wanted(remembered(asked, 3, null)), null);
});

test('remembered() keeps at most fifty epochs, the most recently used', () => {
  const epochs = Array.from({ length: 60 }, (_, i) => i + 1);
  const history = picked(after(epochs.slice(0, 50)), 1, null);
  const later = epochs.slice(50).reduce((known, epoch) => remembered(known, epoch, of(epoch)), history);
  assert.deepEqual([...later.known.keys()], [...epochs.slice(10, 50), 1, ...epochs.slice(50)].slice(-50));
});

test('remembered() keeps few epochs of a large dataset, and always the newest', () => {
  assert.deepEqual([...after([1, 2, 3], 300_000).known.keys()], [2, 3]);
  assert.deepEqual([...after([1, 2], 1_000_000).known.keys()], [2]);
});

test('a picked epoch that is loaded appears at once', () => {
  const history = picked(after([1, 2]), 2, of(9));
  assert.deepEqual(history.shown, of(2));
  assert.deepEqual(picked(history, 1, null).shown, of(1));
  assert.equal(picked(history, null, of(9)).shown, null);
});

test('trimmed() keeps the epochs up to the given one, and lets later ones load again', () => {
  assertProperty(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 40 })), fc.integer({ min: 0, max: 40 }), (epochs, last) => {
      const history = trimmed(after(epochs), last);
      assert.deepEqual(
        [...history.known.keys()],
        epochs.filter((epoch) => epoch <= last),
      );
      assert.ok(history.answers > after(epochs).answers);
    }),
  );
});
