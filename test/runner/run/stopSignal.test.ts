import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopSignal } from '../../../runner/run/stopSignal.ts';

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

test('stopSignal() follows the caller and the stop request, and survives a folder that cannot be read', async () => {
  const caller = new AbortController();
  const byCaller = stopSignal(async () => false, caller.signal, 1);
  caller.abort();
  assert.ok(byCaller.signal.aborted);
  byCaller.end();

  let looks = 0;
  const byFile = stopSignal(
    async () => {
      looks++;
      if (looks < 3) throw new Error('EIO');
      return true;
    },
    new AbortController().signal,
    1,
  );
  await aborted(byFile.signal);
  assert.equal(looks, 3);
  byFile.end();
});
