import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressReporter } from '../../../runner/run/progress.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';

test('progressReporter() records at most one event a second, and every change of phase or epoch at once', () => {
  const seen: RunEvent[] = [];
  let nowMs = 0;
  const report = progressReporter(
    async (event) => {
      seen.push(event);
    },
    () => nowMs,
  );
  for (let i = 0; i < 100; i++) {
    report({ phase: 'training', done: i, total: 100, epoch: 1 });
    nowMs += 100;
  }
  report({ phase: 'validating', done: 1, total: 10, epoch: 1 });
  report({ phase: 'training', done: 1, total: 100, epoch: 2 });
  assert.equal(seen.length, 12);
});

test('progressReporter() throws the error of a failed write at the next report', async () => {
  const report = progressReporter(async () => {
    throw new Error('disk full');
  });
  report({ phase: 'training', done: 1, total: 100 });
  await new Promise((resolve) => setImmediate(resolve));
  assert.throws(() => report({ phase: 'training', done: 2, total: 100 }), /disk full/);
});
