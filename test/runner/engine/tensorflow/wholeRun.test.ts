// A run from the folder to the last file, computed by TensorFlow.js.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTensorFlowEngine } from '../../../../runner/engine/tensorflow/engine.ts';
import { readRun } from '../../../../runner/store/readRun.ts';
import { allClose } from '../../../support/allClose.ts';
import { installTensorFlow } from '../../../support/fakeTensorFlow.ts';
import { type TinyRun, tinyRun, tinySetup } from '../../../support/tinyRun.ts';

test('a run with TensorFlow.js has the figures of one with ONNX Runtime, and says what computed it', async () => {
  const setup = await tinySetup({ train: 4, val: 2, test: 2 });
  const sets = ['imageSize=32', 'stages.0.epochs=1', 'stages.1.unfreeze="fc"', 'stages.1.epochs=1'];
  const engine = await createTensorFlowEngine(2, await installTensorFlow());
  const found = await tinyRun(setup, { sets, createEngine: () => engine, job: { useFeatureCache: false } });
  const expected = await tinyRun(setup, { sets, job: { useFeatureCache: false } });
  assert.equal(found.state.status, 'finished');
  const read = await readRun(found.folder);
  assert.deepEqual(read.state.device, { name: 'CPU', engine: 'tfjs-node 4.22.0', threads: 2 });
  const losses = ({ state }: TinyRun) =>
    state.epochs.flatMap(({ metrics }) => [metrics.train.loss, metrics.val.loss]).map(Number);
  assert.equal(losses(found).length, 4);
  allClose('losses', losses(found), losses(expected), { relative: 1e-4 });
  assert.deepEqual(
    found.state.evaluation?.test.byThreshold?.confusionMatrix,
    expected.state.evaluation?.test.byThreshold?.confusionMatrix,
  );
});
