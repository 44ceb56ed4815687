// Every figure with an interval, for any images: no interval claims a certainty that a finite number of images cannot provide.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Figure } from '../../../shared/contracts/classification/evaluation.ts';
import { atProbability, logitsFrom } from '../../../shared/contracts/scores.ts';
import {
  brierFigureMulticlass,
  calibrationErrorFigure,
  reliabilityCurve,
} from '../../../shared/metrics/calibration.ts';
import { confusionMatrix, mostProbable } from '../../../shared/metrics/confusion.ts';
import { delong } from '../../../shared/metrics/delong.ts';
import { figuresAt, predictiveValuesAt } from '../../../shared/metrics/figuresAt.ts';
import { epochMetrics, evaluateSplit } from '../../../shared/metrics/metrics.ts';
import { areasOneVsRest, figuresPerClass, meansOverClasses, mostConfused } from '../../../shared/metrics/multiclass.ts';
import { rocCurve } from '../../../shared/metrics/roc.ts';
import { rocBand } from '../../../shared/metrics/rocBand.ts';
import { assertProperty } from '../../support/property.ts';

/** Figures anywhere in a value, by path. */
function figuresIn(value: unknown, path: string): [path: string, figure: Figure][] {
  if (value === null || typeof value !== 'object') return [];
  const figure = Figure.safeParse(value);
  if (figure.success) return [[path, figure.data]];
  return Object.entries(value).flatMap(([key, inner]) => figuresIn(inner, `${path}.${key}`));
}

function checkFigures(value: unknown, path: string): void {
  const figures = figuresIn(value, path);
  assert.ok(figures.length > 0, `${path} has no figures`);
  for (const [name, figure] of figures) {
    const said = `${name}: ${JSON.stringify(figure)}`;
    assert.equal(figure.value === null, figure.missing !== null, said);
    assert.equal(figure.value === null, figure.interval === null, said);
    // The Brier score of several classes sums over them.
    if (figure.value !== null)
      checkInterval(figure.value, figure.interval!, figure.method === 'boundedMean' ? 2 : 1, said);
  }
}

function checkInterval(value: number, [low, high]: readonly [number, number], most: number, said: string): void {
  assert.ok(0 <= low && low <= value && value <= high && high <= most, said);
  // With at most thirty images, an interval as narrow as rounding is as wrong as none.
  assert.ok(high - low > 1e-3, said);
}

/** Softmax in eighths, so that ties, certainty and perfect rankings are frequent; K classes, some perhaps without images. */
const judged = fc.integer({ min: 2, max: 4 }).chain((classCount) =>
  fc
    .array(
      fc.tuple(
        fc.nat(classCount - 1),
        fc.array(fc.nat(8), { minLength: classCount, maxLength: classCount }).filter((row) => row.some((n) => n > 0)),
      ),
      { minLength: 1, maxLength: 30 },
    )
    .map((rows) => ({
      classCount,
      labels: rows.map(([label]) => label),
      probabilities: rows.flatMap(([, row]) => {
        const sum = row.reduce((a, b) => a + b);
        return row.map((n) => n / sum);
      }),
    })),
);

test('every figure of a split is inside an interval of positive width within its range', () => {
  assertProperty(
    fc.property(judged, fc.constantFrom(null, 0.4, 3), ({ classCount, labels, probabilities }, temperature) => {
      const positiveLabel = classCount === 2 ? 1 : null;
      const scored = { labels, logits: logitsFrom(probabilities), loss: 0.5 };
      const split = evaluateSplit({
        ...scored,
        classNames: Array.from({ length: classCount }, (_, k) => `class ${k}`),
        positiveLabel,
        threshold: positiveLabel === null ? null : atProbability(0.3),
        temperature,
      });
      checkFigures(split, 'split');
      const { auroc, aurocInterval } = epochMetrics({ train: scored, val: scored, classCount, positiveLabel }).val;
      if (auroc !== null) checkInterval(auroc, aurocInterval!, 1, 'epoch');
      checkFigures(areasOneVsRest(labels, probabilities, classCount), 'areas');
      const matrix = confusionMatrix(labels, mostProbable(probabilities, classCount), classCount);
      checkFigures(figuresPerClass(matrix), 'classes');
      checkFigures(meansOverClasses(matrix), 'means');
      if (mostConfused(matrix).length > 0) checkFigures(mostConfused(matrix), 'confused');
      checkFigures(brierFigureMulticlass(labels, probabilities, classCount), 'Brier');
    }),
  );
});

test('every figure at a threshold is inside an interval of positive width within its range', () => {
  // At a prevalence of 0 or 1 the predictive value is known beforehand.
  const prevalence = fc.oneof(fc.constantFrom(0.01, 0.5, 0.99), fc.double({ min: 0.01, max: 0.99, noNaN: true }));
  assertProperty(
    fc.property(judged, fc.integer({ min: -1, max: 9 }), prevalence, ({ classCount, labels, probabilities }, n, at) => {
      const own = labels.map((label) => (label === 0 ? 1 : 0));
      const scores = labels.map((_, i) => probabilities[i * classCount]!);
      const figures = figuresAt(own, scores, n / 8);
      checkFigures(figures, 'at');
      checkFigures(predictiveValuesAt(figures.counts!, at), 'elsewhere');
    }),
  );
});

test('the calibration error is inside an interval of positive width, whatever the bins', () => {
  const binning = fc.constantFrom('equalWidth' as const, 'equalCount' as const);
  assertProperty(
    fc.property(
      judged,
      binning,
      fc.integer({ min: 1, max: 15 }),
      ({ classCount, labels, probabilities }, how, bins) => {
        const scores = labels.map((_, i) => probabilities[i * classCount]!);
        const curve = reliabilityCurve(labels.map((label) => (label === 0 ? 1 : 0)), scores, how, bins); // biome-ignore format: a line
        checkFigures(curve, 'bins');
        checkFigures(calibrationErrorFigure(curve), 'error');
      },
    ),
  );
});

test('the interval of the calibration error has a width even when a model is right in every bin, more exactly than chance allows', () => {
  // Each bin has as many positives as its score predicts: the observed error is 0, which a calibrated model almost never has.
  const perBin = 20;
  const rates = [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95];
  const scores = rates.flatMap((rate) => Array<number>(perBin).fill(rate));
  const labels = rates.flatMap((rate) =>
    Array.from({ length: perBin }, (_, i) => (i < Math.round(rate * perBin) ? 1 : 0)),
  );
  const { figure, byChance } = calibrationErrorFigure(reliabilityCurve(labels, scores));
  assert.ok(figure.value! < 1e-12);
  const [low, high] = figure.interval!;
  // An upper end below half of the mean by chance would claim more than 200 images can show.
  assert.ok(low === 0 && high > byChance!.mean / 2, `${low} ${high}, by chance ${byChance!.mean}`);
});

test('the difference of two AUROCs has an interval of positive width, or reports that there is none', () => {
  assertProperty(
    fc.property(
      judged,
      fc.array(fc.nat(6), { minLength: 30, maxLength: 30 }),
      ({ classCount, labels, probabilities }, other) => {
        const own = labels.map((label) => (label === 0 ? 1 : 0));
        const found = delong(own, labels.map((_, i) => probabilities[i * classCount]!), other.slice(0, own.length)); // biome-ignore format: a line
        if (found === undefined || found.interval === null) return;
        const { difference, interval } = found;
        assert.ok(-1 <= interval[0] && interval[0] <= difference && difference <= interval[1] && interval[1] <= 1);
        assert.ok(interval[1] - interval[0] > 1e-3, `${difference} ${interval}`);
      },
    ),
  );
});

test('the ROC band has a positive height at every rate', () => {
  assertProperty(
    fc.property(
      judged,
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      ({ classCount, labels, probabilities }, x) => {
        const own = labels.map((label) => (label === 0 ? 1 : 0));
        const positives = own.filter((one) => one === 1).length;
        if (positives === 0 || positives === own.length) return;
        const curve = rocCurve(own, labels.map((_, i) => probabilities[i * classCount]!)); // biome-ignore format: a line
        const { lower, upper } = rocBand(curve, positives, own.length - positives)!;
        // Steps: the last point at or before x has the height there.
        const heightOf = (points: typeof lower) => points.findLast(([rate]) => rate <= x)![1];
        assert.ok(heightOf(upper) - heightOf(lower) > 1e-3, `${heightOf(lower)} ${heightOf(upper)}`);
      },
    ),
  );
});
