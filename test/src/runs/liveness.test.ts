import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { isGone, type ProcessState, processState } from '../../../src/runs/liveness.ts';

const runId = '20261123-091500-pets-resnet18-1a2b';
const waiting = ['-e', 'setInterval(() => {}, 1000)', '--'];

test('processState() knows a runner by the run id in its command line', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const child = spawn(process.execPath, [...waiting, `--run-id=${runId}`]);
  t.after(() => child.kill());
  await once(child, 'spawn');
  assert.equal(await processState(child.pid!, runId), 'alive');
  assert.equal(await processState(child.pid!, '20261123-091500-pets-resnet18-ffff'), 'unsure');
});

test('processState() knows that an ended process is gone', async () => {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  assert.equal(await processState(child.pid!, runId), 'gone');
});

const cases: [state: ProcessState, heartbeatAgeMs: number, gone: boolean][] = [
  ['alive', 3_600_000, false],
  ['gone', 1_000, false],
  ['gone', 11_000, true],
  ['unsure', 60_000, false],
  ['unsure', 601_000, true],
];
for (const [state, age, gone] of cases)
  test(`isGone() is ${gone} for a process that is ${state} and a log that is silent for ${age / 1000} s`, () => {
    assert.equal(isGone(state, age), gone);
  });
