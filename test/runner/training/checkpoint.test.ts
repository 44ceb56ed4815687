// checkpoint.safetensors: what is written comes back, with batches counted or not, and from which versions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FloatTensor } from '../../../runner/tensor.ts';
import { encodeCheckpoint, readCheckpoint } from '../../../runner/training/checkpoint.ts';
import type { EpochResult } from '../../../runner/training/stage/stages.ts';
import { encodeSafetensors, readSafetensors } from '../../../runner/weights/formats/safetensors.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { EpochEvent } from '../../../shared/contracts/events.ts';

const specs = [
  { name: 'bn.weight', shape: [2], role: 'weight' },
  { name: 'bn.running_mean', shape: [2], role: 'runningMean' },
  { name: 'bn.num_batches_tracked', shape: [], role: 'batchCount' },
] as const;

const tensor = (...data: number[]): FloatTensor => ({
  dtype: 'float32',
  shape: [data.length],
  data: Float32Array.from(data),
});
const count = (batches: number): FloatTensor => ({ ...tensor(batches), shape: [] });
const uncounted = new Map([
  ['bn.weight', tensor(1, 2)],
  ['bn.running_mean', tensor(3, 4)],
]);

const scores = {
  loss: 1,
  accuracy: 0.5,
  auroc: 0.5,
  auprc: 0.5,
  sensitivity: 0.5,
  specificity: 0.5,
  recallPerClass: [0.5, 0.5],
};
const event = EpochEvent.parse({
  type: 'epoch',
  epoch: 2,
  stage: 0,
  metrics: { train: scores, val: scores },
  learningRates: { head: 0.1, backbone: null },
  imagesPerSecond: 1,
  elapsedMs: 1,
  best: false,
  predictions: 'predictions/0002.csv',
});

function bytesOf(parameters: EpochResult['parameters'], kept: EpochResult['parameters'], random: boolean): Uint8Array {
  const optimizerState = new Map([['bn.weight/momentumBuffer', tensor(5, 6)]]);
  const result = {
    parameters,
    optimizerState,
    kept: { parameters: kept, epoch: 1, loss: 0.5 },
    patience: { best: null, waited: 0 },
    ends: null,
  } as unknown as EpochResult;
  return encodeCheckpoint(result, { stage: 0, epochsBefore: 0, random, fingerprint: 'abc', event }, {});
}

test('a checkpoint returns weights, statistics, counts of batches, the kept ones, and the optimizer’s state', () => {
  const parameters = new Map([...uncounted, ['bn.num_batches_tracked', count(20)] as const]);
  const kept = new Map([
    ['bn.weight', tensor(7, 8)],
    ['bn.running_mean', parameters.get('bn.running_mean')!],
    ['bn.num_batches_tracked', count(10)],
  ]);
  const read = readCheckpoint(bytesOf(parameters, kept, true), specs);
  assert.deepEqual(read.parameters, parameters);
  assert.deepEqual(read.kept, { parameters: kept, epoch: 1, loss: 0.5 });
  assert.deepEqual([...read.optimizerState], [['bn.weight/momentumBuffer', tensor(5, 6)]]);
});

test('a checkpoint of a run that counts no batches holds none', () => {
  const read = readCheckpoint(bytesOf(uncounted, uncounted, false), specs);
  assert.deepEqual([...read.parameters.keys()], ['bn.weight', 'bn.running_mean']);
});

/** The bytes as version 1 wrote them. */
function ofVersion1(bytes: Uint8Array): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  const progress = JSON.stringify({ ...JSON.parse(metadata.get('progress')!), version: 1 });
  return encodeSafetensors([...tensors], { progress });
}

test('a checkpoint of version 1 is read unless its run began from random weights, which trained by other rules then', () => {
  assert.deepEqual(readCheckpoint(ofVersion1(bytesOf(uncounted, uncounted, false)), specs).parameters, uncounted);
  assert.throws(
    () => readCheckpoint(ofVersion1(bytesOf(uncounted, uncounted, true)), specs),
    (error) =>
      error instanceof UserError && error.code === 'checkpointUnusable' && /with BatchNorm frozen/.test(error.message),
  );
});
