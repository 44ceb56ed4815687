import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openEventLog } from '../../../runner/store/eventLog.ts';
import { EventLogReader } from '../../../shared/contracts/eventLog.ts';
import { type FsPort, nodeFileSystem } from '../../../shared/files/fileSystem.ts';
import { faultyFileSystem } from '../../support/faultyFileSystem.ts';
import { storyOfARun } from '../../support/storyOfARun.ts';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'eventLog-'))));
after(() => rm(folder, { recursive: true, force: true }));

const events = storyOfARun(1);
const at = '2026-11-23T10:15:00.000Z';

async function read(file: string) {
  const reader = new EventLogReader();
  const records = reader.feed(await readFile(file));
  return { seqs: records.map(({ seq }) => seq), events: records.map(({ event }) => event), health: reader.health };
}

test('openEventLog() continues a log that was cut anywhere in its last line', async () => {
  const file = join(folder, 'cut.jsonl');
  const first = await openEventLog(file);
  for (const event of events.slice(2, 4)) await first.append(at, event);
  await first.close();
  const whole = await readFile(file);
  const lastStart = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
  for (let size = lastStart; size < whole.length; size++) {
    await writeFile(file, whole.subarray(0, size));
    const log = await openEventLog(file);
    await log.append(at, events[5]!);
    await log.close();
    assert.deepEqual(await read(file), {
      seqs: [0, 1],
      events: [events[2], events[5]],
      health: { skipped: 0, gaps: 0, unknown: 0, tornTail: false },
    });
  }
});

test('append() after a refused write overwrites the refused line', async () => {
  for (const calls of [['write'], ['write', 'truncate']] as const) {
    const file = join(folder, `${calls.join('-')}.jsonl`);
    // The second append writes 30 bytes and fails; with 'truncate' the clean-up fails, too.
    const log = await openEventLog(file, faultyFileSystem({ code: 'ENOSPC', at: 2, partialBytes: 30, calls }));
    await log.append(at, events[0]!);
    await assert.rejects(log.append(at, events[1]!), /disk is full/);
    await log.append(at, events[2]!);
    await log.close();
    assert.deepEqual((await read(file)).seqs, [0, 1]);
    assert.deepEqual((await read(file)).events, [events[0], events[2]]);
  }
});

test('sync() tolerates a disk without fsync', async () => {
  for (const code of ['ENOTSUP', 'EINVAL']) {
    const log = await openEventLog(join(folder, `${code}.jsonl`), faultyFileSystem({ code, at: 1, calls: ['sync'] }));
    await log.append(at, events[0]!);
    await log.sync();
    await log.close();
  }
});

/** Linux after a failed fsync: the bytes since the last successful one are lost, and the next fsync succeeds. Each of `faults` fsyncs fails that way. */
function forgetfulFileSystem(faults: number): FsPort {
  const safe = new Map<string, number>();
  return {
    ...nodeFileSystem,
    async open(path, flags) {
      const file = await nodeFileSystem.open(path, flags);
      return {
        ...file,
        async sync() {
          const size = (await readFile(path)).length;
          if (faults-- > 0) {
            const lost = size - (safe.get(path) ?? 0);
            const pages = await nodeFileSystem.open(path, 'r+'); // a log is open for appending only
            await pages.write(new Uint8Array(lost), size - lost);
            await pages.close();
            throw Object.assign(new Error('EIO: the disk'), { code: 'EIO' });
          }
          safe.set(path, size);
        },
      };
    },
  };
}

test('sync() rewrites what a failed fsync lost, and gives up when the disk keeps failing', async () => {
  for (const [faults, gaveUp] of [
    [1, false],
    [3, false],
    [4, true],
  ] as const) {
    const file = join(folder, `lost-${faults}.jsonl`);
    const log = await openEventLog(file, forgetfulFileSystem(faults));
    for (const event of events.slice(0, 3)) await log.append(at, event);
    if (gaveUp) await assert.rejects(log.sync(), /the disk reports a fault/);
    // Another call retries, and everything is there.
    await log.sync();
    await log.append(at, events[3]!);
    await log.sync();
    await log.close();
    assert.deepEqual((await read(file)).events, events.slice(0, 4), `${faults} faults`);
  }
});
