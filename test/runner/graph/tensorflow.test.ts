// The same cases, forward and gradient, against TensorFlow.js on its plain JavaScript backend: an independent implementation.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../runner/tensor.ts';
import { allClose } from '../../support/allClose.ts';
import { type OpCase, opCases, runCase } from '../../support/opCases.ts';

// Both sum in float32, in different orders.
const tolerance = { relative: 1e-4, absolute: 1e-5 };

before(async () => {
  await tf.setBackend('cpu');
});

for (const each of opCases)
  test(`${each.name} equals TensorFlow.js, forward and gradient`, async () => {
    const oracle = oracles[each.name.split(' ')[0]!];
    assert.ok(oracle, `no oracle for ${each.name}`);
    const running = await runCase(each);
    const { y, gradients } = await running.run(each.inputs);
    const inputs = each.inputs.map(toTensorflow);
    const expected = oracle(inputs, each);
    allClose('y', y, expected.dataSync(), tolerance);
    const projection = tf.tensor(running.projection, expected.shape);
    const gradientsOf = tf.grads((...chosen: tf.Tensor[]) => {
      const all = inputs.map((input, i) => chosen[each.differentiable.indexOf(i)] ?? input);
      return oracle(all, each).mul(projection).sum();
    });
    gradientsOf(each.differentiable.map((i) => inputs[i]!)).forEach((gradient, position) => {
      allClose(
        `gradient of input ${each.differentiable[position]}`,
        gradients[position]!,
        gradient.dataSync(),
        tolerance,
      );
    });
    await running.release();
  });

const toTensorflow = ({ shape, data }: Tensor): tf.Tensor => tf.tensor(data as Float32Array, [...shape]);

type Oracle = (inputs: readonly tf.Tensor[], each: OpCase) => tf.Tensor;

const oracles: Readonly<Record<string, Oracle>> = {
  conv([x, W, b], { window }) {
    const { stride, padding } = window!;
    const padded = tf.pad(x!, [
      [0, 0],
      [padding, padding],
      [padding, padding],
      [0, 0],
    ]);
    const filters = tf.transpose(W!, [2, 3, 1, 0]) as tf.Tensor4D;
    return tf.conv2d(padded as tf.Tensor4D, filters, stride, 'valid').add(b!);
  },
  linear: ([x, W, b]) => tf.matMul(x!, W!, false, true).add(b!),
  relu: ([x]) => tf.relu(x!),
  add: ([x, y]) => tf.add(x!, y!),
  globalAveragePool: ([x]) => tf.mean(x!, [1, 2]),
  maxPool([x], { window }) {
    const { kernel, stride, padding } = window!;
    const padded = tf.pad(
      x!,
      [
        [0, 0],
        [padding, padding],
        [padding, padding],
        [0, 0],
      ],
      -1e9,
    );
    return tf.maxPool(padded as tf.Tensor4D, kernel, stride, 'valid');
  },
  scaleFilters: ([W, gamma, r]) => tf.mul(W!, tf.reshape(tf.mul(gamma!, r!), [-1, 1, 1, 1])),
  shiftOf: ([beta, gamma, meanTimesR]) => tf.sub(beta!, tf.mul(gamma!, meanTimesR!)),
  batchNormTrain([x, gamma, beta, present]) {
    const count = present!.sum().dataSync()[0]!; // the absent images are the last ones
    const some = tf.slice(x!, 0, count);
    const { mean, variance } = tf.moments(some, [0, 1, 2]);
    const y = tf.batchNorm(
      some,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      beta as tf.Tensor1D,
      gamma as tf.Tensor1D,
      1e-5,
    );
    return tf.pad(y, [[0, x!.shape[0]! - count], ...[1, 2, 3].map((): [number, number] => [0, 0])]);
  },
  softmax: ([z]) => tf.softmax(z!),
  weightedSum: ([x, w]) => tf.sum(tf.mul(x!, w!)),
  crossEntropy([z, labels, shares]) {
    const oneHot = tf.oneHot(tf.cast(labels!, 'int32'), z!.shape[1]!);
    const losses = tf.neg(tf.sum(tf.mul(oneHot, tf.logSoftmax(z!)), 1));
    return tf.sum(tf.mul(losses, shares!));
  },
};
