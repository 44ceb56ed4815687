// Results on the test images, with their intervals, and with the results of guessing.
import type {
  Calibration,
  DecisionFigures,
  Decisions,
  Figure,
  SplitEvaluation,
} from '../../../shared/contracts/classification/evaluation.ts';
import type { Predictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import { files } from '../../../shared/contracts/run.ts';
import { evaluatedThreshold, type RunState, thresholdMissing } from '../../../shared/contracts/runState.ts';
import { logOddsRows } from '../../../shared/contracts/scores.ts';
import { decisionFigures } from '../../../shared/metrics/decisionFigures.ts';
import type { Interval } from '../../../shared/metrics/intervals.ts';
import { meansOverClasses, mostClassesInMatrix, mostConfused } from '../../../shared/metrics/multiclass.ts';
import { auroc, oneVsRest, rocCurve } from '../../../shared/metrics/roc.ts';
import { lookedAt, testLooksLine } from '../../words/testLooks.ts';
import { plural } from '../../words/text.ts';
import { noThresholdText, thresholdText } from '../../words/threshold.ts';
import type { Block, Chart, ReportInput, Series, Table } from '../reports.ts';
import { figure, figureWithInterval, sum, withInterval } from '../wording.ts';

export function resultSection({ run, test, testLooks }: Pick<ReportInput, 'run' | 'test' | 'testLooks'>): Block[] {
  const heading: Block = { kind: 'heading', text: 'Test' };
  const { evaluation, classNames } = run;
  if (!evaluation)
    return [heading, { kind: 'text', text: 'The test images were not evaluated: the run did not get that far.' }];
  const decisions = decisionsOf(evaluation.test);
  return [
    heading,
    {
      kind: 'text',
      text: `${plural(evaluation.test.imageCount, 'test image')}, ${lookedAt(testLooks)}, with the weights of epoch ${evaluation.keptEpoch}. In brackets: 95 % intervals; n: the number of images behind a figure, where they are not all.`,
    },
    ...(testLooks > 1 ? [{ kind: 'list', warning: true, items: [testLooksLine(testLooks)] } as const] : []),
    figuresTable(run, evaluation),
    { kind: 'facts', rows: [['Decision', decisionRule(evaluation)]] },
    matrixTable(decisions, classNames),
    reportTable(decisions),
    ...(test ? [{ kind: 'charts', charts: [rocChart(test, evaluation, decisions, classNames)] } as const] : []),
  ];
}

/** Decisions by the threshold, if there is one. */
export const decisionsOf = ({ byThreshold, byHighestProbability }: SplitEvaluation): Decisions =>
  byThreshold ?? byHighestProbability;

type Evaluated = NonNullable<RunState['evaluation']>;

function figuresTable({ classNames }: RunState, { test, val, positiveClass, temperature }: Evaluated): Table {
  const positive = positiveClass === null ? null : classNames.indexOf(positiveClass);
  const row = (name: string, cellOf: (split: SplitEvaluation) => string) => [name, cellOf(test), cellOf(val)];
  const decided = (name: string, key: keyof DecisionFigures) =>
    row(name, (split) => {
      const figure = decisionFigures(decisionsOf(split).confusionMatrix, positive)[key];
      return figure === null ? '' : figureWithInterval(figure);
    });
  return {
    kind: 'table',
    caption: 'Results of the kept weights',
    head: ['', 'test', 'validation'],
    rows: [
      row('Images', ({ imageCount }) => String(imageCount)),
      row('AUROC', (split) => area(split.auroc, split.aurocInterval, split.figures?.auroc)),
      row('AUPRC', ({ auprc, figures }) => area(auprc, figures?.auprc.interval, figures?.auprc)),
      ...(test.figures?.auprcBaseline
        ? [
            row('AUPRC by chance: the share of the positive class', ({ figures }) =>
              figure(figures?.auprcBaseline?.value),
            ),
          ]
        : []),
      decided('Accuracy', 'accuracy'),
      row('Accuracy of always predicting the most frequent class', ({ majorityBaseline }) => figure(majorityBaseline)),
      decided('Balanced accuracy (mean recall of the classes)', 'balancedAccuracy'),
      ...(positive === null
        ? []
        : [
            decided(`Sensitivity (recall of ${positiveClass})`, 'sensitivity'),
            decided(`Specificity (recall of ${classNames[1 - positive]})`, 'specificity'),
            decided(`PPV (precision of ${positiveClass})`, 'ppv'),
            decided(`NPV (precision of ${classNames[1 - positive]})`, 'npv'),
            decided(`F1 of ${positiveClass}`, 'f1'),
          ]),
      row('Loss', ({ loss }) => figure(loss)),
      ...(test.calibration
        ? [
            row('Expected calibration error', ({ calibration }) => calibrationCell(calibration, 'ece')),
            ...(test.calibration.figures
              ? [
                  row('The same error for a perfectly calibrated model, by chance', ({ calibration }) => {
                    const chance = calibration?.figures?.eceByChance;
                    return chance ? `${figure(chance.mean)}, seldom above ${figure(chance.high)}` : '';
                  }),
                ]
              : []),
            row('Brier score', ({ calibration }) => calibrationCell(calibration, 'brier')),
          ]
        : []),
      ...(test.calibration?.scaled && temperature != null
        ? [
            row(`Expected calibration error with temperature ${figure(temperature, 3)}`, ({ calibration }) =>
              calibrationCell(calibration?.scaled, 'ece'),
            ),
            row(`Brier score with temperature ${figure(temperature, 3)}`, ({ calibration }) =>
              calibrationCell(calibration?.scaled, 'brier'),
            ),
          ]
        : []),
    ],
  };
}

/** Runs of older versions do not record why there is none. */
const area = (value: number | null, interval: Interval | null | undefined, own: Figure | undefined): string =>
  value === null && own ? figureWithInterval(own) : withInterval(value, interval);

const calibrationCell = (calibration: Calibration | null | undefined, key: 'ece' | 'brier'): string =>
  withInterval(calibration?.[key] ?? null, calibration?.figures?.[key].interval);

function decisionRule(evaluation: Evaluated): string {
  const { positiveClass } = evaluation;
  const threshold = evaluatedThreshold(evaluation);
  if (positiveClass === null) return 'The most probable class.';
  if (threshold === null) return `The most probable class: ${noThresholdText(thresholdMissing(evaluation))}.`;
  return `“${positiveClass}” from a probability of ${thresholdText(threshold)} on: the threshold with the largest Youden's J (sensitivity + specificity − 1) on validation.`;
}

function matrixTable({ confusionMatrix }: Decisions, classNames: readonly string[]): Table {
  if (classNames.length > mostClassesInMatrix) return confusionsTable(confusionMatrix, classNames);
  return {
    kind: 'table',
    caption: 'Confusion matrix of the test images: one row per true class, one column per predicted class',
    head: ['true \\ predicted', ...classNames],
    rows: confusionMatrix.map((row, label) => [classNames[label]!, ...row.map(String)]),
    tints: confusionMatrix.map((row) => row.map((count) => count / Math.max(1, sum(row)))),
  };
}

const listedConfusions = 50;

function confusionsTable(matrix: Decisions['confusionMatrix'], classNames: readonly string[]): Table {
  return {
    kind: 'table',
    caption: `The most frequent confusions of the test images (the whole matrix, ${classNames.length} x ${classNames.length}, is in ${files.evaluation})`,
    head: ['true', 'predicted', 'images', 'of the true class'],
    rows: mostConfused(matrix, listedConfusions).map(({ trueLabel, predictedLabel, count, share }) => [
      classNames[trueLabel]!,
      classNames[predictedLabel]!,
      String(count),
      figureWithInterval(share),
    ]),
  };
}

function reportTable({ report, confusionMatrix }: Decisions): Table {
  const { perClass, accuracy, total } = report;
  const { macro, weighted } = meansOverClasses(confusionMatrix);
  const mean = (name: string, { precision, recall, f1 }: typeof macro) => [
    name,
    ...[precision, recall, f1].map(({ value, interval }) => withInterval(value, interval)),
    String(total),
  ];
  return {
    kind: 'table',
    caption: 'Classification report of the test images',
    head: ['class', 'precision', 'recall', 'F1', 'images'],
    rows: [
      ...perClass.map(({ className, precision, recall, f1, support }) => [
        className,
        ...[precision, recall, f1].map((value) => figure(value)),
        String(support),
      ]),
      ['accuracy', '', '', figure(accuracy), String(total)],
      mean('macro average', macro),
      mean('weighted average', weighted),
    ],
  };
}

const mostLines = 8;

/** Two classes: the curve of the positive one, with the point of the threshold. More: each class against the rest. */
function rocChart(
  test: Predictions,
  { positiveClass }: Evaluated,
  decisions: Decisions,
  classNames: readonly string[],
): Chart {
  const positive = positiveClass === null ? -1 : classNames.indexOf(positiveClass);
  const labels = positive < 0 ? classNames.slice(0, mostLines).map((_, label) => label) : [positive];
  const logOdds = logOddsRows(test.logits, test.classCount);
  const series = labels.map((label): Series => {
    const { labels: truth, scores } = oneVsRest(test.labels, logOdds, test.classCount, label);
    const area = auroc(truth, scores);
    const name = `${classNames[label]} (${area === undefined ? 'no area: a class is missing' : figure(area)})`;
    if (area === undefined) return { name, points: [] };
    const { falsePositiveRate, truePositiveRate } = rocCurve(truth, scores);
    const points = falsePositiveRate.map((rate, i) => [rate, truePositiveRate[i]!] as const);
    const { sensitivity, specificity } = decisions;
    if (positive < 0 || sensitivity === null || specificity === null) return { name, points };
    return { name, points, dot: [1 - specificity, sensitivity] };
  });
  return {
    title: 'ROC curve of the test images: sensitivity over 1 − specificity',
    summary: `Areas: ${series.map(({ name }) => name).join(', ')}.${positive < 0 ? '' : ' The dot marks the decision.'}`,
    xLabel: '1 − specificity',
    xRange: [0, 1],
    yRange: [0, 1],
    diagonal: true,
    square: true,
    series,
  };
}
