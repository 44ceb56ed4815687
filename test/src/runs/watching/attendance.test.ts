import assert from 'node:assert/strict';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '../../../../shared/contracts/events.ts';
import { files } from '../../../../shared/contracts/run.ts';
import type { Run } from '../../../../src/runs/runs.ts';
import { attendRuns } from '../../../../src/runs/watching/attendance.ts';
import { chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { runOf, temporaryFolder } from '../../support/runs.ts';

const xray = chestXrayRun();
const early = new Date('2026-11-23T09:00:00Z');
const now = new Date('2026-11-23T09:15:00Z');

/** A run in its own folder; the test triggers the timer. */
async function setting(t: TestContext, events: readonly RunEvent[] = upToEpoch(xray.events, 1)) {
  const folder = join(await temporaryFolder(t), 'run');
  await mkdir(folder);
  const errors: unknown[] = [];
  let tick = (): void => assert.fail('the timer was not started');
  let runs: readonly Run[] = [runOf(xray.runId, events, { folder })];
  const attending = attendRuns({
    runs: () => runs,
    onError: (error) => errors.push(error),
    now: () => now,
    every(work) {
      tick = work;
      return () => {
        tick = () => {};
      };
    },
  });
  const file = join(folder, files.attended);
  const touchedAt = async () => (await stat(file)).mtime;
  return {
    folder,
    file,
    errors,
    touchedAt,
    tick: () => tick(),
    dispose: attending.dispose,
    set: (next: readonly Run[]) => {
      runs = next;
    },
  };
}

const makeEarly = async (file: string): Promise<void> => {
  await writeFile(file, '');
  await utimes(file, early, early);
};

test('attendRuns() touches the file of an open run at every check', async (t) => {
  const { file, touchedAt, tick, errors } = await setting(t);
  for (let i = 0; i < 2; i++) {
    await makeEarly(file);
    tick();
    while ((await touchedAt()).getTime() !== now.getTime()) await sleep(5);
  }
  assert.deepEqual(errors, []);
});

test('attendRuns() creates no file, because a run that may outlive its windows has none', async (t) => {
  const { folder, tick, errors } = await setting(t);
  tick();
  await sleep(50);
  assert.deepEqual(await readdir(folder), []);
  assert.deepEqual(errors, []);
});

test('attendRuns() leaves ended runs alone, and all runs once it is disposed', async (t) => {
  const { file, touchedAt, tick, dispose, set } = await setting(t, xray.events);
  await makeEarly(file);
  tick();
  await sleep(50);
  assert.deepEqual(await touchedAt(), early);
  set([]);
  dispose();
  tick();
  await sleep(50);
  assert.deepEqual(await touchedAt(), early);
});
