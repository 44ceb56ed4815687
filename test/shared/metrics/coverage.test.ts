// Whether 95 % intervals cover the truth in about 95 of 100 seeded samples; the large tables are in docs/intervals.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aurocFigure, averagePrecisionFigure } from '../../../shared/metrics/areas.ts';
import { brierFigure, calibrationErrorFigure, reliabilityCurve } from '../../../shared/metrics/calibration.ts';
import { confusionMatrix, mostProbable } from '../../../shared/metrics/confusion.ts';
import { figuresOf, predictiveValuesAt } from '../../../shared/metrics/figuresAt.ts';
import type { Interval } from '../../../shared/metrics/intervals.ts';
import { areasOneVsRest, meansOverClasses } from '../../../shared/metrics/multiclass.ts';
import { normal, type Random, stream } from '../../../shared/random.ts';

/** Between 93 and 97 of 100, or above 97 for intervals documented as wide; three standard errors of the simulation on either side. */
function checkCoverage(
  name: string,
  { samples, atMost = 0.97 }: { readonly samples: number; readonly atMost?: number },
  draw: (random: Random) => { readonly interval: Interval | null; readonly truth: number },
): void {
  test(`the interval of ${name} covers the truth in about 95 of 100 samples`, () => {
    const random = stream(7, 'coverage', name);
    let held = 0;
    for (let i = 0; i < samples; i++) {
      const { interval, truth } = draw(random);
      if (interval && interval[0] <= truth && truth <= interval[1]) held++;
    }
    const share = held / samples;
    const slack = 3 * Math.sqrt((0.95 * 0.05) / samples);
    assert.ok(share >= 0.93 - slack && share <= Math.min(1, atMost + slack), `${held} of ${samples}`);
  });
}

const binomial = (random: Random, total: number, p: number): number => {
  let count = 0;
  for (let i = 0; i < total; i++) if (random() < p) count++;
  return count;
};

const countsOf = (random: Random, [m, n]: readonly [number, number], se: number, sp: number) => {
  const truePositives = binomial(random, m, se);
  const trueNegatives = binomial(random, n, sp);
  return { truePositives, falseNegatives: m - truePositives, trueNegatives, falsePositives: n - trueNegatives };
};

for (const [size, p] of [
  [20, 0.9],
  [100, 0.8],
  [400, 0.95],
] as const)
  checkCoverage(`sensitivity ${p} of ${size} images`, { samples: 2000 }, (random) => ({
    interval: figuresOf(countsOf(random, [size, 1], p, 0.5)).sensitivity.interval,
    truth: p,
  }));

checkCoverage('balanced accuracy of 30 and 60 images', { samples: 2000 }, (random) => ({
  interval: figuresOf(countsOf(random, [30, 60], 0.8, 0.9)).balancedAccuracy.interval,
  truth: 0.85,
}));

checkCoverage('F1 of 100 images drawn at random', { samples: 2000 }, (random) => {
  const positives = binomial(random, 100, 0.3);
  return {
    interval: figuresOf(countsOf(random, [positives, 100 - positives], 0.8, 0.9)).f1.interval,
    truth: (2 * 0.24) / (2 * 0.24 + 0.07 + 0.06),
  };
});

checkCoverage('PPV at a prevalence of 0.1', { samples: 2000 }, (random) => ({
  interval: predictiveValuesAt(countsOf(random, [50, 80], 0.8, 0.9), 0.1).ppv.interval,
  truth: 0.08 / (0.08 + 0.09),
}));

// Φ(1.5 / √(1 + s²)); from tables.
for (const [sizes, spread, truth, atMost] of [
  [[20, 40], 1, 0.8555778, 0.985],
  [[20, 200], 2.5, 0.7112657, 0.985],
  [[60, 60], 0.5, 0.9101438, 0.985],
] as const)
  checkCoverage(`AUROC of ${sizes.join(' and ')} images, spread ${spread}`, { samples: 600, atMost }, (random) => {
    const labels = Array.from({ length: sizes[0] + sizes[1] }, (_, i) => (i < sizes[0] ? 1 : 0));
    const scores = labels.map((label) => (label === 1 ? 1.5 + spread * normal(random) : normal(random)));
    return { interval: aurocFigure(labels, scores).interval, truth };
  });

checkCoverage('AUPRC of 20 and 30 images', { samples: 1000, atMost: 0.98 }, (random) => {
  const labels = Array.from({ length: 50 }, (_, i) => (i < 20 ? 1 : 0));
  // Uniform scores, the positives' as the larger of two: recall 1 − t², alarms 1 − t; ∫ precision d(recall) = ∫ 2t(1 − t²)/(1 − t² + 1.5(1 − t)) dt.
  const scores = labels.map((label) => (label === 1 ? Math.max(random(), random()) : random()));
  return { interval: averagePrecisionFigure(labels, scores).interval, truth: 0.5235418 };
});

/** Softmax of normal scores, with the true class ahead by `lead`. */
function softmaxSample(random: Random, counts: readonly number[], lead: number) {
  const labels = counts.flatMap((count, label) => Array<number>(count).fill(label));
  const probabilities = labels.flatMap((label) => {
    const powers = counts.map((_, k) => Math.exp(1.5 * (normal(random) + (k === label ? lead : 0))));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  });
  return { labels, probabilities };
}

const macroOf = ({ labels, probabilities }: ReturnType<typeof softmaxSample>, classCount: number) => {
  const matrix = confusionMatrix(labels, mostProbable(probabilities, classCount), classCount);
  const { auroc, averagePrecision } = areasOneVsRest(labels, probabilities, classCount).means.macro;
  return { auroc, averagePrecision, ...meansOverClasses(matrix).macro };
};

for (const counts of [
  [40, 40, 40],
  [20, 60, 120],
]) {
  // The truth is estimated from a hundred times as many images.
  const whole = macroOf(softmaxSample(stream(7, 'truth', ...counts), counts.map((count) => 100 * count), 1.2), 3); // biome-ignore format: a line
  for (const key of ['auroc', 'averagePrecision', 'precision', 'recall', 'f1'] as const)
    checkCoverage(
      `the macro mean of ${key}, ${counts.join(', ')} images`,
      { samples: 400, atMost: 0.985 },
      (random) => ({
        interval: macroOf(softmaxSample(random, counts, 1.2), 3)[key].interval,
        truth: whole[key].value!,
      }),
    );
}

/** The chance is σ(x), x normal; the score σ(sureness·x). */
function forecasts(random: Random, count: number, sureness: number) {
  const logistic = (x: number) => 1 / (1 + Math.exp(-x));
  const drawn = Array.from({ length: count }, () => 2 * normal(random));
  return {
    labels: drawn.map((x) => (random() < logistic(x) ? 1 : 0)),
    scores: drawn.map((x) => logistic(sureness * x)),
  };
}

for (const [count, sureness] of [
  [60, 1.5],
  [200, 3],
  [1000, 1.5],
] as const) {
  const whole = forecasts(stream(7, 'truth', sureness), 200_000, sureness);
  const curveOf = ({ labels, scores }: ReturnType<typeof forecasts>) => reliabilityCurve(labels, scores);
  const ece = calibrationErrorFigure(curveOf(whole)).figure.value!;
  const brier = brierFigure(whole.labels, whole.scores).value!;
  checkCoverage(
    `the calibration error of ${count} images, ${sureness} times too sure`,
    { samples: 500, atMost: 0.985 },
    (random) => ({
      interval: calibrationErrorFigure(curveOf(forecasts(random, count, sureness))).figure.interval,
      truth: ece,
    }),
  );
  checkCoverage(
    `the Brier score of ${count} images, ${sureness} times too sure`,
    { samples: 800, atMost: 0.975 },
    (random) => {
      const { labels, scores } = forecasts(random, count, sureness);
      return { interval: brierFigure(labels, scores).interval, truth: brier };
    },
  );
}

test("a perfectly calibrated model's calibration error stays within chance in about 95 of 100 samples, and its interval includes 0", () => {
  const random = stream(7, 'coverage', 'calibrated');
  let [below, held] = [0, 0];
  for (let i = 0; i < 600; i++) {
    const { labels, scores } = forecasts(random, 200, 1);
    const { figure, byChance } = calibrationErrorFigure(reliabilityCurve(labels, scores));
    if (figure.value! <= byChance!.high) below++;
    if (figure.interval![0] === 0) held++;
  }
  assert.ok(below >= 0.92 * 600 && below <= 0.98 * 600, `${below} of 600`);
  assert.ok(held >= 0.96 * 600, `${held} of 600`);
});
