import assert from 'node:assert/strict';
import { appendFile, mkdir, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { RunEvent } from '../../../../shared/contracts/events.ts';
import { files } from '../../../../shared/contracts/run.ts';
import { applyRunEvent, initialRunState } from '../../../../shared/contracts/runState.ts';
import { RunTail } from '../../../../src/runs/index/runTail.ts';
import { assertProperty } from '../../../support/property.ts';
import { epochEvent, runId, storyOfARun } from '../../../support/storyOfARun.ts';
import { logOf, temporaryFolder } from '../../support/runs.ts';

const [started, ...others] = storyOfARun(4711) as [Extract<RunEvent, { type: 'started' }>, ...RunEvent[]];
const events = [started, ...others];
const resumed: RunEvent = { type: 'resumed', afterEpoch: 1, device: started.device, pid: 9, versions: {} };
const foldOf = (told: readonly RunEvent[]) => told.reduce(applyRunEvent, initialRunState(runId));
const news = (told: readonly RunEvent[], restarted = false) => ({ events: told, restarted });

async function logIn(t: TestContext): Promise<string> {
  const file = join(await temporaryFolder(t), runId, files.events);
  await mkdir(dirname(file));
  return file;
}

/** A log as on a network disk: its length by stat(), and the bytes that read() returns. */
function lateLog(view: { log: string; size: number; readable: number; fails?: boolean }) {
  return async () => ({
    stat: async () => ({ size: view.size, mtimeMs: 0 }),
    // Like the system, it may return less than requested.
    read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
      if (view.fails && position > 400) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      const bytes = Buffer.from(view.log).subarray(position, Math.min(view.readable, position + Math.min(length, 300)));
      buffer.set(bytes, offset);
      return { bytesRead: bytes.length };
    },
    close: async () => {},
  });
}

test('RunTail reads the line that replaced an incomplete last line, whatever both lengths', async (t) => {
  const file = await logIn(t);
  const before = logOf(events.slice(0, 7));
  const torn = logOf([epochEvent(2, 0.85)], 7);
  const after = logOf([resumed, epochEvent(2, 0.9)], 7);
  for (const length of [1, 60, torn.length - 1]) {
    await writeFile(file, before + torn.slice(0, length));
    const tail = new RunTail(runId, file);
    assert.deepEqual(await tail.poll(), news(events.slice(0, 7)));
    await truncate(file, Buffer.byteLength(before));
    await appendFile(file, after);
    assert.deepEqual(await tail.poll(), news([resumed, epochEvent(2, 0.9)]), `${length} bytes`);
    assert.equal(tail.log.state.pid, 9);
  }
});

test('RunTail keeps its events while the disk shows an older view of the log, and continues when the log is whole again', async (t) => {
  const file = await logIn(t);
  const log = logOf(events);
  const read = Buffer.byteLength(logOf(events.slice(0, 8)));
  await writeFile(file, Buffer.from(log).subarray(0, read));
  const tail = new RunTail(runId, file);
  await tail.poll();
  for (const older of [read - 1, 1000, 0]) {
    await writeFile(file, Buffer.from(log).subarray(0, older));
    assert.deepEqual(await tail.poll(), news([]), `${older} bytes`);
    assert.deepEqual(tail.log.state, foldOf(events.slice(0, 8)));
  }
  await writeFile(file, log);
  assert.deepEqual(await tail.poll(), news(events.slice(8)));
  assert.deepEqual(tail.log.state, foldOf(events));
});

test('RunTail restarts when other lines replace those it read, in a shorter log and in a longer one', async (t) => {
  const file = await logIn(t);
  const other = [...events.slice(0, 6), resumed];
  for (const after of [other, [...other, ...events, ...events]]) {
    await writeFile(file, logOf(events.slice(0, 8)));
    const tail = new RunTail(runId, file);
    await tail.poll();
    await writeFile(file, logOf(after));
    assert.deepEqual(await tail.poll(), news(after, true));
    assert.deepEqual(tail.log.state, foldOf(after));
    assert.deepEqual(await tail.poll(), news([]));
  }
});

test('RunTail yields each event once, in order, however late lengths and bytes of a log are visible', async () => {
  const log = logOf(events);
  const whole = Buffer.byteLength(log);
  const length = fc.oneof(fc.nat(whole), fc.constant(whole));
  await assertProperty(
    fc.asyncProperty(fc.array(fc.tuple(length, length), { maxLength: 12 }), async (views) => {
      const view = { log, size: 0, readable: 0 };
      const tail = new RunTail(runId, '/runs/pets/events.jsonl', lateLog(view));
      const told: RunEvent[] = [];
      for (const [size, readable] of [...views, [2 * whole, whole] as const]) {
        Object.assign(view, { size, readable });
        const { events: fresh, restarted } = await tail.poll();
        assert.equal(restarted, false);
        told.push(...fresh);
        assert.deepEqual(told, events.slice(0, told.length));
        assert.deepEqual(tail.log.state, foldOf(told));
      }
      assert.deepEqual(told, events);
    }),
    { numRuns: 60 },
  );
});

test('RunTail loses nothing when the disk interrupts a read', async () => {
  const log = logOf(events);
  const size = Buffer.byteLength(log);
  const view = { log, size, readable: size, fails: true };
  const tail = new RunTail(runId, '/runs/pets/events.jsonl', lateLog(view));
  await assert.rejects(tail.poll(), /EIO/);
  view.fails = false;
  assert.deepEqual(await tail.poll(), news(events));
});
