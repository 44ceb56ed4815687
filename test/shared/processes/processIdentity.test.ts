import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { isSameProcessAlive, processStartedAt } from '../../../shared/processes/processIdentity.ts';

test('processStartedAt() gives the start of this process to about a second', async () => {
  const startedAt = await processStartedAt(process.pid);
  assert.ok(startedAt !== undefined);
  assert.ok(Math.abs(startedAt - performance.timeOrigin) < 3000, `${startedAt} is not near ${performance.timeOrigin}`);
});

test('isSameProcessAlive() distinguishes a living process, a later one of its number, and a dead one', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  const startedAt = await processStartedAt(child.pid!);
  assert.ok(startedAt !== undefined);
  assert.equal(await isSameProcessAlive(child.pid!, startedAt), true);
  assert.equal(await isSameProcessAlive(child.pid!, undefined), true);
  assert.equal(await isSameProcessAlive(child.pid!, startedAt - 10_000), false);
  child.stdin.end();
  await once(child, 'exit');
  assert.equal(await isSameProcessAlive(child.pid!, startedAt), false);
  assert.equal(await processStartedAt(child.pid!), undefined);
});
