import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBoundedFolder } from '../../../runner/store/boundedFolder.ts';
import { machineTag } from '../../../shared/contracts/machine.ts';
import { thisMachine } from '../../../shared/processes/machine.ts';

let scratch: string;
before(async () => void (scratch = await mkdtemp(join(tmpdir(), 'boundedFolder-'))));
after(() => rm(scratch, { recursive: true, force: true }));

const key = `ab${'0'.repeat(62)}`;
const own = machineTag(await thisMachine());
const [ward, deadPid] = ['0123456789abcdef', spawnSync(process.execPath, ['-e', '']).pid];

/** Names that remain after the folder was opened. */
async function leftOf(names: readonly string[], minutesAgo: number): Promise<string[]> {
  const folder = await mkdtemp(join(scratch, 'folder-'));
  await mkdir(join(folder, 'ab'));
  const then = new Date(Date.now() - minutesAgo * 60_000);
  for (const name of names) {
    await writeFile(join(folder, 'ab', name), 'x');
    await utimes(join(folder, 'ab', name), then, then);
  }
  await openBoundedFolder(folder, { limitBytes: 1e6, extension: '.bin' });
  return (await readdir(join(folder, 'ab'))).sort();
}

test("openBoundedFolder() removes a dead local process's temporary file at once, and no other recent one", async () => {
  const dead = `${key}.bin.${own}-${deadPid}.tmp`;
  const kept = [
    `${key}.bin`,
    `${key}.bin.${own}-${process.pid}.tmp`,
    `${key}.bin.${ward}-${deadPid}.tmp`,
    `${key}.bin.${own.slice(1)}-${deadPid}.tmp`, // 15 digits identify no machine
    `${key}.bin.${own}-.tmp`,
    `${key}.bin.${own}-${deadPid}.tmp.tmp`,
    `${key}.bin.${own.toUpperCase().replace(/^[0-9]/, 'A')}-${deadPid}.tmp`,
    `${key}.bin.${deadPid}.tmp`, // of an older version
  ];
  assert.deepEqual(await leftOf([dead, ...kept], 0), kept.toSorted());
});

test('openBoundedFolder() removes any old temporary file, unless its local process is alive', async () => {
  const living = `${key}.bin.${own}-${process.pid}.tmp`;
  const old = [`${key}.bin.${ward}-${deadPid}.tmp`, `${key}.bin.${deadPid}.tmp`, `${key}.bin.x.tmp`];
  assert.deepEqual(await leftOf([living, ...old], 61), [living]);
  assert.deepEqual(await leftOf(old, 59), old.toSorted());
});
