// Programs in TensorFlow.js, on its plain JavaScript backend, against ONNX Runtime.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { classObjective } from '../../../../runner/classification/objective.ts';
import type { Engine } from '../../../../runner/engine/engine.ts';
import { createCpuEngine } from '../../../../runner/engine/onnx/onnxEngine.ts';
import { readGraph } from '../../../../runner/engine/tensorflow/graph.ts';
import { knownOperators, planOf } from '../../../../runner/engine/tensorflow/plan.ts';
import { TensorFlowProgram } from '../../../../runner/engine/tensorflow/program.ts';
import { operatorsEverywhere } from '../../../../runner/graph/operators.ts';
import { trainStepProgram } from '../../../../runner/programs/trainStep.ts';
import { trunkProgram } from '../../../../runner/programs/trunk.ts';
import { opCases } from '../../../support/opCases.ts';
import {
  adamw,
  checkClose,
  checkOperator,
  feedsOf,
  floatsOf,
  outcomeOf,
  poisonedFeedsOf,
  programCases,
  sgd,
  stateOf,
  stepCase,
} from '../../../support/programCases.ts';
import { referenceParameters } from '../../../support/referenceTensors.ts';

const cpu = createCpuEngine(2);
before(() => tf.setBackend('cpu'));
after(() => cpu.dispose());

/** In this thread. */
const here: Pick<Engine, 'load'> = {
  async load(source) {
    const program = TensorFlowProgram.load(tf, source);
    return {
      run: async (feeds) => program.run(feeds),
      readState: async () => new Map(program.readState()),
      writeState: async (state) => program.writeState(state),
      dispose: async () => program.dispose(),
    };
  },
};

test('every operator that a program may contain is implemented', () => {
  assert.deepEqual([...knownOperators].sort(), [...operatorsEverywhere].sort());
});

for (const each of opCases)
  test(`TensorFlow.js computes ${each.name} and its gradients as ONNX Runtime does`, () =>
    checkOperator(each, here, 1e-5));

// The rest of the network's gradients take half a minute here, and seconds on the binary (binary.tensorflow.test.ts).
const { 'a training step of every part, SGD': _, ...cases } = programCases;
for (const [name, build] of Object.entries(cases))
  test(`TensorFlow.js computes ${name} as ONNX Runtime does, and leaks no tensor`, async () => {
    const source = build();
    const runs = name.includes('two runs') ? 2 : 1;
    const tensors = tf.memory().numTensors;
    const [expected, found] = [await outcomeOf(cpu, source, runs), await outcomeOf(here, source, runs)];
    assert.deepEqual([...found.keys()], [...expected.keys()]);
    for (const [entry, values] of expected) checkClose(entry, found.get(entry)!, values);
    assert.equal(tf.memory().numTensors, tensors);
  });

test('consecutive steps match ONNX Runtime, in memory that does not grow', async () => {
  const source = stepCase('resnet18', 'head', adamw);
  const program = TensorFlowProgram.load(tf, source);
  const reference = await cpu.load(source);
  program.writeState(stateOf(source));
  await reference.writeState(stateOf(source));
  const sizes = new Set<string>();
  for (let seed = 1; seed <= 30; seed++) {
    const [found, expected] = [program.run(feedsOf(source, seed)), await reference.run(feedsOf(source, seed))];
    for (const [name, tensor] of Object.entries(expected)) checkClose(name, floatsOf(found[name]!), floatsOf(tensor));
    sizes.add(`${tf.memory().numTensors} tensors, ${tf.memory().numBytes} bytes`);
  }
  assert.equal(sizes.size, 1, [...sizes].join('; '));
  const state = await reference.readState();
  for (const [name, tensor] of program.readState()) checkClose(name, floatsOf(tensor), floatsOf(state.get(name)!));
  program.dispose();
  await reference.dispose();
});

test('a step with a non-finite loss leaves the state unchanged', () => {
  const source = stepCase('resnet18', 'head', sgd);
  const program = TensorFlowProgram.load(tf, source);
  program.writeState(stateOf(source));
  program.run(feedsOf(source, 1));
  const before = program.readState();
  const tensors = tf.memory().numTensors;
  const out = program.run(poisonedFeedsOf(source));
  assert.ok(!Number.isFinite(floatsOf(out.loss!)[0]));
  assert.deepEqual(program.readState(), before);
  assert.equal(tf.memory().numTensors, tensors);
  program.run(feedsOf(source, 2));
  assert.notDeepEqual(program.readState(), before);
  program.dispose();
});

test('readState() returns copies of what writeState() was given', () => {
  const source = stepCase('resnet18', 'head', adamw);
  const program = TensorFlowProgram.load(tf, source);
  const [written, before] = [stateOf(source), structuredClone(stateOf(source))];
  program.writeState(written);
  assert.deepEqual(new Map(program.readState()), before);
  program.run(feedsOf(source, 1));
  assert.deepEqual(written, before);
  for (const [, tensor] of program.readState()) (tensor.data as Float32Array).fill(0);
  assert.notEqual(floatsOf(program.readState()[0]![1])[0], 0);
  program.dispose();
});

test('a run with a missing feed or a wrong shape is refused and leaks no tensor', () => {
  const source = stepCase('resnet18', 'head', sgd);
  const program = TensorFlowProgram.load(tf, source);
  assert.throws(() => program.run(feedsOf(source, 1)), /run before writeState/);
  program.writeState(stateOf(source));
  const tensors = tf.memory().numTensors;
  const { labels, ...others } = feedsOf(source, 1);
  assert.throws(() => program.run(others), /Input labels is missing/);
  const short = { ...labels!, data: labels!.data.slice(1) };
  assert.throws(() => program.run({ ...others, labels: short }), /Input labels is .* with 1 entries/);
  assert.equal(tf.memory().numTensors, tensors);
  program.dispose();
});

test("tensors are transposed only at the graph's borders, filters once when a program loads", () => {
  const parameters = referenceParameters('resnet18', 3);
  const source = trunkProgram({
    architecture: 'resnet18',
    parameters,
    cuts: ['layer3', 'layer4'],
    batch: 2,
    imageSize: 32,
    input: 'pixels',
    featureType: 'float16',
  });
  const { steps, outputs } = planOf(readGraph(source.model), Object.keys(source.outputs));
  const turns = steps.map(({ output }) => output).filter((name) => name.endsWith('(channels first)'));
  assert.deepEqual(turns, [...outputs.values()]);
  assert.ok(!steps.some(({ inputs: [input], output }) => input === 'pixels' && output.includes('channels')));
});

test('the training step of the largest network is readable', () => {
  const parameters = referenceParameters('resnet101', 2);
  const source = trainStepProgram({
    architecture: 'resnet101',
    parameters,
    unfreeze: 'all',
    objective: classObjective('resnet101', 2),
    batch: 2,
    imageSize: 64,
    featureType: 'uint8',
    optimizer: adamw,
  });
  const graph = readGraph(source.model);
  const next = source.state.map((each) => each.next);
  assert.equal(planOf(graph, [...Object.keys(source.outputs), ...next]).outputs.size, next.length + 3);
});
