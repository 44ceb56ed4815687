// Work that does not depend on the device, reading, decoding and hashing, happens once a run, however many attempts the device needs.
import assert from 'node:assert/strict';
import { cpSync, promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { indexFolder } from '../../../runner/classification/classes/classFolders.ts';
import { resume } from '../../../runner/commands/resume.ts';
import { EngineOutOfMemory } from '../../../runner/engine/engine.ts';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { spoiltEngine } from '../../support/spoiltEngine.ts';
import { type TinyOptions, type TinyRun, tinyDataset, tinyMachine, tinyRun, tinySetup } from '../../support/tinyRun.ts';

const setup = await tinySetup();
const imageCount = 40;
const sets = ['imageSize=32', 'stages.0.epochs=1', 'stages.1.epochs=1'];
const cpu = { name: 'CPU', engine: 'onnxruntime-cpu', threads: 2 };

/** Out of memory above `most` images in a program whose name contains `named`. */
const without =
  (named: string, most: number): NonNullable<TinyOptions['createEngine']> =>
  (threads) =>
    spoiltEngine(createCpuEngine(threads), {
      before(program, images) {
        if (program.includes(named) && images > most) throw new EngineOutOfMemory(cpu, 'bad_alloc');
      },
    });

/** Number of times `work` reads files of the dataset, and lists its folders, in this thread: other threads make the views. */
async function readsOf(work: () => Promise<unknown>): Promise<{ images: number; listings: number }> {
  const { readFile, readdir } = promises;
  const reads = { images: 0, listings: 0 };
  const isOurs = (path: unknown) => String(path).startsWith(setup.dataset);
  Object.assign(promises, {
    readFile(...args: Parameters<typeof readFile>) {
      if (isOurs(args[0])) reads.images++;
      return readFile(...args);
    },
    readdir(...args: Parameters<typeof readdir>) {
      if (isOurs(args[0])) reads.listings++;
      return readdir(...args);
    },
  });
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(promises, { readFile, readdir });
    syncBuiltinESMExports();
  }
  return reads;
}

const countOf = (events: readonly RunEvent[], type: RunEvent['type']) =>
  events.filter((event) => event.type === type).length;
const codesOf = ({ state }: Pick<TinyRun, 'state'>) => state.warnings.map(({ code }) => code);

test('retries after out of memory do not read images, folder or weights again, and keep every warning', async () => {
  const { listings } = await readsOf(() => indexFolder(setup.dataset));
  assert.ok(listings > 0);
  let run: TinyRun | undefined;
  const reads = await readsOf(async () => {
    run = await tinyRun(setup, { sets, createEngine: without('training step', 2) });
  });
  // Once before the run folder, once more before the check: changes while the run waited count.
  assert.deepEqual(reads, { images: imageCount, listings: 2 * listings });
  assert.equal(run!.state.status, 'finished');
  assert.deepEqual(
    (['started', 'resumed', 'checked', 'weightsLoaded', 'samples'] as const).map((type) => countOf(run!.events, type)),
    [1, 2, 1, 1, 1],
  );
  assert.deepEqual(codesOf(run!), ['fewerAtOnce', 'unverifiedWeights', 'smallSplit', 'smallSplit']);
});

test('a resumed run that runs out of memory reads its images only once, and continues from its checkpoint', async () => {
  const stop = new AbortController();
  const { folder } = await tinyRun(setup, {
    sets,
    signal: stop.signal,
    onEvent: ({ type }) => type === 'stageEnded' && stop.abort(),
  });
  const { listings } = await readsOf(() => indexFolder(setup.dataset));
  const compared = 14; // images whose contents resume() compares before it touches the run
  const events: RunEvent[] = [];
  const reads = await readsOf(() =>
    resume(folder, tinyMachine(setup), {
      on: (event) => events.push(event),
      signal: new AbortController().signal,
      createEngine: without('training step', 4),
    }),
  );
  assert.deepEqual(reads, { images: imageCount + compared, listings: 2 * listings });
  assert.deepEqual(
    (['resumed', 'checked', 'weightsLoaded', 'evaluated'] as const).map((type) => countOf(events, type)),
    [2, 1, 0, 1],
  );
});

test('images and classes added while a run waits for its device are trained on', async () => {
  const counts = { train: 4, val: 3, test: 3 };
  const other = await tinySetup(counts);
  const late = await tinyDataset(join(other.root, 'late'), counts, ['green']);
  const { state, events } = await tinyRun(other, {
    sets: [...sets, 'imageSize=32'],
    createEngine: (threads) => {
      cpSync(late, other.dataset, { recursive: true });
      return createCpuEngine(threads);
    },
  });
  assert.equal(state.status, 'finished');
  assert.deepEqual(state.classNames, ['blue', 'green', 'red']);
  assert.deepEqual(state.counts?.train, [4, 4, 4]);
  assert.equal(countOf(events, 'weightsLoaded'), 1, 'the backbone does not depend on the classes');
});
