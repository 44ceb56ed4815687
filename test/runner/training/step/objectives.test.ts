// Training steps beyond classification: several heads, levels and inputs, several views of an image, other losses.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createCpuEngine } from '../../../../runner/engine/onnx/onnxEngine.ts';
import type { Graph, Value } from '../../../../runner/graph/graph.ts';
import type { Op } from '../../../../runner/graph/op.ts';
import { add } from '../../../../runner/graph/ops/add.ts';
import { crossEntropy } from '../../../../runner/graph/ops/crossEntropy.ts';
import { concat, mul, reduceSum, reshape, slice, sub } from '../../../../runner/graph/primitives.ts';
import { featureShape } from '../../../../runner/network/cut.ts';
import { parametersOfHead } from '../../../../runner/network/head.ts';
import { labelsTensor } from '../../../../runner/programs/labels.ts';
import type { Objective } from '../../../../runner/programs/objective.ts';
import { segmentProgram } from '../../../../runner/programs/segment.ts';
import { trainStepProgram } from '../../../../runner/programs/trainStep.ts';
import type { Parameters, Tensor } from '../../../../runner/tensor.ts';
import { viewsOf } from '../../../../runner/training/stage/stages.ts';
import { loadBatchStep, rowsOfImage, type StepResult } from '../../../../runner/training/step/batchStep.ts';
import { initialStepState, stepScalars } from '../../../../runner/training/step/stepInputs.ts';
import { UserError } from '../../../../shared/contracts/errors.ts';
import type { Optimizer } from '../../../../shared/contracts/optimizers.ts';
import type { Recipe } from '../../../../shared/contracts/recipe.ts';
import { allClose } from '../../../support/allClose.ts';
import { referenceParameters, referenceTensor } from '../../../support/referenceTensors.ts';

const engine = createCpuEngine(2);
after(() => engine.dispose());

const [architecture, batch, imageSize] = ['resnet18', 5, 32] as const;
const learningRate = { head: 1e-3, backbone: 1e-4 };
const optimizer: Optimizer = { type: 'sgd', learningRate, weightDecay: 0, momentum: 0.9 };
const rates = {
  head: { learningRate: learningRate.head, momentum: 0.9 },
  backbone: { learningRate: learningRate.backbone, momentum: 0.9 },
};
/** One image was lost, one is padding. */
const weights = [1, 0, 2, 0.5, 0];

/** Σᵢ sᵢ·Σₖ (yᵢₖ − tᵢₖ)².   y, t [N, K], s [N];   dy = dL·2·s·(y − t) */
const squaredError: Op<[y: Value, t: Value, s: Value]> = {
  forward(g, [y, t, s]) {
    const off = sub(g, y, t);
    return reduceSum(g, mul(g, s, reduceSum(g, mul(g, off, off), [1])), [0]);
  },
  backward: (g, [y, t, s], dL) => [
    () => mul(g, reshape(g, mul(g, mul(g, dL, s), g.scalar(2)), [batchOf(s), 1]), sub(g, y, t)),
    null,
    null,
  ],
};

/** Σᵢ sᵢ·|z₂ᵢ − z₂ᵢ₊₁|².   z [2N, K], s [N] */
const pairDistance: Op<[z: Value, s: Value]> = {
  forward(g, [z, s]) {
    const off = between(g, z);
    return reduceSum(g, mul(g, s, reduceSum(g, mul(g, off, off), [1])), [0]);
  },
  backward: (g, [z, s], dL) => [
    () => {
      const n = batchOf(s);
      const half = mul(g, reshape(g, mul(g, mul(g, dL, s), g.scalar(2)), [n, 1]), between(g, z));
      const [first, second] = [half, mul(g, half, g.scalar(-1))].map((each) => reshape(g, each, [n, 1, z.shape[1]!]));
      return reshape(g, concat(g, [first!, second!], 1), z.shape);
    },
    null,
  ],
};

function between(g: Graph, z: Value): Value {
  const [rows = 0, k = 0] = z.shape;
  const pairs = reshape(g, z, [rows / 2, 2, k]);
  const [a, b] = [0, 1].map((start) => slice(g, pairs, [{ axis: 1, start, count: 1, step: 1 }]));
  return reshape(g, sub(g, a!, b!), [rows / 2, k]);
}
const batchOf = ({ shape: [n = 0] }: Value) => n;

/** The mean colour of an image, from its last features, and its side, from finer ones. */
const colourAndSide: Objective = {
  head: {
    apply: (o, levels) => ({
      colour: o.linear(levels.at('head'), 'colour', 512, 3),
      side: o.linear(o.globalAveragePool(levels.at('layer4')), 'side', 256, 2),
    }),
  },
  viewsPerImage: 1,
  inputs: { meanColour: { dtype: 'float32', shape: [3] }, sides: { dtype: 'float32', shape: [] } },
  reads: ['side', 'colour'],
  sumsOverImages: true,
  loss: (tape, { colour, side }, { meanColour, sides }, shares) =>
    tape.apply(
      add,
      [
        tape.apply(squaredError, [colour!, meanColour!, shares], undefined),
        tape.apply(crossEntropy, [side!, sides!, shares], undefined),
      ],
      undefined,
    ),
};

/** Two views of an image should match; the image has no target. */
const alikeViews: Objective = {
  head: { apply: (o, levels) => ({ projection: o.linear(levels.at('head'), 'projection', 512, 4) }) },
  viewsPerImage: 2,
  inputs: {},
  reads: ['projection'],
  sumsOverImages: true,
  loss: (tape, { projection }, _, shares) => tape.apply(pairDistance, [projection!, shares], undefined),
};

const ofBackbone = referenceParameters(architecture, 2);

/** Parameters of the backbone, and random ones of the head. */
function parametersFor({ head }: Objective): Parameters {
  const drawn = parametersOfHead(head).map(
    ({ name, shape }) => [name, referenceTensor(name, shape, -0.1, 0.1)] as const,
  );
  return new Map([...ofBackbone, ...drawn]);
}

const features = (rows: number, step = 1): Tensor =>
  referenceTensor(`features ${step}`, [rows, ...featureShape(architecture, 'layer4', imageSize)], 0, 1);
const sides = [0, 1, 1, 0, 1];
const colours = (step = 1) => referenceTensor(`colours ${step}`, [batch, 3], 0, 1);

/** Created for every run, because an engine keeps its feeds. */
const inputsOf = {
  colourAndSide: (step?: number): Record<string, Tensor> => ({
    features: features(batch, step),
    meanColour: colours(step),
    sides: labelsTensor(sides),
  }),
  alikeViews: (step?: number): Record<string, Tensor> => ({ features: features(2 * batch, step) }),
};
const objectives = { colourAndSide, alikeViews };
type Name = keyof typeof objectives;
const names = Object.keys(objectives) as Name[];

const optionsOf = (objective: Objective) =>
  ({
    architecture,
    parameters: parametersFor(objective),
    unfreeze: 'layer4',
    objective,
    batch,
    imageSize,
    featureType: 'float32',
    optimizer,
  }) as const;

const total = weights.reduce((sum, weight) => sum + weight);
const shares = (): Tensor => ({
  dtype: 'float32',
  shape: [batch],
  data: Float32Array.from(weights, (weight) => weight / total),
});

/** Computed from the outputs alone, in double precision. */
const lossOf: Readonly<Record<Name, (outputs: StepResult['outputs'], i: number) => number>> = {
  colourAndSide(outputs, i) {
    const { colour, side } = rowsOfImage(outputs, i, batch);
    const wanted = colours().data.subarray(3 * i, 3 * i + 3);
    const squares = [...colour!].reduce((sum, x, k) => sum + (x - wanted[k]!) ** 2, 0);
    const [a = 0, b = 0] = side!;
    return squares + Math.log(Math.exp(a) + Math.exp(b)) - side![sides[i]!]!;
  },
  alikeViews(outputs, i) {
    const { projection } = rowsOfImage(outputs, i, batch);
    return [0, 1, 2, 3].reduce((sum, k) => sum + (projection![k]! - projection![4 + k]!) ** 2, 0);
  },
};

async function steps(name: Name, count: number, imagesAtOnce = Number.POSITIVE_INFINITY) {
  const trainStep = await loadBatchStep(engine, { ...optionsOf(objectives[name]), imagesAtOnce });
  const results: StepResult[] = [];
  for (let step = 1; step <= count; step++)
    results.push(await trainStep.take({ inputs: inputsOf[name](), weights, rates, step }));
  const state = await trainStep.readState();
  await trainStep.dispose();
  return { results, state };
}

const closeTo = (name: string, found: ArrayLike<number>, expected: ArrayLike<number>, share = 1e-4) =>
  allClose(name, found, expected, {
    absolute: share * Array.from(expected).reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6),
  });

for (const name of names) {
  test(`a step of ${name} reports the loss of its outputs, and reduces it`, async () => {
    const { results } = await steps(name, 4);
    const [{ loss, outputs }] = results as [StepResult];
    const expected = weights.reduce((sum, weight, i) => sum + (weight / total) * lossOf[name](outputs, i), 0);
    allClose('loss', [loss], [expected], { relative: 1e-5 });
    for (const [i, { loss }] of results.entries())
      assert.ok(i === 0 || loss < results[i - 1]!.loss, `${loss} after ${i} steps`);
  });

  test(`the gradients of ${name} equal finite differences`, async () => {
    const options = optionsOf(objectives[name]);
    const source = trainStepProgram({ ...options, exposeGradients: true });
    const program = await engine.load(source);
    const start = initialStepState(source, options.parameters);
    const still = { learningRate: 0, momentum: 0 };
    const run = async (state: ReadonlyMap<string, Tensor>) => {
      await program.writeState(new Map(state));
      const scalars = stepScalars(optimizer, { head: still, backbone: still }, 1);
      return program.run({ ...inputsOf[name](), shares: shares(), ...scalars });
    };
    const lossAt = async (state: ReadonlyMap<string, Tensor>) => ((await run(state)).loss!.data as Float32Array)[0]!;
    const out = await run(start);
    // A bias of the projection moves both views alike.
    const trained = parametersOfHead(objectives[name].head)
      .map((spec) => spec.name)
      .filter((parameter) => parameter !== 'projection.bias');
    for (const parameter of ['layer4.0.bn1.weight', 'layer4.1.conv2.weight', 'layer4.1.bn2.bias', ...trained]) {
      const gradient = out[`${parameter}/gradient`]!.data as Float32Array;
      // Along the gradient itself the loss changes by its length.
      const length = Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0));
      assert.ok(length > 0, `${parameter} has no gradient`);
      const old = start.get(parameter)!;
      const epsilon = 3e-3;
      const movedBy = (sign: number): ReadonlyMap<string, Tensor> =>
        new Map(start).set(parameter, {
          ...old,
          data: (old.data as Float32Array).map((x, i) => x + (sign * epsilon * gradient[i]!) / length),
        });
      const slope = ((await lossAt(movedBy(1))) - (await lossAt(movedBy(-1)))) / (2 * epsilon);
      allClose(`gradient of ${parameter}`, [slope], [length], { relative: 0.02, absolute: 1e-4 });
    }
    await program.dispose();
  });

  test(`a step of ${name} in micro-batches equals the whole batch's`, async () => {
    const whole = await steps(name, 2);
    const { results, state } = await steps(name, 2, 2);
    for (const [i, expected] of whole.results.entries()) {
      closeTo(`loss ${i}`, [results[i]!.loss], [expected.loss]);
      closeTo(`gradientNorm ${i}`, [results[i]!.gradientNorm], [expected.gradientNorm]);
      for (const [output, data] of Object.entries(expected.outputs))
        closeTo(`${output} ${i}`, results[i]!.outputs[output]!, data);
    }
    for (const [key, { data }] of whole.state) closeTo(key, state.get(key)!.data as Float32Array, data as Float32Array);
  });
}

test('a loss that compares images is not split into micro-batches', async () => {
  const options = { ...optionsOf({ ...alikeViews, sumsOverImages: false }), optimizer };
  await assert.rejects(loadBatchStep(engine, { ...options, imagesAtOnce: 2 }), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.deepEqual([error.code, error.params], ['outOfMemory', { batch, suggested: 2 }]);
    return true;
  });
});

test('a head can use features below the tail as further inputs', async () => {
  const options = optionsOf(colourAndSide);
  const { parameters } = options;
  const trunk = await engine.load(segmentProgram({ ...options, from: 'layer4', to: 'head' }));
  const { head: pooled } = await trunk.run({ features: features(batch) });
  const { features: _, ...own } = inputsOf.colourAndSide();
  const outputsOf = async (unfreeze: 'layer4' | 'head', feeds: Record<string, Tensor>) => {
    const source = trainStepProgram({ ...options, unfreeze });
    const program = await engine.load(source);
    await program.writeState(initialStepState(source, parameters));
    const out = await program.run({ ...feeds, ...own, shares: shares(), ...stepScalars(optimizer, rates, 1) });
    await program.dispose();
    return out;
  };
  const high = await outputsOf('head', { features: pooled!, 'features/layer4': features(batch) });
  const low = await outputsOf('layer4', { features: features(batch) });
  for (const name of ['loss', 'colour', 'side'])
    closeTo(name, high[name]!.data as Float32Array, low[name]!.data as Float32Array);
  const halves = trainStepProgram({ ...options, unfreeze: 'head', featureType: 'float16' });
  assert.deepEqual(halves.inputs['features/layer4'], { dtype: 'float16', shape: [batch, 256, 2, 2] });
  assert.deepEqual(
    halves.state.map(({ current }) => current).filter((current) => !current.includes('/')),
    ['colour.weight', 'colour.bias', 'side.weight', 'side.bias'],
  );
  await trunk.dispose();
});

test('viewsOf() yields new views in every epoch, and starts over when all were used', () => {
  const of = (count: number | 'fresh', perImage: number) =>
    [1, 2, 3].map((epoch) => viewsOf({ trainViews: { count } } as Pick<Recipe, 'trainViews'>, epoch, perImage));
  assert.deepEqual(of('fresh', 1), [[0], [1], [2]]);
  assert.deepEqual(of(2, 1), [[0], [1], [0]]);
  assert.deepEqual(of(4, 2), [
    [0, 1],
    [2, 3],
    [0, 1],
  ]);
  assert.deepEqual(of('fresh', 2), [
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
});
