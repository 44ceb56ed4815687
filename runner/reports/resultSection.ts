// What came out on the test images, with what chance leaves open, and what guessing would have reached.
import type { Decisions, SplitEvaluation } from '../contracts/evaluation.ts';
import type { Predictions } from '../contracts/predictionsFile.ts';
import type { RunState } from '../contracts/runState.ts';
import { wilsonInterval } from '../metrics/intervals.ts';
import { auroc, oneVsRest, rocCurve } from '../metrics/roc.ts';
import { plural } from '../terminalText.ts';
import { lookedAt, testLooksLine } from '../testLooksText.ts';
import type { Block, Chart, ReportInput, Series, Table } from './document.ts';
import { figure, sum, withInterval } from './wording.ts';

export function resultSection({ run, test, testLooks }: Pick<ReportInput, 'run' | 'test' | 'testLooks'>): Block[] {
  const heading: Block = { kind: 'heading', text: 'Test' };
  const { evaluation, classNames } = run;
  if (!evaluation)
    return [heading, { kind: 'text', text: 'The test images were not looked at: the run did not get so far.' }];
  const decisions = decisionsOf(evaluation.test);
  return [
    heading,
    {
      kind: 'text',
      text: `${plural(evaluation.test.imageCount, 'test image')}, ${lookedAt(testLooks)}, with the weights of epoch ${evaluation.keptEpoch}. In brackets: 95 % intervals.`,
    },
    ...(testLooks > 1 ? [{ kind: 'list', warning: true, items: [testLooksLine(testLooks)] } as const] : []),
    figuresTable(run, evaluation),
    { kind: 'facts', rows: [['Decision', decisionRule(evaluation)]] },
    matrixTable(decisions, classNames),
    reportTable(decisions),
    ...(test ? [{ kind: 'charts', charts: [rocChart(test, evaluation, decisions, classNames)] } as const] : []),
  ];
}

/** By the threshold where there is one. */
export const decisionsOf = ({ byThreshold, byHighestProbability }: SplitEvaluation): Decisions =>
  byThreshold ?? byHighestProbability;

type Evaluated = NonNullable<RunState['evaluation']>;

function figuresTable({ classNames }: RunState, { test, val, positiveClass }: Evaluated): Table {
  const positive = positiveClass === null ? -1 : classNames.indexOf(positiveClass);
  const row = (name: string, cellOf: (split: SplitEvaluation) => string) => [name, cellOf(test), cellOf(val)];
  return {
    kind: 'table',
    caption: 'Figures of the kept weights',
    head: ['', 'test', 'validation'],
    rows: [
      row('Images', ({ imageCount }) => String(imageCount)),
      row('AUROC', (split) => withInterval(split.auroc, split.aurocInterval)),
      row('AUPRC', ({ auprc }) => figure(auprc)),
      row('Accuracy', (split) => recallOf(decisionsOf(split).confusionMatrix, null)),
      ...(positive < 0
        ? []
        : [
            row(`Sensitivity (recall of ${positiveClass})`, (split) =>
              recallOf(decisionsOf(split).confusionMatrix, positive),
            ),
            row(`Specificity (recall of ${classNames[1 - positive]})`, (split) =>
              recallOf(decisionsOf(split).confusionMatrix, 1 - positive),
            ),
          ]),
      row('Loss', ({ loss }) => figure(loss)),
      row('Accuracy of always the most frequent class', ({ majorityBaseline }) => figure(majorityBaseline)),
    ],
  };
}

/** Share of the images of a class (null: of all) that were recognized. */
function recallOf(matrix: Decisions['confusionMatrix'], label: number | null): string {
  const right = label === null ? sum(matrix.map((row, k) => row[k]!)) : matrix[label]![label]!;
  const total = label === null ? sum(matrix.flat()) : sum(matrix[label]!);
  return total === 0 ? figure(null) : withInterval(right / total, wilsonInterval(right, total));
}

function decisionRule({ threshold, positiveClass }: Evaluated): string {
  if (positiveClass === null) return 'The most probable class.';
  if (threshold === null) return 'The most probable class: no threshold beats chance on validation.';
  return `“${positiveClass}” from a probability of ${figure(threshold)} on: the threshold with the largest Youden's J (sensitivity + specificity − 1) on validation.`;
}

function matrixTable({ confusionMatrix }: Decisions, classNames: readonly string[]): Table {
  return {
    kind: 'table',
    caption: 'Confusion matrix of the test images: a row for each true class, a column for each predicted one',
    head: ['true \\ predicted', ...classNames],
    rows: confusionMatrix.map((row, label) => [classNames[label]!, ...row.map(String)]),
    tints: confusionMatrix.map((row) => row.map((count) => count / Math.max(1, sum(row)))),
  };
}

function reportTable({ report }: Decisions): Table {
  const { perClass, accuracy, macroAverage, weightedAverage, total } = report;
  const row = (name: string, { precision, recall, f1 }: (typeof report)['macroAverage'], support: number) => [
    name,
    ...[precision, recall, f1].map((value) => figure(value)),
    String(support),
  ];
  return {
    kind: 'table',
    caption: 'Classification report of the test images',
    head: ['class', 'precision', 'recall', 'F1', 'images'],
    rows: [
      ...perClass.map((own) => row(own.className, own, own.support)),
      ['accuracy', '', '', figure(accuracy), String(total)],
      row('macro average', macroAverage, total),
      row('weighted average', weightedAverage, total),
    ],
  };
}

const mostLines = 8;

/** Two classes: of the positive one, with the threshold's point. More: each against the rest. */
function rocChart(
  test: Predictions,
  { positiveClass }: Evaluated,
  decisions: Decisions,
  classNames: readonly string[],
): Chart {
  const positive = positiveClass === null ? -1 : classNames.indexOf(positiveClass);
  const labels = positive < 0 ? classNames.slice(0, mostLines).map((_, label) => label) : [positive];
  const series = labels.map((label): Series => {
    const { labels: truth, scores } = oneVsRest(test.labels, test.probabilities, test.classCount, label);
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
    summary: `Areas: ${series.map(({ name }) => name).join(', ')}.${positive < 0 ? '' : ' The dot is where the decision stands.'}`,
    xLabel: '1 − specificity',
    xRange: [0, 1],
    yRange: [0, 1],
    diagonal: true,
    square: true,
    series,
  };
}
