import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createRun } from '../../../runner/store/store.ts';
import { machineTag } from '../../../shared/contracts/machine.ts';
import { files } from '../../../shared/contracts/run.ts';
import { writerOf } from '../../../shared/files/atomicFile.ts';
import { nodeFileSystem } from '../../../shared/files/fileSystem.ts';
import { removeLeftovers, removeLeftoversOf } from '../../../shared/processes/leftovers.ts';
import { thisMachine } from '../../../shared/processes/machine.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { faultyFileSystem } from '../../support/faultyFileSystem.ts';
import { runId } from '../../support/storyOfARun.ts';

let scratch: string;
let deadPid: number;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'leftovers-'));
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  deadPid = child.pid!;
});
after(() => rm(scratch, { recursive: true, force: true }));

const hour = 3_600_000;
const temporary = (name: string, pid: number) => `.${name}.${pid}-0123456789ab.tmp`;
const tmpIn = async (folder: string) =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'));

// Each of these programs kills itself by SIGKILL at its n-th call to the disk from the second checkpoint on.
const program = `
import { nodeFileSystem } from ${JSON.stringify(new URL('../../../shared/files/fileSystem.ts', import.meta.url).href)};
import { thisMachine } from ${JSON.stringify(new URL('../../../shared/processes/machine.ts', import.meta.url).href)};
import { createRun } from ${JSON.stringify(new URL('../../../runner/store/store.ts', import.meta.url).href)};
import { storyOfARun, runId } from ${JSON.stringify(new URL('../../support/storyOfARun.ts', import.meta.url).href)};
let left = Number.POSITIVE_INFINITY;
const step = () => { if (--left < 0) process.kill(process.pid, 'SIGKILL'); };
const mortal = (port) => new Proxy(port, {
  get: (target, name) => typeof target[name] !== 'function' ? target[name] : async (...rest) => {
    step();
    const result = await target[name](...rest);
    return name === 'open' ? mortal(result) : result;
  },
});
const run = await createRun({ runsFolder: process.argv[1], runId, versions: {} }, { fs: mortal(nodeFileSystem) });
await run.saveCheckpoint(new Uint8Array(1000).fill(1));
const [started, , , , , , epoch] = storyOfARun(process.pid, await thisMachine());
await run.record(started);
left = Number(process.argv[2]);
await run.saveCheckpoint(new Uint8Array(1000).fill(2));
await run.record(epoch);
process.exit(0);
`;

async function liveUntil(call: number): Promise<{ ended: number | NodeJS.Signals; leftovers: number }> {
  const runsFolder = join(scratch, `killed-${call}`);
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, runsFolder, String(call)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  const folder = join(runsFolder, runId);
  // Between the two renames only the previous one exists.
  const checkpoint = await readFile(join(folder, files.checkpoint)).catch(() =>
    readFile(join(folder, files.olderCheckpoint)),
  );
  assert.equal(checkpoint.length, 1000);
  assert.ok(checkpoint.every((byte) => byte === checkpoint[0]));
  const { state, summary, health } = await readRun(folder);
  assert.deepEqual(health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
  assert.equal(state.problem?.code, 'runnerDied');
  assert.ok(summary && state.epochs.length >= summary.epochCount, 'run.json tells more than the log');
  const leftovers = (await tmpIn(folder)).length;
  const next = await createRun(
    { runsFolder, runId: runId.replace('00ff', '0100'), versions: {} },
    { now: () => new Date(Date.now() + 2 * hour) },
  );
  await next.close();
  assert.deepEqual(await tmpIn(runsFolder), []);
  return { ended: code ?? signal!, leftovers };
}

test('A runner killed at any call to the disk leaves old or new files, and the next run removes half-written ones', async () => {
  let leftovers = 0;
  for (let from = 0, finished = false; !finished; from += 4) {
    assert.ok(from < 40, 'no program came to its end');
    const lives = await Promise.all([0, 1, 2, 3].map((i) => liveUntil(from + i)));
    for (const life of lives) leftovers += life.leftovers;
    finished = lives.some(({ ended }) => ended === 0);
  }
  assert.ok(leftovers > 5, `only ${leftovers} temporary files were left: the kills came elsewhere`);
});

test('removeLeftovers() keeps recent files, files of a living process, and other files', async () => {
  const runsFolder = join(scratch, 'spared');
  const run = join(runsFolder, 'a');
  await mkdir(join(run, 'predictions/epochs'), { recursive: true });
  await mkdir(join(run, 'samples'));
  await mkdir(join(run, 'explanations'));
  await mkdir(join(run, 'evaluations/20261123-101500-data-00ff'), { recursive: true });
  const spared = [temporary('model.safetensors', process.pid), 'my.tmp', `model.${deadPid}.tmp`, 'predictions/val.csv'];
  const gone = [
    temporary('model.safetensors', deadPid),
    `predictions/${temporary('val.csv', deadPid)}`,
    `predictions/epochs/${temporary('0001.csv', deadPid)}`,
    `samples/${temporary('01.jpg', deadPid)}`,
    `explanations/${temporary('1.png', deadPid)}`,
    `evaluations/20261123-101500-data-00ff/${temporary('record.json', deadPid)}`,
  ];
  const old = new Date(Date.now() - 2 * hour);
  for (const name of [...spared, ...gone]) {
    await writeFile(join(run, name), '');
    await utimes(join(run, name), old, old);
  }
  const young = temporary('run.json', deadPid);
  await writeFile(join(run, young), '');
  await removeLeftovers(runsFolder, nodeFileSystem, Date.now());
  assert.deepEqual(
    (await readdir(run, { recursive: true })).sort(),
    [
      ...[...spared, young, 'predictions', 'predictions/epochs', 'samples', 'explanations', 'evaluations'],
      'evaluations/20261123-101500-data-00ff',
    ].sort(),
  );
});

test('removeLeftovers() never throws, whichever call fails', async () => {
  const runsFolder = join(scratch, 'refused');
  const file = join(runsFolder, 'a', temporary('run.json', deadPid));
  await mkdir(join(runsFolder, 'a'), { recursive: true });
  const later = Date.now() + 2 * hour;
  for (let at = 1, failed = 1; failed > 0; at++) {
    await writeFile(file, '');
    const fs = faultyFileSystem({ code: 'EACCES', at });
    await removeLeftovers(runsFolder, fs, later);
    failed = fs.failed.length;
  }
  assert.deepEqual(await readdir(join(runsFolder, 'a')), []);
  await removeLeftovers(join(scratch, 'nowhere'), nodeFileSystem, later);
});

test('writerOf() recognises exactly the names that replaceFile() creates', async () => {
  const seen: string[] = [];
  const rename = (from: string, to: string) => {
    seen.push(from);
    return nodeFileSystem.rename(from, to);
  };
  const run = await createRun(
    { runsFolder: join(scratch, 'names'), runId, versions: {} },
    { fs: { ...nodeFileSystem, rename } },
  );
  await run.close();
  assert.deepEqual(
    seen.map((path) => writerOf(path.split(/[\\/]/).at(-1)!)),
    [{ pid: process.pid, machine: machineTag(await thisMachine()) }],
  );
  for (const name of ['run.json', '.tmp', 'a.tmp', '.a.12.tmp', 'a.12-0123456789ab.tmp', '.a.12-0123456789ab.tmp.gz'])
    assert.equal(writerOf(name), undefined, name);
});

test('removeLeftoversOf() removes only what dead processes left of one file', async () => {
  const folder = join(scratch, 'exports');
  await mkdir(folder);
  const spared = [
    'pets.onnx',
    temporary('pets.onnx', process.pid),
    temporary('pets.onnx.json', deadPid),
    '.pets.onnx.tmp',
  ];
  for (const name of [...spared, temporary('pets.onnx', deadPid)]) await writeFile(join(folder, name), '');
  await removeLeftoversOf(join(folder, 'pets.onnx'), nodeFileSystem);
  assert.deepEqual(await readdir(folder), spared.toSorted());
  await removeLeftoversOf(join(folder, 'gone', 'pets.onnx'), nodeFileSystem);
});
