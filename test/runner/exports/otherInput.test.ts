// A network whose row asks for another input than the official ResNets: blue first, bytes from 0 to 255, its own means.
import assert from 'node:assert/strict';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readModel } from '../../../runner/classification/evaluation/models/onnxModel.ts';
import { exportRun } from '../../../runner/commands/exportRun.ts';
import { Graph } from '../../../runner/graph/graph.ts';
import { normalizedPixels, normalizedPlanes } from '../../../runner/programs/preprocess.ts';
import { programSource } from '../../../runner/programs/source.ts';
import type { Tensor } from '../../../runner/tensor.ts';
import { applyView } from '../../../runner/views/apply.ts';
import { pythonWith } from '../../../scripts/python.ts';
import { architectureRow, imageNetInput, type NetworkInput } from '../../../shared/contracts/architectures.ts';
import { allClose } from '../../support/allClose.ts';
import {
  answersOfProgram,
  checkProgramLines,
  giveTemperature,
  testPredictionsOf,
} from '../../support/exportedPrograms.ts';
import { runOnce } from '../../support/runProgram.ts';
import { tinyRun, tinySetup } from '../../support/tinyRun.ts';

/** Caffe's; Keras calls it preprocess_input of mode "caffe". The deviations, 1 there, make a wrong order show. */
const caffe: NetworkInput = {
  ...imageNetInput,
  colorOrder: 'bgr',
  range: [0, 255],
  mean: [103.939, 116.779, 123.68],
  std: [50, 60, 70],
};

// numpy 2.4.6: (image[..., ::-1] - mean) / std, transposed to channels first, of one image of 1 x 2 pixels.
const pixels = { dtype: 'uint8', shape: [1, 1, 2, 3], data: Uint8Array.of(12, 200, 77, 255, 0, 128) } as const;
const expected = [-0.53878, 0.48122, 1.3870166667, -1.9463166667, -1.5954285714, 1.876];

const floats = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array;

test('a program and the arithmetic beside it normalize as the row of the network says', async () => {
  const g = new Graph();
  g.output('x', normalizedPixels(g, g.input('pixels', 'uint8', [1, 1, 2, 3]), caffe));
  const { x } = await runOnce(programSource(g, { name: 'normalized' }), { pixels });
  assert.deepEqual(x!.shape, [1, 3, 1, 2]);
  allClose('in a program', floats(x), expected, { absolute: 1e-5 });
  allClose('beside it', floats(normalizedPlanes(pixels, caffe)), expected, { absolute: 1e-5 });
});

test('applyView() erases with the colour that becomes 0', () => {
  const image = { width: 8, height: 8, data: new Uint8Array(8 * 8 * 3) };
  const erase = { x: 0, y: 0, width: 1, height: 1 };
  const plan = { crop: null, affine: null, rotation: 0, flip: false, color: [], erase };
  assert.deepEqual([...applyView(image, plan, 8, 'rgb', caffe).subarray(0, 3)], [124, 117, 104]);
  const centered: NetworkInput = { ...caffe, range: [-1, 1], mean: [0, -2, 0.5] };
  assert.deepEqual([...applyView(image, plan, 8, 'rgb', centered).subarray(0, 3)], [191, 0, 128]);
});

const python = pythonWith('numpy', 'PIL', 'onnxruntime');

test('a run, its exports and the programs beside them agree about such an input', async (t) => {
  // Every row is data, so that a second one is what the table would hold.
  const row = architectureRow('resnet18') as { input: NetworkInput };
  row.input = caffe;
  t.after(() => {
    row.input = imageNetInput;
  });
  const setup = await tinySetup({ train: 4, val: 2, test: 2 });
  const { folder: runFolder, state } = await tinyRun(setup, { sets: ['stages.0.epochs=1', 'stages.1.epochs=1'] });
  await symlink(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(setup.root, 'node_modules'));
  const temperature = 1.5;
  await giveTemperature(runFolder, temperature);
  const predictions = await testPredictionsOf(runFolder, state);
  for (const withPreprocessing of [false, true]) {
    const out = join(setup.root, `${withPreprocessing}.onnx`);
    const { parity } = await exportRun({ runFolder, out, format: 'onnx', withPreprocessing });
    assert.ok(parity!.maxProbabilityDifference < 1e-3, `off by ${parity!.maxProbabilityDifference}`);
    const { preprocessing } = readModel(out, await readFile(out)).told;
    assert.deepEqual(
      [preprocessing.colorOrder, preprocessing.range, preprocessing.mean],
      ['bgr', [0, 255], [103.939, 116.779, 123.68]],
    );
    const programs = [
      [process.execPath, '.ts'] as const,
      ...(python.command ? [[python.command, '.py'] as const] : []),
    ];
    for (const [interpreter, suffix] of programs) {
      const lines = await answersOfProgram(interpreter, out + suffix, setup.dataset, predictions);
      checkProgramLines(lines, { state, predictions, temperature, tolerance: 1e-3 });
    }
  }
  // The file outlives the row; another network's input is not what it asks for.
  row.input = imageNetInput;
  const file = join(setup.root, 'false.onnx');
  const bytes = await readFile(file);
  assert.throws(() => readModel(file, bytes), /preprocessing that no export uses/);
});
