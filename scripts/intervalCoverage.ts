// Coverage of the 95 % intervals, as the tables of docs/intervals.md: node scripts/intervalCoverage.ts [samples]
// Seeded, so repeatable. Scores are normal, negatives N(0, 1), positives N(d, spread²), with d set by the true AUROC.
import { smallest } from '../shared/lists.ts';
import { aurocFigure, averagePrecisionFigure } from '../shared/metrics/areas.ts';
import { brierFigure, calibrationErrorFigure, reliabilityCurve } from '../shared/metrics/calibration.ts';
import { confusionMatrix, mostProbable } from '../shared/metrics/confusion.ts';
import { delongArea } from '../shared/metrics/delong.ts';
import { figuresOf, predictiveValuesAt } from '../shared/metrics/figuresAt.ts';
import { aurocInterval, type Interval, wilsonInterval } from '../shared/metrics/intervals.ts';
import { areasOneVsRest, meansOverClasses } from '../shared/metrics/multiclass.ts';
import { normalBelow } from '../shared/metrics/normal.ts';
import { normal, type Random, stream } from '../shared/random.ts';

const samples = Number(process.argv[2] ?? 1000);
const sizes = [
  [5, 5],
  [10, 10],
  [10, 40],
  [50, 50],
  [20, 480],
  [200, 300],
] as const;

const holds = (interval: Interval | null, truth: number): number =>
  interval !== null && interval[0] - 1e-12 <= truth && truth <= interval[1] + 1e-12 ? 1 : 0;

/** Percentage of the samples in which each of the named intervals covers its truth. */
function coverage(draw: () => readonly number[]): string[] {
  const held: number[] = [];
  for (let i = 0; i < samples; i++)
    draw().forEach((one, k) => {
      held[k] = (held[k] ?? 0) + one;
    });
  return held.map((count) => ((100 * count) / samples).toFixed(1));
}

function printTable(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  console.log([`\n### ${title}\n`, line(head), line(head.map(() => '--:')), ...rows.map(line)].join('\n'));
}

function quantile(p: number): number {
  let [low, high] = [-9, 9];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

const labelsOf = (positives: number, negatives: number): number[] => [
  ...Array<number>(positives).fill(1),
  ...Array<number>(negatives).fill(0),
];

/** Exact sum over the binomial distribution. */
function wilsonCoverage(total: number, p: number): number {
  let log = total * Math.log(1 - p); // log of the probability of k successes
  let held = 0;
  for (let k = 0; k <= total; k++) {
    held += Math.exp(log) * holds(wilsonInterval(k, total), p);
    log += Math.log(((total - k) / (k + 1)) * (p / (1 - p)));
  }
  return 100 * held;
}

const shares = [0.5, 0.8, 0.9, 0.95, 0.99];
printTable(
  'Wilson, exact',
  ['images', ...shares.map((p) => `true share ${p}`), 'mean of 0.01 to 0.99', 'minimum'],
  [5, 10, 20, 30, 50, 200, 500].map((n) => {
    const all = Array.from({ length: 99 }, (_, i) => wilsonCoverage(n, (i + 1) / 100));
    const summary = [all.reduce((sum, one) => sum + one, 0) / all.length, smallest(all)];
    return [n, ...[...shares.map((p) => wilsonCoverage(n, p)), ...summary].map((percent) => percent.toFixed(1))];
  }),
);

printTable(
  'AUROC',
  ['positives', 'negatives', 'true area', 'spread of positives', 'DeLong, logit', 'score', 'both (used)'],
  sizes.flatMap(([m, n]) =>
    [0.7, 0.85, 0.95, 0.99].flatMap((area) =>
      [0.4, 1, 2.5].map((spread) => {
        const random = stream(1, 'auroc', m, n, area, spread);
        const distance = quantile(area) * Math.hypot(1, spread);
        const labels = labelsOf(m, n);
        const held = coverage(() => {
          const scores = labels.map((label) => (label === 1 ? distance + spread * normal(random) : normal(random)));
          const { value, interval } = aurocFigure(labels, scores);
          const score = aurocInterval(value!, m, n);
          return [delongArea(labels, scores)!.interval ?? score, score, interval].map((each) => holds(each, area));
        });
        return [m, n, area, spread, ...held];
      }),
    ),
  ),
);

/** ∫ precision d(recall) for normal scores. */
function trueAveragePrecision(prevalence: number, distance: number): number {
  const steps = 4000;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const recall = (i + 0.5) / steps;
    const alarms = (1 - prevalence) * (1 - normalBelow(distance - quantile(recall)));
    sum += (prevalence * recall) / (prevalence * recall + alarms) / steps;
  }
  return sum;
}

printTable(
  'AUPRC',
  ['positives', 'negatives', 'true AUPRC', 'influence, logit, t'],
  sizes.flatMap(([m, n]) =>
    [0.75, 0.9, 0.99].map((area) => {
      const random = stream(2, 'auprc', m, n, area);
      const distance = quantile(area) * Math.SQRT2;
      const truth = trueAveragePrecision(m / (m + n), distance);
      const labels = labelsOf(m, n);
      const held = coverage(() => {
        const scores = labels.map((label) => normal(random) + distance * label);
        return [holds(averagePrecisionFigure(labels, scores).interval, truth)];
      });
      return [m, n, truth.toFixed(3), ...held];
    }),
  ),
);

const binomial = (random: Random, total: number, p: number): number => {
  let count = 0;
  for (let i = 0; i < total; i++) if (random() < p) count++;
  return count;
};

printTable(
  'Figures at a threshold (F1, balanced accuracy, predictive values at a prevalence of 0.1)',
  [
    'positives',
    'negatives',
    'Se',
    'Sp',
    'F1, images at random',
    'F1, classes fixed',
    'balanced',
    'PPV at 0.1',
    'NPV at 0.1',
  ],
  sizes.flatMap(([m, n]) =>
    (
      [
        [0.6, 0.6],
        [0.8, 0.9],
        [0.95, 0.95],
        [0.99, 0.99],
      ] as const
    ).map(([se, sp]) => {
      const random = stream(3, 'figures', m, n, se, sp);
      const counts = (positives: number) => {
        const truePositives = binomial(random, positives, se);
        const trueNegatives = binomial(random, m + n - positives, sp);
        return {
          truePositives,
          falseNegatives: positives - truePositives,
          trueNegatives,
          falsePositives: m + n - positives - trueNegatives,
        };
      };
      const f1 = (2 * m * se) / (m * se + m + n * (1 - sp));
      const ppv = (0.1 * se) / (0.1 * se + 0.9 * (1 - sp));
      const npv = (0.9 * sp) / (0.9 * sp + 0.1 * (1 - se));
      const held = coverage(() => {
        const fixed = counts(m);
        const { f1: own, balancedAccuracy } = figuresOf(fixed);
        const elsewhere = predictiveValuesAt(fixed, 0.1);
        // A sample without positives has no F1 and no interval.
        const free = figuresOf(counts(binomial(random, m + n, m / (m + n)))).f1;
        return [
          free.value === null ? 1 : holds(free.interval, f1),
          holds(own.interval, f1),
          holds(balancedAccuracy.interval, (se + sp) / 2),
          elsewhere.ppv.value === null ? 1 : holds(elsewhere.ppv.interval, ppv),
          elsewhere.npv.value === null ? 1 : holds(elsewhere.npv.interval, npv),
        ];
      });
      return [m, n, se, sp, ...held];
    }),
  ),
);

/** Softmax of normal scores, with the true class ahead by `lead`, by more for some classes than others. */
function softmaxSample(random: Random, counts: readonly number[], lead: number) {
  const labels = counts.flatMap((count, label) => Array<number>(count).fill(label));
  const probabilities = labels.flatMap((label) => {
    const ahead = lead * (1 + 0.3 * ((label % 3) - 1));
    const powers = counts.map((_, k) => Math.exp(1.5 * (normal(random) + (k === label ? ahead : 0))));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  });
  return { labels, probabilities };
}

function meansOf({ labels, probabilities }: ReturnType<typeof softmaxSample>, classCount: number) {
  const areas = areasOneVsRest(labels, probabilities, classCount).means;
  const decided = meansOverClasses(confusionMatrix(labels, mostProbable(probabilities, classCount), classCount));
  return [
    areas.macro.auroc,
    areas.weighted.auroc,
    areas.macro.averagePrecision,
    areas.weighted.averagePrecision,
    decided.macro.precision,
    decided.macro.recall,
    decided.macro.f1,
    decided.weighted.precision,
    decided.weighted.f1,
  ];
}

printTable(
  'Means over classes (true macro AUROC and AUPRC, then coverage)',
  [
    'images of the classes',
    'AUROC',
    'AUPRC',
    'AUROC, macro',
    'weighted',
    'AUPRC, macro',
    'weighted',
    'precision, macro',
    'recall, macro',
    'F1, macro',
    'precision, weighted',
    'F1, weighted',
  ],
  [
    [2, 2, 2],
    [3, 3, 3],
    [5, 5, 5],
    [10, 10, 10],
    [30, 30, 30],
    [10, 20, 70],
    [100, 100, 100],
    [20, 100, 380],
    Array(8).fill(20),
    Array(20).fill(10),
  ].flatMap((counts: number[]) =>
    [1, 2, 4].map((lead) => {
      // biome-ignore lint/plugin: one number a class
      const random = stream(4, 'means', ...counts, lead);
      const total = counts.reduce((sum, count) => sum + count, 0);
      const times = Math.ceil((counts.length > 10 ? 20_000 : 60_000) / total);
      // The truth is estimated from very many images.
      const truths = meansOf(
        softmaxSample(
          random,
          counts.map((count) => count * times),
          lead,
        ),
        counts.length,
      ).map(({ value }) => value!);
      const held = coverage(() =>
        meansOf(softmaxSample(random, counts, lead), counts.length).map(({ interval }, i) =>
          holds(interval, truths[i]!),
        ),
      );
      const name = counts.length > 3 ? `${counts.length} × ${counts[0]}` : counts.join(', ');
      return [name, truths[0]!.toFixed(3), truths[2]!.toFixed(3), ...held];
    }),
  ),
);

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The probability is σ(x), x normal with deviation `spread`; the score is σ(sureness·x + shift). */
function forecasts(random: Random, count: number, [sureness, shift, spread]: readonly [number, number, number]) {
  const drawn = Array.from({ length: count }, () => spread * normal(random));
  return {
    labels: drawn.map((x) => (random() < logistic(x) ? 1 : 0)),
    scores: drawn.map((x) => logistic(sureness * x + shift)),
  };
}

printTable(
  'Calibration error and Brier score',
  [
    'images',
    'scores',
    'true ECE',
    'observed ECE, mean',
    'ECE',
    'observed is below "seldom above"',
    'true Brier',
    'Brier',
  ],
  [20, 50, 100, 500, 2000].flatMap((count) =>
    (
      [
        ['calibrated', 1, 0, 2],
        ['calibrated, sure', 1, 0, 5],
        ['1.5 times too sure', 1.5, 0, 2],
        ['3 times too sure', 3, 0, 2],
        ['2 times too sure, sure', 2, 0, 4],
        ['too high', 1, 1, 2],
        ['half as sure as right', 0.5, 0, 2],
      ] as const
    ).map(([name, ...how]) => {
      const random = stream(5, 'calibration', count, name);
      const whole = forecasts(random, 400_000, how);
      const isRight = how[0] === 1 && how[1] === 0;
      const curveOf = ({ labels, scores }: ReturnType<typeof forecasts>) => reliabilityCurve(labels, scores);
      const ece = isRight ? 0 : calibrationErrorFigure(curveOf(whole)).figure.value!;
      const brier = brierFigure(whole.labels, whole.scores).value!;
      let seen = 0;
      const [held, below, heldBrier] = coverage(() => {
        const sample = forecasts(random, count, how);
        const { figure, byChance } = calibrationErrorFigure(curveOf(sample));
        seen += figure.value! / samples;
        const { interval } = brierFigure(sample.labels, sample.scores);
        return [holds(figure.interval, ece), figure.value! <= byChance!.high ? 1 : 0, holds(interval, brier)];
      });
      return [count, name, ece.toFixed(3), seen.toFixed(3), held!, isRight ? below! : '', brier.toFixed(3), heldBrier!];
    }),
  ),
);
