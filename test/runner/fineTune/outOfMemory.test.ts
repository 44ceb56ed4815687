// Runs on devices whose memory limits the number of images per pass.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { resume } from '../../../runner/commands/resume.ts';
import { type Engine, EngineKilled, EngineOutOfMemory } from '../../../runner/engine/engine.ts';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { readSafetensors } from '../../../runner/weights/formats/safetensors.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { allClose } from '../../support/allClose.ts';
import { spoiltEngine } from '../../support/spoiltEngine.ts';
import {
  figuresOf,
  tinyRun as run,
  type TinyOptions,
  type TinyRun,
  tinyMachine,
  tinySetup,
} from '../../support/tinyRun.ts';

let setup: Awaited<ReturnType<typeof tinySetup>>;
let unbroken: TinyRun;
before(async () => {
  setup = await tinySetup();
  unbroken = await tinyRun(setup);
});

const tinyRun = (where: typeof setup, options: TinyOptions = {}) =>
  run(where, { ...options, sets: ['imageSize=32', ...(options.sets ?? [])] });

const cpu = { name: 'CPU', engine: 'onnxruntime-cpu', threads: 2 };
const someGpu = { name: 'Some GPU', engine: 'onnxruntime-webgpu', threads: 1 };

/** @param most  number of images that a program may take, by its name */
const memoryFor =
  (most: (program: string) => number, device = cpu) =>
  (threads: number): Engine => ({
    ...spoiltEngine(createCpuEngine(threads), {
      before(program, images) {
        if (images > most(program)) throw new EngineOutOfMemory(device, 'bad_alloc');
      },
    }),
    device,
  });

const isStep = (program: string) => program.includes('training step');
const fewer = ({ state }: TinyRun) => state.warnings.filter(({ code }) => code === 'fewerAtOnce');

/** Three steps an epoch, features in half precision: rounding of single precision, amplified by AdamW's division. */
function checkFigures(run: TinyRun, expected = unbroken): void {
  assert.equal(run.state.status, 'finished');
  const numbers = ({ state }: TinyRun) => ({
    losses: state.epochs.flatMap(({ metrics }) => [metrics.train.loss!, metrics.val.loss!]),
    aurocs: state.epochs.map(({ metrics }) => metrics.val.auroc!),
    rates: state.epochs.map(({ learningRates }) => learningRates.head),
  });
  const [found, whole] = [numbers(run), numbers(expected)];
  assert.equal(found.losses.length, 8);
  allClose('losses', found.losses, whole.losses, { relative: 1e-3 });
  assert.deepEqual(found.aurocs, whole.aurocs);
  assert.deepEqual(found.rates, whole.rates);
  assert.deepEqual(
    run.state.epochs.map(({ epoch, stage, best }) => [epoch, stage, best]),
    expected.state.epochs.map(({ epoch, stage, best }) => [epoch, stage, best]),
  );
  const matrixOf = ({ state }: TinyRun) => state.evaluation?.test.byHighestProbability.confusionMatrix;
  assert.deepEqual(matrixOf(run), matrixOf(expected));
}

for (const [what, most, limits] of [
  ['the training step', (program: string) => (isStep(program) ? 3 : 8), [4, 2]],
  // Found in the trunk, before any step.
  ['any program', () => 1, [4, 2, 1]],
  ['the evaluation', (program: string) => (program.includes('logits') ? 4 : 8), [4]],
] as const)
  test(`without memory for ${what} a run continues in micro-batches with the same figures, and warns once per halving`, async () => {
    const run = await tinyRun(setup, { createEngine: memoryFor(most), job: { useFeatureCache: false } });
    checkFigures(run);
    const told = run.events.flatMap((event) => (event.type === 'warning' ? [event.problem] : []));
    assert.deepEqual(
      told.filter(({ code }) => code === 'fewerAtOnce').map(({ params }) => params.now),
      limits,
    );
    const now = limits.at(-1)!;
    const params = { device: 'CPU', before: 2 * now, now, batch: 8, epoch: 1 };
    assert.deepEqual(fewer(run), [{ code: 'fewerAtOnce', params }]);
  });

test('an engine killed from outside is retried once with the whole batch, for the same figures', async () => {
  let steps = 0;
  const run = await tinyRun(setup, {
    createEngine: (threads) =>
      spoiltEngine(createCpuEngine(threads), {
        before(program) {
          if (isStep(program) && ++steps === 5) throw new EngineKilled(cpu, 'its process ended (SIGKILL)');
        },
      }),
  });
  assert.deepEqual(figuresOf(run), figuresOf(unbroken));
  assert.deepEqual(run.state.warnings.find(({ code }) => code === 'engineKilled')?.params, { device: 'CPU', epoch: 2 });
  assert.deepEqual(fewer(run), []);
});

test('running out of memory in the second stage loses no finished epoch', async () => {
  const run = await tinyRun(setup, {
    createEngine: memoryFor((program) => (program.includes('step from layer4') ? 4 : 8)),
  });
  checkFigures(run);
  assert.deepEqual(
    run.events.filter(({ type }) => type === 'epoch').map((event) => 'epoch' in event && event.epoch),
    [1, 2, 3, 4],
  );
  assert.deepEqual(
    run.events.flatMap((event) => (event.type === 'resumed' ? [event.afterEpoch] : [])),
    [2],
  );
  assert.equal(fewer(run)[0]?.params.epoch, 3);
});

test('a run in micro-batches leaves an ordinary checkpoint, and a resumed run tries the whole batch', async () => {
  const stop = new AbortController();
  const stopped = await tinyRun(setup, {
    createEngine: memoryFor((program) => (isStep(program) ? 2 : 8)),
    signal: stop.signal,
    onEvent: (event) => event.type === 'epoch' && event.epoch === 3 && stop.abort(),
  });
  assert.equal(stopped.state.status, 'stopped');
  const namesOf = ({ folder }: TinyRun) => [...readSafetensors(join(folder, 'checkpoint.safetensors')).tensors.keys()];
  const plain = namesOf(unbroken).filter((name) => !name.startsWith('kept/'));
  assert.deepEqual(
    namesOf(stopped).filter((name) => !name.startsWith('kept/')),
    plain,
  );
  const events: RunEvent[] = [];
  const sizes: number[] = [];
  const { state } = await resume(stopped.folder, tinyMachine(setup), {
    on: (event) => events.push(event),
    signal: new AbortController().signal,
    createEngine: (threads) =>
      spoiltEngine(createCpuEngine(threads), {
        before: (program, images) => isStep(program) && sizes.push(images),
      }),
  });
  assert.deepEqual(sizes, [8, 8, 8]);
  checkFigures({ events, folder: stopped.folder, state });
  assert.deepEqual(fewer({ events, folder: stopped.folder, state }), []);
});

async function failure(options: TinyOptions): Promise<UserError> {
  try {
    await tinyRun(setup, options);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error;
  }
  throw new Error('the run did not fail');
}

test('a CPU without memory for a single image ends the run with a sentence', async () => {
  const codes: string[] = [];
  const error = await failure({
    createEngine: memoryFor((program) => (isStep(program) ? 0 : 8)),
    onEvent: (event) => event.type === 'warning' && codes.push(event.problem.code),
  });
  assert.equal(error.code, 'outOfMemoryForOne');
  assert.match(error.message, /^CPU ran out of memory with a single image/);
  assert.ok(codes.includes('fewerAtOnce'));
});

test('a GPU without memory for a single image hands the run to the CPU, with its whole batch', async () => {
  const run = await tinyRun(setup, { createEngine: memoryFor((program) => (isStep(program) ? 0 : 8), someGpu) });
  assert.deepEqual(run.state.device, cpu);
  assert.deepEqual(
    fewer(run).map(({ params }) => [params.device, params.now]),
    [['Some GPU', 1]],
  );
  const told = run.state.warnings.find(({ code }) => code === 'gpuStopped');
  assert.deepEqual(told?.params, { gpu: 'Some GPU', reason: 'out of memory', epoch: 1 });
  // No gradients were accumulated, so the last digit agrees, too.
  assert.deepEqual(figuresOf(run).evaluation, figuresOf(unbroken).evaluation);
});

test('a GPU that needs micro-batches stays the device of the run', async () => {
  const run = await tinyRun(setup, { createEngine: memoryFor((program) => (isStep(program) ? 4 : 8), someGpu) });
  checkFigures(run);
  assert.deepEqual(run.state.device, someGpu);
});

test('BatchNorm statistics, which depend on whole batches, are not measured in micro-batches', async () => {
  const sets = ['weights=none', 'stages.0.epochs=1', 'stages.1.epochs=1'];
  const most = (program: string) => (program.includes('statistics') ? 4 : 8);
  const error = await failure({ sets: [...sets, 'imageSize=64'], createEngine: memoryFor(most) });
  assert.equal(error.code, 'outOfMemory');
  assert.match(error.message, /batches of 8.*batchSize.train=4/);
  // 32 px leave one value per channel and image: no smaller batch of the recipe would help.
  const fewest = await failure({ sets, createEngine: memoryFor(most) });
  assert.equal(fewest.code, 'outOfMemoryForStatistics');
  assert.match(fewest.message, /over 16 images, the fewest .* 32 px/);
  const run = await tinyRun(setup, { sets, createEngine: memoryFor(most, someGpu) });
  assert.deepEqual(run.state.device, cpu);
  assert.deepEqual(fewer(run), []);
});

test('a stop requested when memory ran out counts as a stop', async () => {
  const stop = new AbortController();
  const run = await tinyRun(setup, {
    createEngine: (threads) =>
      spoiltEngine(createCpuEngine(threads), {
        before(program) {
          if (!isStep(program)) return;
          stop.abort();
          throw new EngineOutOfMemory(cpu, 'bad_alloc');
        },
      }),
    signal: stop.signal,
  });
  assert.equal(run.state.status, 'stopped');
});

test('a run can be paused, and continues, while it uses micro-batches', async () => {
  const { rm } = await import('node:fs/promises');
  let isPausing = false;
  const run = await tinyRun(setup, {
    createEngine: memoryFor((program) => (isStep(program) ? 4 : 8)),
    polling: { pollMs: 5 },
    onEvent: (event, folder) => {
      if (event.type === 'warning' && event.problem.code === 'fewerAtOnce' && !isPausing) {
        isPausing = true;
        void writeFile(join(folder, 'pause'), '');
      }
      if (event.type === 'paused') setTimeout(() => void rm(join(folder, 'pause')), 50);
    },
  });
  assert.ok(run.events.some(({ type }) => type === 'continued'));
  checkFigures(run);
});

test('a batch in which BatchNorm trains is not split: the error names a batch that fits, and a GPU hands over to the CPU', async () => {
  const sets = ['stages.0.epochs=1', 'stages.1.epochs=1', 'stages.1.batchNorm=train'];
  const most = (program: string) => (isStep(program) ? 4 : 8);
  const error = await failure({ sets, createEngine: memoryFor(most) });
  assert.equal(error.code, 'outOfMemoryForBatchNorm');
  assert.match(error.message, /batches of 8, .*BatchNorm trains.*batchSize.train=4/);
  const run = await tinyRun(setup, { sets, createEngine: memoryFor(most, someGpu) });
  assert.deepEqual(run.state.device, cpu);
  assert.deepEqual(
    run.state.stages.map(({ batchNorm }) => batchNorm),
    ['frozen', 'train'],
  );
});

test('a batch in which BatchNorm trains is tried whole, even where another program had to take fewer images at once', async () => {
  const sets = ['stages.0.epochs=1', 'stages.1.epochs=1', 'stages.1.batchNorm=train'];
  const run = await tinyRun(setup, { sets, createEngine: memoryFor((program) => (isStep(program) ? 8 : 4)) });
  assert.equal(run.state.status, 'finished');
  assert.equal(fewer(run).at(-1)?.params.now, 4);
});
