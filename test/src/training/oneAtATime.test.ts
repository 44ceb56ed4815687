import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { oneAtATime } from '../../../src/training/oneAtATime.ts';

/** Work that ends when the test says so. */
function slowWork() {
  let end = (): void => {};
  let fail = (_: Error): void => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const slow = {
    begun: 0,
    work: () => {
      slow.begun += 1;
      return ended;
    },
    end,
    fail,
  };
  return slow;
}

test('oneAtATime() begins no work beside another, and waits for that one instead', async () => {
  const [first, second] = [slowWork(), slowWork()];
  const alone = oneAtATime();
  const ended: string[] = [];
  const calls = [
    alone(first.work).then(() => ended.push('first')),
    alone(second.work).then(() => ended.push('second')),
  ];
  await turn();
  assert.deepEqual([first.begun, second.begun, ended], [1, 0, []]);
  first.end();
  await Promise.all(calls);
  assert.deepEqual([second.begun, ended.toSorted()], [0, ['first', 'second']]);
});

test('oneAtATime() begins new work after the last has ended or failed', async () => {
  const alone = oneAtATime();
  let count = 0;
  await alone(async () => void (count += 1));
  await assert.rejects(
    alone(async () => {
      throw new Error('full');
    }),
    /full/,
  );
  await alone(async () => void (count += 1));
  assert.equal(count, 2);
});

test('oneAtATime() reports a failure once, to the call that began the work', async () => {
  const slow = slowWork();
  const alone = oneAtATime();
  const calls = [alone(slow.work), alone(slow.work)];
  slow.fail(new Error('full'));
  const outcomes = await Promise.allSettled(calls);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  );
});
