import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { earlyStopping } from '../../../../runner/training/stage/earlyStopping.ts';
import { scheduleOf } from '../../../../runner/training/step/schedules.ts';
import { Optimizer } from '../../../../shared/contracts/optimizers.ts';
import { Schedule } from '../../../../shared/contracts/recipe.ts';
import { assertProperty } from '../../../support/property.ts';

const reference = JSON.parse(readFileSync(new URL('../../../reference/schedules.json', import.meta.url), 'utf8'));

function check(
  rates: (step: number) => { learningRate: number; momentum: number },
  steps: readonly { lr: number; momentum: number }[],
) {
  steps.forEach(({ lr, momentum }, step) => {
    const here = rates(step);
    // float64 on both sides; PyTorch multiplies step by step, we use the closed form.
    assert.ok(Math.abs(here.learningRate - lr) < 1e-12, `step ${step}: ${here.learningRate} here, ${lr} in PyTorch`);
    assert.ok(Math.abs(here.momentum - momentum) < 1e-9, `step ${step}: momentum ${here.momentum}, ${momentum}`);
  });
}

test('cosine per epoch equals CosineAnnealingLR and is constant within an epoch', () => {
  const { lr, t_max, steps } = reference.cosine;
  const rates = scheduleOf(
    { type: 'cosine', tMax: t_max, per: 'epoch', minimum: 0 },
    { baseRate: lr, baseMomentum: 0.9, epochs: 10, stepsPerEpoch: 7 },
  );
  check((epoch) => rates(epoch * 7), steps);
  check((epoch) => rates(epoch * 7 + 6), steps);
});

test('oneCycle equals OneCycleLR, momentum included', () => {
  const { max_lr, steps } = reference.one_cycle;
  check(
    scheduleOf(
      { type: 'oneCycle', percentStart: 0.3, divFactor: 25, finalDivFactor: 1e4 },
      { baseRate: max_lr, baseMomentum: 0.9, epochs: 5, stepsPerEpoch: 7 },
    ),
    steps,
  );
});

test('warmUpCosine equals LinearLR followed by CosineAnnealingLR', () => {
  const { lr, warmup, start_factor, steps } = reference.warmup_cosine;
  check(
    scheduleOf(
      { type: 'warmUpCosine', warmUp: warmup, startFactor: start_factor, per: 'batch' },
      { baseRate: lr, baseMomentum: 0.9, epochs: 4, stepsPerEpoch: 5 },
    ),
    steps,
  );
});

test('oneCycle over very few steps yields finite rates', () => {
  for (const [epochs, stepsPerEpoch] of [
    [1, 1],
    [1, 2],
    [1, 3],
    [2, 2],
  ] as const) {
    const rates = scheduleOf(
      { type: 'oneCycle', percentStart: 0.3, divFactor: 25, finalDivFactor: 1e4 },
      { baseRate: 1e-3, baseMomentum: 0.9, epochs, stepsPerEpoch },
    );
    for (let step = 0; step < epochs * stepsPerEpoch; step++) {
      const { learningRate, momentum } = rates(step);
      assert.ok(
        Number.isFinite(learningRate) && learningRate > 0 && learningRate <= 1e-3,
        `${epochs}x${stepsPerEpoch} step ${step}: ${learningRate}`,
      );
      assert.ok(momentum >= 0.85 && momentum <= 0.95);
    }
  }
});

test('earlyStopping() stops after `patience` epochs without improvement on the best', () => {
  const patience = earlyStopping({ monitor: 'loss', patience: 2, minimumDelta: 0 });
  const answers = [1, 0.8, 0.9, 0.79, 0.8, 0.81].map((loss) => patience.shouldStop({ loss, auroc: null }));
  assert.deepEqual(answers, [false, false, false, false, false, true]);
  const never = earlyStopping(null);
  assert.equal(never.shouldStop({ loss: Number.NaN, auroc: null }), false);
  const byAuroc = earlyStopping({ monitor: 'auroc', patience: 1, minimumDelta: 0.01 });
  assert.deepEqual(
    [0.7, 0.705].map((auroc) => byAuroc.shouldStop({ loss: 1, auroc })),
    [false, true],
  );
});

test('oneCycle with a one-step rise starts at the highest rate', () => {
  for (const [percentStart, epochs, stepsPerEpoch] of [
    [1, 1, 1],
    [0.5, 1, 2],
    [0.1, 2, 5],
    [1 / 49, 7, 7],
    [0.01, 100, 1],
  ] as const) {
    const rates = scheduleOf(
      { type: 'oneCycle', percentStart, divFactor: 25, finalDivFactor: 1e4 },
      { baseRate: 1e-3, baseMomentum: 0.9, epochs, stepsPerEpoch },
    );
    const { learningRate, momentum } = rates(0);
    assert.ok(Math.abs(learningRate - 1e-3) < 1e-15, `${percentStart} of ${epochs * stepsPerEpoch}: ${learningRate}`);
    assert.ok(Math.abs(momentum - 0.85) < 1e-12);
    if (epochs * stepsPerEpoch > 1) assert.ok(rates(1).learningRate < 1e-3);
  }
});

test('every schedule of every recipe has a finite rate above 0 in every step, 0 only at the minimum of a cosine', () => {
  const factor = (min: number, max: number) =>
    fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);
  const per = fc.constantFrom('epoch', 'batch');
  const shares = fc.oneof(fc.constantFrom(1, 0.5, 0.25, 0.1, 0.01), fc.double({ min: 1e-6, max: 1, noNaN: true }));
  const schedule = fc.oneof(
    fc.record({ type: fc.constant('constant') }),
    fc.record({
      type: fc.constant('cosine'),
      tMax: fc.integer({ min: 1, max: 80 }),
      per,
      minimum: fc.constantFrom(0, 1e-5, 1),
    }),
    fc.record({ type: fc.constant('warmUpCosine'), warmUp: fc.integer({ min: 1, max: 80 }), startFactor: shares, per }),
    fc.record({
      type: fc.constant('oneCycle'),
      percentStart: shares,
      divFactor: factor(1e-6, 1e12),
      finalDivFactor: factor(1e-6, 1e12),
    }),
  );
  const length = fc.integer({ min: 1, max: 9 });
  assertProperty(
    fc.property(schedule, length, length, factor(1e-9, 1e6), (drawn, epochs, stepsPerEpoch, baseRate) => {
      const parsed = Schedule.parse(drawn);
      const rates = scheduleOf(parsed, { baseRate, baseMomentum: 0.9, epochs, stepsPerEpoch });
      for (let step = 0; step < epochs * stepsPerEpoch; step++) {
        const { learningRate, momentum } = rates(step);
        const said = `step ${step}: ${learningRate}, momentum ${momentum}`;
        assert.ok(Number.isFinite(learningRate) && momentum >= 0 && momentum < 1, said);
        const mayBeZero = parsed.type === 'cosine' && parsed.minimum === 0;
        assert.ok(learningRate > 0 || (mayBeZero && learningRate === 0), said);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a recipe whose factor or decay leaves no finite rate is refused', () => {
  assert.equal(Schedule.safeParse({ type: 'oneCycle', divFactor: 1e-300 }).success, false);
  assert.equal(Schedule.safeParse({ type: 'oneCycle', percentStart: 0 }).success, false);
  const adamw = { type: 'adamw', learningRate: { head: 1e-3 } };
  assert.equal(Optimizer.safeParse({ ...adamw, betas: [1, 0.999] }).success, false);
  assert.equal(Optimizer.safeParse({ ...adamw, betas: [0.9, 1] }).success, false);
  assert.equal(Optimizer.safeParse({ ...adamw, betas: [0, 0.99] }).success, true);
});
