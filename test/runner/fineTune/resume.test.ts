import assert from 'node:assert/strict';
import { copyFile, cp, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { before, test } from 'node:test';
import type { FineTuneIo } from '../../../runner/commands/carryOut.ts';
import { relocate } from '../../../runner/commands/relocate.ts';
import { refuseOtherStarter, resume } from '../../../runner/commands/resume.ts';
import { fingerprintOf } from '../../../runner/dataset/fingerprint.ts';
import { initialParameters } from '../../../runner/network/initialize.ts';
import { encodeModel } from '../../../runner/weights/encodeModel.ts';
import { readSafetensors } from '../../../runner/weights/formats/safetensors.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { EventLogReader, encodeRecord } from '../../../shared/contracts/eventLog.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { encodeImageList, parseImageList } from '../../../shared/contracts/imageList.ts';
import type { MachineOptions } from '../../../shared/contracts/job.ts';
import { claim } from '../../../shared/processes/claim.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { damagedFiles } from '../../../shared/runFolder/verified.ts';
import { flipInFile } from '../../support/bitFlips.ts';
import { changeSummary } from '../../support/changedSummary.ts';
import { forgetHashes } from '../../support/olderRun.ts';
import { sixteenBitPng } from '../../support/sixteenBits.ts';
import {
  figuresOf,
  tinyRun as run,
  type TinyOptions,
  type TinyRun,
  tinyMachine,
  tinySetup,
} from '../../support/tinyRun.ts';
import { checkRefused } from '../weights/checkRefused.ts';

let setup: Awaited<ReturnType<typeof tinySetup>>;
let unbroken: TinyRun;
before(async () => {
  setup = await tinySetup({ train: 5, val: 3, test: 3 });
  unbroken = await tinyRun(setup);
});

const tinyRun = (where: typeof setup, options: TinyOptions = {}) =>
  run(where, { ...options, sets: ['imageSize=32', ...(options.sets ?? [])] });

const machine = (more: Partial<MachineOptions> = {}): MachineOptions => ({ ...tinyMachine(setup), ...more });
const io = (on: FineTuneIo['on'] = () => {}): FineTuneIo => ({ on, signal: new AbortController().signal });

/** Resumes, and reads the run from its folder like any reader. */
async function resumed(folder: string, more?: Partial<MachineOptions>): Promise<TinyRun> {
  const events: RunEvent[] = [];
  await resume(
    folder,
    machine(more),
    io((event) => events.push(event)),
  );
  const { state, health } = await readRun(folder);
  assert.deepEqual(health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
  return { events, folder, state };
}

const stoppedAfter = async (epoch: number, options: TinyOptions = {}) => {
  const stop = new AbortController();
  const run = await tinyRun(setup, {
    ...options,
    signal: stop.signal,
    onEvent: (event, folder) => {
      options.onEvent?.(event, folder);
      if (event.type === 'epoch' && event.epoch === epoch) stop.abort();
    },
  });
  assert.equal(run.state.status, 'stopped');
  assert.equal(run.state.epochs.length, epoch);
  return run;
};

const tensorsOf = async (folder: string) => {
  const { tensors, metadata } = readSafetensors(await readFile(join(folder, 'model.safetensors')));
  return { tensors, epoch: metadata.get('epoch') };
};

async function assertSame(one: TinyRun, other: TinyRun): Promise<void> {
  assert.equal(one.state.status, 'finished');
  assert.deepEqual(figuresOf(one), figuresOf(other));
  assert.deepEqual(await tensorsOf(one.folder), await tensorsOf(other.folder));
  for (const split of ['val', 'test'])
    assert.equal(
      await readFile(join(one.folder, `predictions/${split}.csv`), 'utf8'),
      await readFile(join(other.folder, `predictions/${split}.csv`), 'utf8'),
    );
  assert.deepEqual(
    one.state.stages.map(({ keptEpoch, endReason }) => [keptEpoch, endReason]),
    other.state.stages.map(({ keptEpoch, endReason }) => [keptEpoch, endReason]),
  );
}

const plans: readonly [name: string, sets: readonly string[], stops: readonly number[]][] = [
  ['two stages', [], [1, 3]], // between the stages: test/faults/kill.test.ts
  [
    'fresh views, balanced sampling, early stopping and the last weights',
    [
      'trainViews.count=fresh',
      'imbalance.balancedSampling=true',
      'keep=last',
      'stages.0.epochs=4',
      'stages.1.epochs=1',
      'stages.0.earlyStopping={"monitor":"auroc","patience":2}',
    ],
    [2],
  ],
  ['BatchNorm in train mode', ['stages.0.epochs=1', 'stages.1.batchNorm=train'], [2]],
  ['random weights', ['weights=none', 'stages.0.epochs=1', 'stages.1.epochs=1'], [1]],
];
for (const [name, sets, stops] of plans)
  test(`resume() reproduces the epochs, weights and predictions of an unbroken run: ${name}`, async () => {
    const whole = sets.length > 0 ? await tinyRun(setup, { sets }) : unbroken;
    for (const epoch of stops) await assertSame(await resumed((await stoppedAfter(epoch, { sets })).folder), whole);
  });

test('resume() reproduces the unbroken run from whatever a kill between two files left behind', async () => {
  const { folder } = await stoppedAfter(3, {
    onEvent: (event, folder) => {
      if (event.type !== 'epoch' || event.epoch !== 2) return;
      void copyFile(join(folder, 'checkpoint.safetensors'), join(setup.root, 'second.safetensors'));
    },
  });
  const lines = (await readFile(join(folder, 'events.jsonl'), 'utf8')).split('\n');
  const third = lines.findIndex((line) => line.includes('"type":"epoch"') && line.includes('"epoch":3,'));
  const killed = async (name: string, change: (folder: string) => Promise<void>) => {
    const copy = join(setup.root, 'killed', name);
    await cp(folder, copy, { recursive: true });
    // A dead process held it, and its last line is incomplete.
    await writeFile(join(copy, 'events.jsonl'), `${lines.slice(0, third).join('\n')}\n${lines[third]!.slice(0, 40)}`);
    const dead = { status: 'running', epochCount: 2, processStartedAt: 1, pid: process.pid } as const;
    await changeSummary(copy, () => dead);
    await mkdir(join(copy, 'lock'));
    await writeFile(join(copy, 'lock', `${process.pid}-1-01234567`), '');
    for (const asked of ['stop', 'pause']) await writeFile(join(copy, asked), '');
    await change(copy);
    return copy;
  };

  const ahead = await resumed(await killed('before-the-event', async () => {}));
  await assertSame(ahead, unbroken);
  assert.equal(ahead.events.find((event) => event.type === 'resumed')?.afterEpoch, 3);

  const second = join(setup.root, 'second.safetensors');
  const behind = await resumed(
    await killed('before-the-checkpoint', (copy) => copyFile(second, join(copy, 'checkpoint.safetensors'))),
  );
  await assertSame(behind, unbroken);
  assert.equal(behind.events.find((event) => event.type === 'resumed')?.afterEpoch, 2);
  assert.deepEqual(
    (await readdir(behind.folder)).filter((name) => /stop|pause|lock|tmp/.test(name)),
    [],
  );
});

test('resume() restarts when no epoch was finished, and completes a run stopped before its test', async () => {
  const soon = new AbortController();
  const early = await tinyRun(setup, {
    signal: soon.signal,
    onEvent: (event) => event.type === 'checked' && soon.abort(),
  });
  assert.equal(early.state.epochs.length, 0);
  await assertSame(await resumed(early.folder), unbroken);
  const stop = new AbortController();
  const late = await tinyRun(setup, {
    signal: stop.signal,
    onEvent: (event) => event.type === 'stageEnded' && event.stage === 1 && stop.abort(),
  });
  assert.equal(late.state.evaluation, null);
  await assertSame(await resumed(late.folder), unbroken);
});

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, String(error));
  return error.code;
};

test('resume() falls back to the previous checkpoint when the newest is damaged, reports it, and ends as the unbroken run', async () => {
  const { folder } = await stoppedAfter(2);
  const checkpoint = join(folder, 'checkpoint.safetensors');
  const { length } = await readFile(checkpoint);
  await flipInFile(checkpoint, length - 1001, 6); // an exponent of the last tensor
  await flipInFile(join(folder, 'model.safetensors'), length >> 1, 6);
  const { events, state } = await checkFallenBack(folder);
  assert.equal(events.find((event) => event.type === 'resumed')?.afterEpoch, 1);
  const { code, params } = state.warnings.find((each) => each.code.startsWith('checkpoint'))!;
  assert.equal(code, 'checkpointDamaged');
  assert.equal(params.epoch, 1);
  assert.match(String(params.reason), /checksum does not match/);
});

async function checkFallenBack(folder: string): Promise<TinyRun> {
  const run = await resumed(folder);
  await assertSame(run, unbroken);
  const names = await readdir(folder);
  assert.ok(names.includes('checkpoint.safetensors') && !names.includes('checkpoint.older.safetensors'));
  assert.deepEqual(await damagedFiles(folder, run.state), []);
  return run;
}

test('resume() accepts either checkpoint name when a process was killed between them, without a warning', async () => {
  const { folder } = await stoppedAfter(2);
  await rename(join(folder, 'checkpoint.safetensors'), join(folder, 'checkpoint.older.safetensors'));
  const { events, state } = await checkFallenBack(folder);
  assert.equal(events.find((event) => event.type === 'resumed')?.afterEpoch, 2);
  assert.deepEqual(
    state.warnings.filter(({ code }) => code.startsWith('checkpoint')),
    [],
  );
});

test('resume() refuses a checkpoint that does not match the log, and reads one of an older version', async () => {
  const one = await stoppedAfter(2);
  const other = await stoppedAfter(2);
  const copy = join(one.folder, 'checkpoint.safetensors');
  await rm(join(one.folder, 'checkpoint.older.safetensors'));
  await copyFile(join(other.folder, 'checkpoint.safetensors'), copy);
  assert.equal(await codeOf(resume(one.folder, machine(), io())), 'checkpointUnusable');
  await forgetHashes(one.folder);
  await assertSame(await resumed(one.folder), unbroken);
});

test('resume() refuses, in a sentence, a run that cannot continue, and leaves it unchanged', async () => {
  const { folder, state } = await stoppedAfter(2);
  const log = await readFile(join(folder, 'events.jsonl'));
  const copyOf = async (name: string, change: (copy: string) => Promise<void>) => {
    const copy = join(setup.root, 'refused', name);
    await cp(folder, copy, { recursive: true });
    await rm(join(copy, 'checkpoint.older.safetensors'));
    await change(copy);
    return copy;
  };
  const refusals: [code: string, folder: string][] = [
    ['runNotFound', join(setup.root, 'nothing')],
    ['checkpointMissing', await copyOf('a', (copy) => rm(join(copy, 'checkpoint.safetensors')))],
    [
      'checkpointUnusable',
      await copyOf('b', (copy) => copyFile(join(copy, 'model.safetensors'), join(copy, 'checkpoint.safetensors'))),
    ],
    ['checkpointUnusable', await copyOf('c', (copy) => writeFile(join(copy, 'checkpoint.safetensors'), 'short'))],
    [
      'runNewer',
      await copyOf('d', (copy) => writeFile(join(copy, 'run.json'), JSON.stringify({ version: 2, ...state }))),
    ],
  ];
  for (const [code, refused] of refusals) assert.equal(await codeOf(resume(refused, machine(), io())), code);

  const held = await claim(join(folder, 'lock'));
  assert.ok('release' in held);
  assert.equal(await codeOf(resume(folder, machine(), io())), 'runBusy');
  await held.release();
  assert.deepEqual(await readFile(join(folder, 'events.jsonl')), log);

  const extra = join(setup.dataset, 'train/red/red-extra.png');
  await copyFile(join(setup.dataset, 'test/red/red-1.png'), extra);
  assert.equal(await codeOf(resume(folder, machine(), io())), 'datasetChanged');
  await rm(extra);

  const both = await Promise.allSettled([resume(folder, machine(), io()), resume(folder, machine(), io())]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const lost = both.find((each) => each.status === 'rejected')!;
  assert.equal((lost.reason as UserError).code, 'runBusy');
  assert.equal((await readRun(folder)).state.status, 'finished');
  assert.equal(await codeOf(resume(folder, machine(), io())), 'runFinished');
});

/** Rewrites the log of a run as another version would have written it. */
async function rewriteLog(folder: string, change: (event: RunEvent) => RunEvent): Promise<void> {
  const file = join(folder, 'events.jsonl');
  const records = new EventLogReader().feed(await readFile(file));
  await writeFile(file, records.map(({ seq, at, event }) => encodeRecord(seq, at, change(event))).join(''));
}

test('resume() keeps the splits that the run has recorded, even if this version would split differently', async () => {
  const flat = await tinySetup({ train: 12, val: 0, test: 0 });
  await rename(join(flat.dataset, 'train'), join(flat.root, 'flat'));
  const stop = new AbortController();
  const { folder } = await tinyRun(
    { ...flat, dataset: join(flat.root, 'flat') },
    { signal: stop.signal, onEvent: ({ type }) => type === 'stageStarted' && stop.abort() },
  );
  const list = parseImageList(await readFile(join(folder, 'images.csv'), 'utf8'));
  const others = list.map((image) => {
    const [from, to] = (['train', 'val'] as const).map((split) =>
      list.find((each) => each.split === split && each.className === 'red'),
    );
    return { ...image, split: image === from ? to!.split : image === to ? from!.split : image.split };
  });
  const classNames = ['blue', 'red'];
  const labelled = others.map((image) => ({ ...image, target: classNames.indexOf(image.className) }));
  await writeFile(join(folder, 'images.csv'), encodeImageList(others));
  await rewriteLog(folder, (event) =>
    event.type === 'checked' ? { ...event, fingerprint: fingerprintOf(labelled), files: undefined } : event,
  );
  const { state } = await resume(folder, { ...machine(), ...tinyMachine(flat) }, io());
  assert.equal(state.status, 'finished');
  assert.deepEqual(parseImageList(await readFile(join(folder, 'images.csv'), 'utf8')), others);
});

test('resume() ignores a folder with a word for a split, as the older version that began the run', async () => {
  const own = await tinySetup({ train: 5, val: 3, test: 3 });
  // Like an older version, a run begun without the folder does not see it.
  await rename(join(own.dataset, 'test'), join(own.root, 'test'));
  const stop = new AbortController();
  const { folder, state } = await tinyRun(own, {
    signal: stop.signal,
    onEvent: ({ type }) => type === 'epoch' && stop.abort(),
  });
  await rename(join(own.root, 'test'), join(own.dataset, 'test_images'));
  const { state: end } = await resume(folder, { ...machine(), ...tinyMachine(own) }, io());
  assert.deepEqual([end.status, end.fingerprint], ['finished', state.fingerprint]);
});

test('resume() warns, every time, that a run begun by an older version is read by different rules', async () => {
  const own = await tinySetup({ train: 5, val: 3, test: 3 });
  const deep = {
    width: 64,
    height: 64,
    channels: 1,
    data: Uint16Array.from({ length: 4096 }, (_, i) => i * 16),
  } as const;
  await writeFile(join(own.dataset, 'train/red/deep.png'), sixteenBitPng(deep));
  const stopAt = (epoch: number) => {
    const stop = new AbortController();
    return {
      signal: stop.signal,
      on: (event: RunEvent) => void (event.type === 'epoch' && event.epoch === epoch && stop.abort()),
    };
  };
  const first = stopAt(1);
  const { folder } = await tinyRun(own, { signal: first.signal, onEvent: first.on });
  const warned = async () =>
    (await readRun(folder)).state.warnings.filter(({ code }) => code === 'resumedReadOtherwise');
  await resume(folder, { ...machine(), ...tinyMachine(own) }, stopAt(2));
  assert.deepEqual(await warned(), []);
  await changeSummary(folder, ({ versions: { pixels: _, ...versions } }) => ({ versions }));
  for (const epoch of [3, 4]) {
    await resume(folder, { ...machine(), ...tinyMachine(own) }, stopAt(epoch));
    assert.deepEqual(await warned(), [
      { code: 'resumedReadOtherwise', params: { count: 1, total: 23, relativePath: 'train/red/deep.png' } },
    ]);
  }
});

test('a run in a renamed project resumes, and is still readable', async () => {
  const project = await tinySetup({ train: 5, val: 3, test: 3 });
  const runsFolder = join(project.root, '.shoulders', 'runs');
  const stop = new AbortController();
  const { folder } = await tinyRun(project, {
    job: { runsFolder },
    sets: ['stages.0.epochs=1', 'stages.1.epochs=1'],
    signal: stop.signal,
    onEvent: ({ type }) => type === 'epoch' && stop.abort(),
  });
  for (const name of ['run.json', 'events.jsonl']) {
    const text = await readFile(join(folder, name), 'utf8');
    assert.ok(text.includes('"../../../data"'), name);
    assert.ok(text.includes('"../../../resnet18.safetensors"'), name);
    assert.ok(!text.includes(project.root), name);
  }
  const root = `${project.root} renamed`;
  await rename(project.root, root);
  try {
    const moved = join(root, '.shoulders', 'runs', basename(folder));
    const { state } = await readRun(moved);
    assert.deepEqual([state.dataset, state.recipe?.weights], [join(root, 'data'), join(root, 'resnet18.safetensors')]);
    const ended = await resumed(moved);
    assert.deepEqual([ended.state.status, ended.state.dataset], ['finished', join(root, 'data')]);
  } finally {
    await rename(root, project.root); // removed by the setup
  }
});

test("resume() accepts and records a dataset's new location when it contains the same images", async () => {
  const { folder, state } = await stoppedAfter(2);
  const elsewhere = `${setup.dataset}-moved`;
  await rename(setup.dataset, elsewhere);
  try {
    assert.equal(await codeOf(resume(folder, machine(), io())), 'datasetMoved');
    const log = await readFile(join(folder, 'events.jsonl'));
    const fewer = (await tinySetup({ train: 4, val: 3, test: 3 })).dataset;
    const sameNames = `${setup.dataset}-exchanged`;
    await cp(elsewhere, sameNames, { recursive: true });
    for (const name of await readdir(sameNames, { recursive: true }))
      if (name.endsWith('.png')) await copyFile(join(sameNames, 'train/red/red-0.png'), join(sameNames, name));
    for (const wrong of [fewer, sameNames])
      assert.equal(await codeOf(resume(folder, machine(), io(), { data: wrong })), 'datasetChanged');
    assert.deepEqual(await readFile(join(folder, 'events.jsonl')), log);
    assert.equal((await readRun(folder)).state.dataset, state.dataset);
    const { state: after } = await resume(folder, machine(), io(), { data: elsewhere });
    assert.deepEqual([after.status, after.dataset], ['finished', elsewhere]);
    assert.equal((await readRun(folder)).state.dataset, elsewhere);

    const { signal } = new AbortController();
    const before = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    for (const [wrong, code] of [
      [fewer, 'relocatedOthers'],
      [sameNames, 'relocatedOthers'],
      [join(setup.root, 'nowhere'), 'folderMissing'],
    ] as const)
      assert.equal(await codeOf(relocate(folder, wrong, signal)), code);
    assert.deepEqual(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')), before);
    await changeSummary(folder, () => ({ versions: { shoulders: '0.0.1' } }));
    const third = `${setup.dataset}-third`;
    await cp(elsewhere, third, { recursive: true });
    assert.deepEqual(await relocate(folder, third, signal), { dataset: third, imageCount: 22 });
    const { state: told, summary, health } = await readRun(folder);
    assert.deepEqual([told.status, told.dataset, told.evaluation], ['finished', third, after.evaluation]);
    assert.deepEqual(summary?.versions, { shoulders: '0.0.1' });
    assert.deepEqual(health, { skipped: 0, gaps: 0, unknown: 0, tornTail: false });
    assert.ok(!(await readdir(folder)).includes('lock'));
  } finally {
    await rename(elsewhere, setup.dataset);
  }
});

test('resume() restarts from moved weights when they are those of the run', async () => {
  const stop = new AbortController();
  const weights = join(setup.root, 'own.safetensors');
  await copyFile(setup.weights, weights);
  const { folder } = await tinyRun(
    { ...setup, weights },
    {
      sets: ['stages.0.epochs=1', 'stages.1.epochs=1'],
      signal: stop.signal,
      onEvent: ({ type }) => type === 'checked' && stop.abort(),
    },
  );
  const moved = join(setup.root, 'moved.safetensors');
  await rename(weights, moved);
  const other = join(setup.root, 'other.safetensors');
  await writeFile(other, encodeModel('resnet18', initialParameters('resnet18', 1000, 6), 1000, {}));
  for (const [file, code] of [
    [join(setup.root, 'none.safetensors'), 'weightsNotFound'],
    [other, 'weightsOthers'],
  ] as const)
    assert.equal(await codeOf(resume(folder, machine(), io(), { weights: file })), code);
  const { state } = await resume(folder, machine(), io(), { weights: moved });
  assert.deepEqual([state.status, state.weights?.name], ['finished', 'moved.safetensors']);
});

test('refuseOtherStarter() refuses a run that began with the starter weights of another version', async () => {
  const began = { kind: 'starter', name: 'starter', sha256: '0'.repeat(64), verified: true } as const;
  const given = { network: 'resnet18', weights: 'starter' } as const;
  await checkRefused(() => refuseOtherStarter(given, began, '/runs/a'), 'weightsOthers', /"starter".+run "a"/);
  refuseOtherStarter(given, null, '/runs/a');
  refuseOtherStarter({ ...given, weights: '/moved/resnet18-starter.safetensors' }, began, '/runs/a');
});

test('resume() refuses to continue a run that became unstable', async () => {
  let folder = '';
  const sets = ['stages.1.optimizer={"type":"sgd","learningRate":{"head":1e30,"backbone":1e30}}'];
  const onEvent = (_: RunEvent, at: string) => {
    folder = at;
  };
  assert.equal(await codeOf(tinyRun(setup, { sets, onEvent })), 'notFinite');
  assert.equal(await codeOf(resume(folder, machine(), io())), 'runUnstable');
});

test('a paused run waits before its next batch, continues when the file is gone, and ends as the unbroken run', async () => {
  const types: string[] = [];
  const run = await tinyRun(setup, {
    onEvent: (event, folder) => {
      if (event.type !== 'progress') types.push(event.type);
      const file = join(folder, 'pause');
      if (event.type === 'started' || (event.type === 'epoch' && event.epoch === 2)) void writeFile(file, '');
      if (event.type === 'paused') setTimeout(() => void rm(file), 100);
    },
    polling: { pollMs: 5 },
  });
  await assertSame(run, unbroken);
  const pauses = types.filter((type) => type === 'paused' || type === 'continued');
  assert.deepEqual(pauses, ['paused', 'continued', 'paused', 'continued']);
});

test('a paused run stops on request, and can be resumed', async () => {
  const run = await tinyRun(setup, {
    onEvent: (event, folder) => {
      if (event.type === 'epoch' && event.epoch === 1) void writeFile(join(folder, 'pause'), '');
      if (event.type === 'paused') void writeFile(join(folder, 'stop'), '');
    },
    sets: ['stages.0.epochs=100'],
    polling: { pollMs: 5 },
  });
  assert.equal(run.state.status, 'stopped');
  assert.ok(run.events.some(({ type }) => type === 'paused') && !run.events.some(({ type }) => type === 'continued'));
});

test('an attended run stops with a reason when nobody touches its file, and continues when touched', async () => {
  const left = await tinyRun(setup, {
    job: { attended: true },
    sets: ['stages.0.epochs=300'],
    polling: { pollMs: 5, attendedPolls: 20 },
  });
  assert.equal(left.state.status, 'stopped');
  assert.deepEqual(left.state.warnings.at(-1)?.code, 'leftAlone');

  let touching: NodeJS.Timeout | undefined;
  let count = 1;
  const attended = await tinyRun(setup, {
    job: { attended: true },
    polling: { pollMs: 50, attendedPolls: 40 },
    onEvent: (_, folder) => {
      touching ??= setInterval(() => void utimes(join(folder, 'attended'), count, count++), 20);
    },
  });
  clearInterval(touching);
  assert.equal(attended.state.status, 'finished');
});
