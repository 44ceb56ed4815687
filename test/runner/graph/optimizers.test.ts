import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Graph } from '../../../runner/graph/graph.ts';
import { optimizerOf } from '../../../runner/graph/optimizers/optimizers.ts';
import type { Optimizer } from '../../../shared/contracts/optimizers.ts';

const rates = { learningRate: { head: 0.1 }, weightDecay: 0.01 };
const adamw: Optimizer = { type: 'adamw', ...rates, betas: [0.9, 0.99], epsilon: 1e-8 };
const sgd: Optimizer = { type: 'sgd', ...rates, momentum: 0.8 };

for (const options of [adamw, sgd])
  for (const accumulates of [false, true])
    test(`${options.type} requests each of its scalars once${accumulates ? ', also over several runs' : ''}`, () => {
      const g = new Graph();
      const optimizer = optimizerOf(options);
      const value = (name: string) => g.input(name, 'float32', [3]);
      const scalar = (name: string) => g.input(name, 'float32', []);
      const applies = accumulates ? scalar('applies') : undefined;
      const asked: string[] = [];
      const recorded = (name: string) => {
        asked.push(name);
        return scalar(name);
      };
      const update = optimizer.updates(g, recorded, applies);
      assert.deepEqual(asked.sort(), Object.keys(optimizer.scalars(1, 0.9)).sort());
      const next = update(value('p'), value('g'), optimizer.moments.map(value), scalar('rate'));
      assert.deepEqual(
        [next.parameter, ...next.moments].map(({ shape }) => shape.join()),
        ['3', ...optimizer.moments.map(() => '3')],
      );
    });

test("AdamW's scalars use the momentum that a schedule sets", () => {
  const { baseMomentum, scalars } = optimizerOf(adamw);
  assert.equal(baseMomentum, 0.9);
  const found = scalars(3, 0.85);
  const expected = { momentum: 0.85, weightDecay: 0.01, biasCorrection1: 0.385875, biasCorrection2: 0.029701 }; // 1 − 0.85³, 1 − 0.99³
  for (const [name, value] of Object.entries(expected)) assert.ok(Math.abs(found[name]! - value) < 1e-12, name);
  assert.deepEqual(optimizerOf(sgd).scalars(3, 0.7), { momentum: 0.7, weightDecay: 0.01 });
});
