// How often the 95 % intervals hold the truth, as the tables of docs/intervals.md: node scripts/intervalCoverage.ts [samples]
// Seeded: the same numbers again. Scores are normal, negatives N(0, 1), positives N(d, spread²), d set by the true area.
import { aurocFigure, averagePrecisionFigure } from '../runner/metrics/areas.ts';
import { delongArea } from '../runner/metrics/delong.ts';
import { figuresOf, predictiveValuesAt } from '../runner/metrics/figuresAt.ts';
import { aurocInterval, type Interval, wilsonInterval } from '../runner/metrics/intervals.ts';
import { twoSidedP } from '../runner/metrics/normal.ts';
import { normal, type Random, stream } from '../runner/random.ts';

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

/** Percent of the samples in which each of the named intervals held its truth. */
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

const below = (x: number): number => (x >= 0 ? 1 - twoSidedP(x) / 2 : twoSidedP(x) / 2);

function quantile(p: number): number {
  let [low, high] = [-9, 9];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (below(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

const labelsOf = (positives: number, negatives: number): number[] => [
  ...Array<number>(positives).fill(1),
  ...Array<number>(negatives).fill(0),
];

/** Exact: the binomial distribution, summed. */
function wilsonCoverage(total: number, p: number): number {
  let log = total * Math.log(1 - p); // of the chance of k successes
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
  ['images', ...shares.map((p) => `true share ${p}`)],
  [5, 10, 20, 50, 200, 500].map((n) => [n, ...shares.map((p) => wilsonCoverage(n, p).toFixed(1))]),
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

/** ∫ precision d(recall) of the normal scores. */
function trueAveragePrecision(prevalence: number, distance: number): number {
  const steps = 4000;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const recall = (i + 0.5) / steps;
    const alarms = (1 - prevalence) * (1 - below(distance - quantile(recall)));
    sum += (prevalence * recall) / (prevalence * recall + alarms) / steps;
  }
  return sum;
}

printTable(
  'AUPRC',
  ['positives', 'negatives', 'true AUPRC', 'bootstrap, logit, t'],
  sizes.flatMap(([m, n]) =>
    [0.75, 0.9, 0.99].map((area) => {
      const random = stream(2, 'auprc', m, n, area);
      const distance = quantile(area) * Math.SQRT2;
      const truth = trueAveragePrecision(m / (m + n), distance);
      const labels = labelsOf(m, n);
      let seed = 0;
      const held = coverage(() => {
        const scores = labels.map((label) => normal(random) + distance * label);
        return [holds(averagePrecisionFigure(labels, scores, seed++).interval, truth)];
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
        // A sample without anything to find has no F1, and claims nothing.
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
