import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookahead } from '../../../runner/batches/lookahead.ts';

const collect = async <T>(items: AsyncIterable<T>) => {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
};

test('lookahead() yields in order, whatever order its preparations finish in', async () => {
  const prepare = (n: number) => new Promise<number>((resolve) => setTimeout(() => resolve(n * 10), (5 - n) * 3));
  const out = await collect(lookahead([1, 2, 3, 4], 2, prepare));
  assert.deepEqual(
    out,
    [1, 2, 3, 4].map((n) => ({ item: n, prepared: n * 10 })),
  );
});

test('lookahead() prepares at most depth items ahead of the one in use', async () => {
  let started = 0;
  const seen: number[] = [];
  for await (const { item } of lookahead([1, 2, 3, 4, 5, 6], 2, async () => ++started)) {
    seen.push(started - item);
  }
  assert.ok(Math.max(...seen) <= 3, String(seen));
});

test('a rejection surfaces at its own item, after earlier items', async () => {
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const { item } of lookahead([1, 2, 3], 2, async (n) => {
      if (n === 2) throw new Error('second');
      return n;
    }))
      seen.push(item);
  }, /second/);
  assert.deepEqual(seen, [1]);
});
