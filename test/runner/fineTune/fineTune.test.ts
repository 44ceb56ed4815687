import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { Engine } from '../../../runner/engine/engine.ts';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { createPixelSource } from '../../../runner/views/threads/pixels.ts';
import { readSafetensors } from '../../../runner/weights/formats/safetensors.ts';
import { imageNetInput } from '../../../shared/contracts/architectures.ts';
import { Evaluation } from '../../../shared/contracts/classification/evaluation.ts';
import { parsePredictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { prepareDataset } from '../../support/prepareDataset.ts';
import { runOnce } from '../../support/runProgram.ts';
import { type Spoiling, spoiltEngine } from '../../support/spoiltEngine.ts';
import { figuresOf, type TinyRun, tinyDataset, tinyRun, tinySetup } from '../../support/tinyRun.ts';

let setup: Awaited<ReturnType<typeof tinySetup>>;
let first: TinyRun;
before(async () => {
  setup = await tinySetup();
  first = await tinyRun(setup);
});

test('fineTune() turns a folder into a finished run whose files all agree with its events', async () => {
  const { state, folder } = first;
  assert.equal(state.status, 'finished');
  assert.deepEqual(
    state.epochs.map(({ epoch, stage }) => [epoch, stage]),
    [
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
    ],
  );
  assert.deepEqual(state.counts, { train: [10, 10], val: [5, 5], test: [5, 5] });
  const read = await readRun(folder);
  assert.deepEqual(figuresOf({ ...first, state: read.state }), figuresOf(first));
  const evaluation = Evaluation.parse(JSON.parse(await readFile(join(folder, 'evaluation.json'), 'utf8')));
  assert.deepEqual(evaluation.test, state.evaluation?.test);
  const predictions = parsePredictions(await readFile(join(folder, 'predictions/test.csv'), 'utf8'), ['blue', 'red']);
  assert.equal(predictions.labels.length, 10);
  const matrix = [
    [0, 0],
    [0, 0],
  ];
  predictions.labels.forEach((label, i) => {
    const logOdds = predictions.logits[i * 2 + 1]! - predictions.logits[i * 2]!;
    matrix[label]![logOdds >= evaluation.threshold!.logOdds! ? 1 : 0]!++;
  });
  assert.deepEqual(evaluation.test.byThreshold?.confusionMatrix, matrix);
  for (const epoch of state.epochs)
    assert.ok((await readFile(join(folder, epoch.predictions), 'utf8')).startsWith('path,label'));
});

test('fineTune() does not change the dataset', async () => {
  const names = (await readdir(setup.dataset, { recursive: true })).filter((name) => name.endsWith('.png'));
  assert.equal(names.length, 40);
  assert.deepEqual(await readdir(setup.dataset), ['test', 'train', 'val']);
});

test('the same seed reproduces a run figure for figure, another seed does not', async () => {
  const again = await tinyRun(setup);
  assert.deepEqual(figuresOf(again), figuresOf(first));
  const other = await tinyRun(setup, { sets: ['seed=7'] });
  assert.notDeepEqual(figuresOf(other), figuresOf(first));
});

test('the feature cache affects only the time', async () => {
  const off = await tinyRun(setup, { job: { useFeatureCache: false } });
  assert.deepEqual(figuresOf(off), figuresOf(first));
});

test('model.onnx reproduces the logits of the run, and model.safetensors contains its weights', async () => {
  const { folder } = first;
  const { tensors } = readSafetensors(join(folder, 'model.safetensors'));
  assert.deepEqual(tensors.get('fc.weight')?.shape, [2, 512]);
  assert.ok(tensors.has('layer4.1.bn2.num_batches_tracked'));
  const predictions = parsePredictions(await readFile(join(folder, 'predictions/test.csv'), 'utf8'), ['blue', 'red']);
  const { recipe } = first.state;
  const { images } = await prepareDataset({
    folder: setup.dataset,
    groupPattern: null,
    split: recipe!.split,
    seed: recipe!.seed,
    depth: recipe!.depth,
  });
  const pixels = createPixelSource({
    images,
    size: 64,
    color: 'rgb',
    input: imageNetInput,
    depth: 16,
    trainViews: recipe!.trainViews,
    seed: recipe!.seed,
    threads: 1,
  });
  const model = await readFile(join(folder, 'model.onnx'));
  for (const [row, relativePath] of predictions.relativePaths.entries()) {
    const view = await pixels.view(
      images.findIndex((image) => image.relativePath === relativePath),
      'eval',
    );
    const input = normalized(view as Uint8Array, 64);
    const { logits } = await runOnce({ model }, { input: { dtype: 'float32', shape: [1, 3, 64, 64], data: input } });
    const [blue, red] = logits!.data as Float32Array;
    // The run's features are rounded to half precision (11 bits) once.
    const expected = predictions.logits[row * 2 + 1]! - predictions.logits[row * 2]!;
    assert.ok(
      Math.abs(red! - blue! - expected) < 2e-3 * Math.max(1, Math.abs(expected)),
      `${relativePath}: ${red! - blue!} in ONNX, ${expected} in the run`,
    );
  }
  await pixels.dispose();
});

test('a requested stop ends the run after the current batch, keeps the best weights and skips the test images', async () => {
  const stopped = await tinyRun(setup, {
    onEvent: (event, folder) => {
      if (event.type === 'epoch' && event.epoch === 2) void writeFile(join(folder, 'stop'), '');
    },
    sets: ['stages.1.epochs=200'],
  });
  assert.equal(stopped.state.status, 'stopped');
  assert.ok(stopped.state.epochs.length < 150);
  assert.equal(stopped.state.evaluation, null);
  const names = await readdir(stopped.folder);
  assert.ok(names.includes('model.safetensors') && !names.includes('evaluation.json'));
});

async function failure(run: Promise<TinyRun>): Promise<UserError> {
  try {
    await run;
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error;
  }
  throw new Error('the run did not fail');
}

test('an exploding learning rate stops the run at the first non-finite step, which the run reports', async () => {
  const error = await failure(
    tinyRun(setup, { sets: ['stages.1.optimizer={"type":"sgd","learningRate":{"head":1e30,"backbone":1e30}}'] }),
  );
  assert.equal(error.code, 'notFinite');
  assert.match(error.message, /stage 2, epoch 3, batch \d/);
});

test("weights that overflow after an epoch's last step are reported as such, not as a bug", async () => {
  const sets = [
    'batchSize.train=32',
    'stages.0.epochs=1',
    'stages.0.optimizer={"type":"sgd","learningRate":{"head":1e38}}',
  ];
  const error = await failure(tinyRun(setup, { sets }));
  assert.equal(error.code, 'notFinite');
  assert.match(error.message, /epoch 1, batch 1: the output for the validation image "val\/\w+\/\w+-\d\.png"/);
});

const engineThat =
  (spoiling: Spoiling) =>
  (threads: number): Engine =>
    spoiltEngine(createCpuEngine(threads), spoiling);

const someGpu = { name: 'Some GPU', engine: 'onnxruntime-webgpu', threads: 1 };

test('a test image without a finite output is named, test figures are omitted, and the weights stay', async () => {
  let isTest = false;
  const createEngine = engineThat({
    after({ logits }) {
      if (isTest && logits) (logits.data as Float32Array)[3] = Number.NaN; // of the second image
    },
  });
  let folder = '';
  const error = await failure(
    tinyRun(setup, {
      sets: ['stages.0.epochs=1', 'stages.1.epochs=1'],
      createEngine,
      onEvent: (event, runFolder) => {
        folder = runFolder;
        if (event.type === 'stageEnded' && event.stage === 1) isTest = true;
      },
    }),
  );
  assert.equal(error.code, 'outputNotFinite');
  assert.match(error.message, /the image "test\/blue\/blue-1\.png"/);
  const names = await readdir(folder);
  assert.ok(names.includes('model.safetensors') && !names.includes('evaluation.json'), String(names));
});

test('when a GPU fails, the run continues from its last epoch on the CPU, and reports it', async () => {
  let steps = 0;
  const onCpu = engineThat({
    before(program) {
      // The first stage has two epochs of three steps each.
      if (program.includes('training step') && ++steps === 5)
        throw new UserError('engineFailed', { engine: 'webgpu', reason: 'device lost' });
    },
  });
  const createEngine = (threads: number) => ({ ...onCpu(threads), device: someGpu });
  const run = await tinyRun(setup, { createEngine });
  assert.equal(run.state.status, 'finished');
  assert.deepEqual(run.state.device, { name: 'CPU', engine: 'onnxruntime-cpu', threads: 2 });
  const told = run.state.warnings.find(({ code }) => code === 'gpuStopped');
  assert.equal(told?.params.gpu, 'Some GPU');
  assert.equal(told?.params.epoch, 2);
  assert.deepEqual(figuresOf(run), figuresOf(first));
});

test('a device that silently computes wrong numbers is reported and does not affect the final figures', async () => {
  const sets = ['stages.0.epochs=1', 'stages.1.epochs=1'];
  const plain = await tinyRun(setup, { sets });
  const onCpu = engineThat({
    after({ logits }) {
      if (logits) (logits.data as Float32Array)[0]! += 1;
    },
  });
  const createEngine = (threads: number) => ({ ...onCpu(threads), device: someGpu });
  const run = await tinyRun(setup, { sets, createEngine });
  const told = run.state.warnings.find(({ code }) => code === 'gpuDiffered');
  assert.equal(told?.params.gpu, 'Some GPU');
  assert.ok(Number(told?.params.difference) > 0.01, String(told?.params.difference));
  assert.deepEqual(figuresOf(run).evaluation, figuresOf(plain).evaluation);
  for (const file of ['predictions/val.csv', 'predictions/test.csv'])
    assert.equal(await readFile(join(run.folder, file), 'utf8'), await readFile(join(plain.folder, file), 'utf8'));
  assert.ok(!plain.state.warnings.some(({ code }) => code === 'gpuDiffered'));
});

test('a bug fails the run with a pointer to its log, which contains the stack', async () => {
  const createEngine = engineThat({
    before() {
      throw new Error('no such thing');
    },
  });
  await assert.rejects(tinyRun(setup, { createEngine }), /no such thing/);
  const runs = (await readdir(join(setup.root, 'runs'))).map((name) => join(setup.root, 'runs', name));
  const states = await Promise.all(runs.map(async (folder) => ({ folder, ...(await readRun(folder)) })));
  const broken = states.find(({ state }) => state.problem?.code === 'internal')!;
  assert.equal(broken.state.status, 'failed');
  assert.match(await readFile(join(broken.folder, 'runner.log'), 'utf8'), /no such thing[\s\S]*at /);
});

test('an image that vanishes during training is skipped and reported; too many end the run', async () => {
  const some = await tinySetup();
  const gone = join(some.dataset, 'train/red/red-3.png');
  const lost = await tinyRun(some, {
    sets: ['trainViews.count=fresh'],
    onEvent: (event) => {
      if (event.type === 'stageStarted' && event.stage === 0) void rename(gone, `${gone}.away`);
    },
    job: { useFeatureCache: false },
  });
  assert.equal(lost.state.status, 'finished');
  assert.ok(
    lost.state.warnings.some(
      ({ code, params }) => code === 'imagesLost' && params.relativePath === 'train/red/red-3.png',
    ),
  );

  const error = await failure(
    tinyRun(await tinySetup(), {
      onEvent: (event) => {
        if (event.type === 'started') return;
        if (event.type === 'stageStarted') void rm(join(some.dataset, 'train/blue'), { recursive: true, force: true });
      },
      job: { dataset: some.dataset, useFeatureCache: false },
    }),
  );
  assert.equal(error.code, 'tooManyVanished');
});

test('an undecodable image is skipped, recorded and reported, and the run continues', async () => {
  const some = await tinySetup();
  await writeFile(join(some.dataset, 'train/red/broken.jpg'), 'this is not an image');
  await mkdir(join(some.dataset, 'train/.ipynb_checkpoints'));
  const { state } = await tinyRun(some);
  assert.equal(state.status, 'finished');
  assert.deepEqual(state.counts?.train, [10, 10]);
  assert.ok(
    state.findings.some((finding) => finding.kind === 'corrupt' && finding.relativePath === 'train/red/broken.jpg'),
  );
});

test('without weights every layer trains from measured statistics, and the run marks its numbers accordingly', async () => {
  const { state } = await tinyRun(setup, { sets: ['weights=none'] });
  assert.equal(state.status, 'finished');
  assert.equal(state.weights?.kind, 'random');
  assert.ok(state.stages.every((stage) => stage.unfreeze === 'all' && stage.trainableParameters > 11e6));
  assert.ok(state.warnings.some(({ code }) => code === 'randomWeights'));
  assert.equal(state.warnings.filter(({ code }) => code === 'randomWeights').length, 1);
});

test('early stopping ends a stage and reports it', async () => {
  const { state } = await tinyRun(setup, {
    sets: ['stages.0.epochs=6', 'stages.0.earlyStopping={"monitor":"auroc","patience":1}', 'stages.1.epochs=1'],
  });
  assert.equal(state.stages[0]!.endReason, 'earlyStopping');
  assert.equal(state.status, 'finished');
  assert.deepEqual(
    state.epochs.map(({ epoch }) => epoch),
    state.epochs.map((_, i) => i + 1),
  );
});

test('a run with three classes finishes without a threshold, with macro figures', async () => {
  const some = await tinySetup();
  await tinyDataset(some.dataset, { train: 8, val: 4, test: 4 }, ['blue', 'red', 'violet']);
  const { state } = await tinyRun(some);
  assert.equal(state.status, 'finished');
  assert.equal(state.evaluation?.threshold, null);
  assert.equal(state.evaluation?.test.byHighestProbability.confusionMatrix.length, 3);
  assert.equal(typeof state.epochs[0]!.metrics.val.auroc, 'number');
});

function normalized(rgb: Uint8Array, size: number): Float32Array {
  const mean = [0.485, 0.456, 0.406];
  const std = [0.229, 0.224, 0.225];
  const out = new Float32Array(3 * size * size);
  for (let i = 0; i < size * size; i++)
    for (let c = 0; c < 3; c++) out[c * size * size + i] = (rgb[i * 3 + c]! / 255 - mean[c]!) / std[c]!;
  return out;
}
