// A container and its host share a runs folder: a process number of one means nothing, or another process, to the other. The run
// starts in its own PID namespace, as in a container, and is read from outside.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestOf } from '../../runner/run/requests.ts';
import { listRuns } from '../../runner/store/listRuns.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { readRun } from '../../shared/runFolder/readRun.ts';
import { attackedSetup, leftIn, resumed, runId, startAttacked } from './support/attackedRun.ts';

const container = ['unshare', '--pid', '--fork', '--mount-proc'];
const skip = ((): false | string => {
  try {
    execFileSync(container[0]!, [...container.slice(1), 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'no PID namespace may be made here'; // not Linux, not root, or a container that forbids it
  }
})();

test('A run in another PID namespace is listed as running, cannot be resumed from outside, and stops by its stop file', {
  skip,
}, async () => {
  const setup = await attackedSetup();
  const [runs, cache] = [join(setup.root, 'runs'), join(setup.root, 'cache')];
  const folder = join(runs, runId);
  const { child, ended } = startAttacked(
    setup,
    { runs: 'runs', cache: 'cache' },
    {},
    {
      before: container,
      sets: ['stages.0.epochs=10000'],
    },
  );
  try {
    let over = false;
    void ended.then(() => (over = true));
    for (;;) {
      assert.ok(!over, 'the run ended before its first epoch');
      const [run] = await listRuns(runs);
      if (run?.state?.epochs.length) break;
      await sleep(50);
    }
    // Its own number, 1 or so, is another process outside.
    const [run] = await listRuns(runs);
    assert.deepEqual([run!.problem, run!.state?.status], [null, 'running']);
    const before = await readFile(join(folder, 'events.jsonl'));
    await assert.rejects(
      resumed(setup, folder, cache),
      (error) => error instanceof UserError && error.code === 'runElsewhere',
    );
    const after = await readFile(join(folder, 'events.jsonl'));
    assert.deepEqual(after.subarray(0, before.length), before);
    await requestOf('stop', folder);
    const { code, output } = await ended;
    assert.equal(code, 0, output);
  } finally {
    child.kill('SIGKILL');
  }
  const { state, health } = await readRun(folder);
  assert.equal(state.status, 'stopped');
  assert.deepEqual([health.skipped, health.gaps, health.unknown, health.tornTail], [0, 0, 0, false]);
  assert.deepEqual(await leftIn(runs, cache), []);
});
