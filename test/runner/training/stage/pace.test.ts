import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from '../../../../runner/training/stage/pace.ts';

test('createPace() estimates the time left from the work done, whatever the number of images', () => {
  let nowMs = 0;
  const pace = createPace(1000, () => nowMs);
  assert.equal(pace.etaMs, null);
  for (let i = 0; i < 4; i++) {
    nowMs += 1000;
    pace.advance(100, 5);
  }
  assert.equal(pace.imagesPerSecond, 5);
  assert.equal(pace.etaMs, 6000);
  pace.skip(300);
  assert.equal(pace.etaMs, 3000);
});

test('createPace() adapts to a change of speed within its window', () => {
  let nowMs = 0;
  const pace = createPace(1e6, () => nowMs);
  for (let i = 0; i < 100; i++) {
    nowMs += 1000;
    pace.advance(10, 1);
  }
  for (let i = 0; i < 30; i++) {
    nowMs += 1000;
    pace.advance(20, 2);
  }
  assert.equal(pace.imagesPerSecond, 2);
});

test('createPace() still estimates the speed when single batches exceed its window', () => {
  let nowMs = 0;
  const pace = createPace(1e6, () => nowMs);
  for (let i = 0; i < 30; i++) {
    nowMs += 60_000;
    pace.advance(600, 32);
  }
  assert.ok(Math.abs(pace.imagesPerSecond! - 32 / 60) < 1e-9);
});
