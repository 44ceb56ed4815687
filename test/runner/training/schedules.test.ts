import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { earlyStopping } from '../../../runner/training/earlyStopping.ts';
import { scheduleOf } from '../../../runner/training/schedules.ts';

const reference = JSON.parse(readFileSync(new URL('../../reference/schedules.json', import.meta.url), 'utf8'));

function check(
  rates: (step: number) => { learningRate: number; momentum: number },
  steps: readonly { lr: number; momentum: number }[],
) {
  steps.forEach(({ lr, momentum }, step) => {
    const here = rates(step);
    // float64 on both sides; PyTorch multiplies its way along the curve, we use its closed form.
    assert.ok(Math.abs(here.learningRate - lr) < 1e-12, `step ${step}: ${here.learningRate} here, ${lr} in PyTorch`);
    assert.ok(Math.abs(here.momentum - momentum) < 1e-9, `step ${step}: momentum ${here.momentum}, ${momentum}`);
  });
}

test('cosine per epoch equals CosineAnnealingLR and holds still within an epoch', () => {
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

test('oneCycle over very few steps gives finite rates', () => {
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
