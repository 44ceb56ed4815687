import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTurns } from '../../../runner/images/turns.ts';

test('Exclusive work runs beside no other, and everything runs once', async () => {
  const turns = createTurns(60_000);
  let running = 0;
  let done = 0;
  const busiest = { shared: 0, alone: 0 };
  const work = (kind: 'shared' | 'alone') => async () => {
    running++;
    busiest[kind] = Math.max(busiest[kind], running);
    await delay(1);
    running--;
    done++;
  };
  await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      await delay(i % 7);
      const kind = i % 5 === 0 ? 'alone' : 'shared';
      await turns[kind](work(kind));
    }),
  );
  assert.equal(done, 60);
  assert.equal(busiest.alone, 1);
  assert.ok(busiest.shared > 1);
});

test('Failing work lets the next start', async () => {
  const turns = createTurns(60_000);
  const fail = () => Promise.reject(new Error('broken'));
  const results = await Promise.allSettled([turns.shared(fail), turns.alone(fail), turns.shared(fail)]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.equal(await turns.alone(async () => 'next'), 'next');
});

test('Work that never ends delays the next for no longer than the time limit', async () => {
  const turns = createTurns(20);
  const never = () => new Promise<never>(() => {});
  void turns.shared(never);
  assert.equal(await turns.alone(async () => 'alone'), 'alone');
  void turns.alone(never);
  assert.equal(await turns.shared(async () => 'shared'), 'shared');
});
