import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { processStartedAt } from '../../../../shared/processes/processIdentity.ts';
import { isCertainly } from '../../../../src/runs/index/liveness.ts';

test('isCertainly() identifies a process by its start, and is false for an earlier one, an unknown start or an ended process', async (t) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  t.after(() => child.kill());
  await once(child, 'spawn');
  const startedAt = await processStartedAt(child.pid!);
  assert.ok(startedAt !== undefined);
  assert.equal(await isCertainly(child.pid!, startedAt), true);
  assert.equal(await isCertainly(child.pid!, startedAt - 60_000), false);
  assert.equal(await isCertainly(child.pid!, null), false);
  child.kill();
  await once(child, 'exit');
  assert.equal(await isCertainly(child.pid!, startedAt), false);
});
