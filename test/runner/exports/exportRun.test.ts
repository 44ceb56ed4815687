// Exports of a real run of a few seconds: the files predict as the run does, the programs beside them use them, and refusals are sentences.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readModel } from '../../../runner/classification/evaluation/models/onnxModel.ts';
import { type ExportRequest, exportRun } from '../../../runner/commands/exportRun.ts';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { describeExport } from '../../../runner/exports/describe.ts';
import { largestDifference, modelFile } from '../../../runner/exports/exports.ts';
import { modelMetadataOf } from '../../../runner/exports/metadata.ts';
import { compare, refuseIfOff } from '../../../runner/exports/parity.ts';
import { evenly, imagesOf, patterns } from '../../../runner/exports/probeImages.ts';
import type { Parameters } from '../../../runner/tensor.ts';
import { encodeModel } from '../../../runner/weights/encodeModel.ts';
import { readSafetensors } from '../../../runner/weights/formats/safetensors.ts';
import { readTorchFile } from '../../../runner/weights/torch/torchFile.ts';
import { readTrainedModel } from '../../../runner/weights/trained.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { besideNames, type ExportAnswer, ExportRecord } from '../../../shared/contracts/exports.ts';
import { atProbability } from '../../../shared/contracts/scores.ts';
import {
  answersOfProgram,
  checkProgramLines,
  giveTemperature,
  type ProgramLine,
  testPredictionsOf,
} from '../../support/exportedPrograms.ts';
import { tinyRun, tinySetup } from '../../support/tinyRun.ts';

const setup = await tinySetup();
const { folder: runFolder, state } = await tinyRun(setup, { sets: ['medical=true'] });
const temperature = 1.5;
await giveTemperature(runFolder, temperature);

// The snippets resolve their imports from here upwards.
await symlink(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(setup.root, 'node_modules'));
let folders = 0;
async function newFolder(): Promise<string> {
  const folder = join(setup.root, `exports-${folders++}`);
  await mkdir(folder);
  return folder;
}

async function exported(request: Partial<ExportRequest> & Pick<ExportRequest, 'format'>) {
  const file = join(await newFolder(), `pets ö.${request.format}`);
  const answer = await exportRun({ runFolder, out: file, ...request });
  const record = ExportRecord.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')));
  return { file, answer, record, bytes: await readFile(file) };
}

const predictions = await testPredictionsOf(runFolder, state);
const [, red] = state.classNames as [string, string];

const answersOf = (file: string) => answersOfProgram(process.execPath, `${file}.ts`, setup.dataset, predictions);
const checkAnswers = (lines: readonly ProgramLine[], tolerance: number) =>
  checkProgramLines(lines, { state, predictions, temperature, tolerance });

test('model.onnx of a run contains classes, preprocessing and threshold by the contract', async () => {
  const { told } = readModel('model.onnx', await readFile(join(runFolder, 'model.onnx')));
  assert.equal(told.runId, state.runId);
  assert.deepEqual(told.classNames, state.classNames);
  assert.equal(told.threshold, state.evaluation!.threshold);
  assert.equal(told.notForDiagnosticUse, true);
  assert.equal(told.initialWeights, 'a weights file');
});

test('an ONNX export predicts as the run does, and so does the program beside it', async () => {
  const { file, answer, record, bytes } = await exported({ format: 'onnx' });
  assert.deepEqual(
    (await readdir(join(file, '..'))).sort(),
    [file, ...answer.beside].map((name) => name.slice(join(file, '..').length + 1)).sort(),
  );
  assert.deepEqual(
    answer.beside,
    besideNames('onnx').map((name) => file + name),
  );
  assert.equal(record.parity.comparedOn, 'images');
  assert.equal(record.parity.count, 16);
  assert.ok(record.parity.maxProbabilityDifference < 1e-5, `${record.parity.maxProbabilityDifference}`);
  assert.equal(record.parity.changedDecisions, 0);
  const { told } = readModel(file, bytes);
  assert.deepEqual(told, record.model);
  assert.equal(told.temperature, temperature);
  checkAnswers(await answersOf(file), 1e-3);
});

test('the program beside an export with preprocessing passes the whole image to the model', async () => {
  const { file, record } = await exported({ format: 'onnx', withPreprocessing: true });
  assert.equal(record.model.input, 'image');
  assert.equal(record.parity.count, 16);
  assert.ok(record.parity.maxProbabilityDifference < 0.02, `${record.parity.maxProbabilityDifference}`);
  checkAnswers(await answersOf(file), 0.02);
});

test('float16 halves the file size and keeps the predictions', async () => {
  const whole = await exported({ format: 'onnx' });
  const half = await exported({ format: 'onnx', fp16: true });
  const share = half.record.sizeBytes / whole.record.sizeBytes;
  assert.ok(share > 0.5 && share < 0.505, `${share}`);
  assert.equal(half.record.model.weightType, 'float16');
  const { maxLogitDifference: off } = half.record.parity;
  assert.ok(off > 1e-6 && off < 5e-3, `${off}`);
  assert.equal(readModel(half.file, half.bytes).told.weightType, 'float16');
  checkAnswers(await answersOf(half.file), 2e-3);
});

test('weights files contain the run’s weights bit for bit', async () => {
  const own = readSafetensors(join(runFolder, 'model.safetensors')).tensors;
  for (const format of ['pth', 'safetensors'] as const) {
    const { bytes, record, answer } = await exported({ format });
    const { tensors } = format === 'pth' ? await readTorchFile(bytes) : readSafetensors(bytes);
    assert.deepEqual([...tensors.keys()], [...own.keys()]);
    for (const [name, { data, shape }] of own) {
      assert.deepEqual(tensors.get(name)!.shape, shape);
      assert.ok(Buffer.from(tensors.get(name)!.data.buffer).equals(Buffer.from(data.buffer)), name);
    }
    assert.equal(record.parity.maxWeightDifference, 0);
    assert.equal(record.parity.maxLogitDifference, 0);
    assert.ok(
      answer.beside.some((name) => name.endsWith('.py')) && !answer.beside.some((name) => name.endsWith('.ts')),
    );
  }
});

async function networkOf(): Promise<{ architecture: 'resnet18'; parameters: Parameters }> {
  return { architecture: 'resnet18', parameters: (await readTrainedModel(runFolder, 'resnet18', state)).parameters };
}
const metadata = modelMetadataOf({
  runId: state.runId,
  recipe: state.recipe!,
  depth: state.depth,
  classNames: state.classNames,
  positiveClass: red,
  threshold: atProbability(0.5),
  temperature: null,
  weights: state.weights,
});
const view = { size: 64, color: 'rgb', depth: 16 } as const;

/** With one weight in a thousand of one layer changed. */
function damaged({ parameters }: { parameters: Parameters }): Parameters {
  const { data, shape } = parameters.get('layer3.0.conv1.weight')!;
  const wrong = data.map((value, i) => (i % 1000 === 0 ? value + 1 : value));
  return new Map([...parameters, ['layer3.0.conv1.weight', { dtype: 'float32', shape, data: wrong }]]);
}

test('an exported file whose predictions differ is refused, in every format', async () => {
  const network = await networkOf();
  const wrong = { ...network, parameters: damaged(network) };
  const engine = createCpuEngine(2);
  try {
    for (const [format, form] of [
      ['onnx', {}],
      ['onnx', { input: 'image' }],
      ['pth', {}],
    ] as const) {
      const own = await modelFile({ format, network, metadata: { ...metadata, ...form }, doc: '', keptEpoch: 1 });
      const bad = await modelFile({
        format,
        network: wrong,
        metadata: { ...metadata, ...form },
        doc: '',
        keptEpoch: 1,
      });
      const against = (candidate: typeof own.candidate) =>
        compare({
          engine,
          network,
          candidate,
          imageSize: 64,
          positiveLabel: 1,
          threshold: atProbability(0.5),
          temperature: null,
          images: patterns(view),
        });
      refuseIfOff(format, await against(own.candidate), 0.05);
      const compared = await against(bad.candidate);
      assert.throws(
        () => refuseIfOff(format, compared, 1e-3),
        (error) => error instanceof UserError && error.code === 'exportDiffers' && /pattern \d/.test(error.message),
      );
    }
  } finally {
    await engine.dispose();
  }
});

test('verification detects weights that read back changed, missing, surplus or not finite', () => {
  const tensor = (...data: number[]) =>
    ({ dtype: 'float32', shape: [data.length], data: Float32Array.from(data) }) as const;
  const expected = [['a', tensor(1, 2)] as const, ['b', tensor(3)] as const];
  const seen = (...entries: [string, ReturnType<typeof tensor>][]) => largestDifference(expected, new Map(entries));
  assert.equal(seen(['a', tensor(1, 2)], ['b', tensor(3)]), 0);
  assert.equal(seen(['a', tensor(1, 2.5)], ['b', tensor(3)]), 0.5);
  assert.equal(seen(['a', tensor(1, 2)]), Infinity);
  assert.equal(seen(['a', tensor(1, 2)], ['b', tensor(3)], ['c', tensor(3)]), Infinity);
  assert.equal(seen(['a', tensor(1, 2)], ['b', tensor(3, 4)]), Infinity);
  assert.equal(seen(['a', tensor(1, Number.NaN)], ['b', tensor(3)]), Infinity);
});

async function refusal(request: Partial<ExportRequest>): Promise<UserError> {
  const error = await exportRun({ runFolder, format: 'onnx', ...request }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, String(error));
  return error;
}

test('an export replaces an existing file only on request, and a file of the run never', async () => {
  const folder = await newFolder();
  const out = join(folder, 'a.pth');
  await writeFile(`${out}.py`, 'mine');
  const error = await refusal({ format: 'pth', out });
  assert.equal(error.code, 'exportExists');
  assert.match(error.message, /"a\.pth\.py".*--force/);
  assert.deepEqual(await readdir(folder), ['a.pth.py']);
  await exportRun({ runFolder, format: 'pth', out, force: true });
  assert.match(await readFile(`${out}.py`, 'utf8'), /load_state_dict/);
  const before = await stat(join(runFolder, 'model.onnx'));
  assert.equal((await refusal({ out: join(runFolder, 'model.onnx'), force: true })).code, 'exportOntoRun');
  assert.equal((await stat(join(runFolder, 'model.onnx'))).mtimeMs, before.mtimeMs);
});

/** Aborted at the n-th query of the signal, from 0; `asked` counts the queries. */
function signalAt(n: number) {
  const signal = new AbortController().signal;
  const seen = { asked: 0 };
  signal.throwIfAborted = () => {
    if (seen.asked++ === n) throw new DOMException('given up', 'AbortError');
  };
  return { signal, seen };
}

test('exportRun() writes nothing when aborted early', async () => {
  const whole = signalAt(Number.POSITIVE_INFINITY);
  const out = join(await newFolder(), 'a.onnx');
  await exportRun({ runFolder, format: 'onnx', out }, whole.signal);
  assert.ok(whole.seen.asked > 4, 'between the images, too');
  assert.equal((await readdir(join(out, '..'))).length, 1 + besideNames('onnx').length);
  for (const n of [0, 2, whole.seen.asked - 1]) {
    const folder = await newFolder();
    const { signal } = signalAt(n);
    const given = exportRun({ runFolder, format: 'onnx', out: join(folder, 'a.onnx') }, signal);
    await assert.rejects(given, { name: 'AbortError' });
    assert.deepEqual(await readdir(folder), []);
  }
});

test('an unwritable output folder is reported as such', async () => {
  const error = await refusal({ out: join(await newFolder(), 'nowhere/a.onnx') });
  assert.equal(error.code, 'cannotSave');
  assert.match(error.message, /Choose another place/);
});

test('options that a format does not support are refused', async () => {
  assert.equal((await refusal({ format: 'pth', fp16: true })).code, 'badArgument');
  assert.equal((await refusal({ format: 'card', withPreprocessing: true })).code, 'badArgument');
});

/** A copy of the run elsewhere, with something changed. */
async function runLike(change: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = join(await mkdtemp(join(setup.root, 'like-')), state.runId);
  await cp(runFolder, folder, { recursive: true });
  await change(folder);
  return folder;
}

test('missing weights and weights that are not finite are refused in a sentence', async () => {
  const without = await runLike((folder) => rm(join(folder, 'model.safetensors')));
  assert.equal((await refusal({ runFolder: without, out: join(await newFolder(), 'a') })).code, 'runWithoutWeights');
  const network = await networkOf();
  const bias = network.parameters.get('fc.bias')!;
  const broken = new Map([...network.parameters, ['fc.bias', { ...bias, data: Float32Array.of(1, Number.NaN) }]]);
  const notFinite = await runLike((folder) =>
    writeFile(join(folder, 'model.safetensors'), encodeModel('resnet18', broken as Parameters, 2, {})),
  );
  assert.equal((await refusal({ runFolder: notFinite, out: join(await newFolder(), 'a') })).code, 'weightsNotFinite');
});

test('a run stopped before its test exports its kept epoch, verified on its validation images', async () => {
  const stopped = await runLike(async (folder) => {
    await rm(join(folder, 'evaluation.json'));
    const events = (await readFile(join(folder, 'events.jsonl'), 'utf8')).split('\n');
    const end = events.findIndex((line) => line.includes('"type":"evaluated"'));
    await writeFile(join(folder, 'events.jsonl'), `${events.slice(0, end).join('\n')}\n`);
    await rm(join(folder, 'run.json'));
  });
  const out = join(await newFolder(), 'a.onnx');
  const { parity } = await exportRun({ runFolder: stopped, format: 'onnx', out });
  assert.equal(parity?.comparedOn, 'images');
  const { model } = ExportRecord.parse(JSON.parse(await readFile(`${out}.json`, 'utf8')));
  const fitted = state.evaluation!;
  assert.deepEqual(
    [model.positiveClass, model.threshold, model.thresholdLogOdds, model.temperature],
    [red, fitted.threshold, fitted.thresholdLogOdds, fitted.temperature],
  );
});

test('a model card states what is known, marks what only a person can fill in, and contains no path of this machine', async () => {
  const out = join(await newFolder(), 'MODEL_CARD.md');
  const answer = await exportRun({ runFolder, format: 'card', out });
  assert.deepEqual([answer.parity, answer.beside], [null, []]);
  const text = await readFile(out, 'utf8');
  for (const part of [
    'Not for diagnostic use',
    'TO BE FILLED IN',
    'AUROC',
    'Leaks',
    state.fingerprint!,
    'Temperature 1.5000',
  ])
    assert.ok(text.includes(part), part);
  assert.ok(!text.includes(setup.root.replaceAll('_', '\\_')), 'a path');
  const { file } = await exported({ format: 'onnx', fp16: true });
  assert.match(await readFile(`${file}.MODEL_CARD.md`, 'utf8'), /stored as float16/);
});

test('without any image of the run, an export is verified on patterns and reports it', async () => {
  const away = `${setup.dataset}-away`;
  await rename(setup.dataset, away);
  try {
    const { answer } = await exported({ format: 'onnx', withPreprocessing: true });
    assert.equal(answer.parity?.comparedOn, 'patterns');
    assert.match(describeExport(answer), /None of the run’s validation or test images exists any more/);
  } finally {
    await rename(away, setup.dataset);
  }
});

test('the description of an export includes its figures', () => {
  const parity: NonNullable<ExportAnswer['parity']> = {
    comparedOn: 'images',
    count: 16,
    maxLogitDifference: 0.0123456,
    maxProbabilityDifference: 0,
    changedDecisions: 1,
    maxWeightDifference: null,
  };
  const text = describeExport({
    file: '/x/a.onnx',
    beside: ['/x/a.onnx.py'],
    sizeBytes: 44.7e6,
    parity,
    changed: ['a/b\n.jpg'],
  });
  assert.equal(
    text,
    '/x/a.onnx\n44.7 MB. Checked against the run on 16 images: logits differ by at most 0.012, probabilities by at most 0; 1 decision changed.\nChanged decisions: a/b\\u{a}.jpg\nBeside it: a.onnx.py\n',
  );
});

test('images for verification are spread evenly, and never come from outside the dataset', async () => {
  assert.deepEqual(evenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4), [0, 3, 6, 9]);
  assert.deepEqual(evenly([0, 1], 4), [0, 1]);
  const outside = ['../data/test/red/red-0.png', join(setup.dataset, predictions.relativePaths[0]!), 'gone.png'];
  const found: string[] = [];
  for await (const { name } of imagesOf(setup.dataset, [...outside, predictions.relativePaths[0]!], 9, view))
    found.push(name);
  assert.deepEqual(found, [predictions.relativePaths[0]]);
});
