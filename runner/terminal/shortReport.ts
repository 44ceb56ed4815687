// A run on one screen: what is trained on what, one line per warning, and the test figures in plain words. Absent: the terminal.
// `--verbose` prints runReport.ts instead. Called by printer.ts.
import { basename } from 'node:path';
import type { Decisions, Figure, SplitEvaluation } from '../../shared/contracts/classification/evaluation.ts';
import { briefOf } from '../../shared/contracts/errors.ts';
import type { Problem, RunEvent } from '../../shared/contracts/events.ts';
import { evaluatedThreshold, type RunState, thresholdMissing } from '../../shared/contracts/runState.ts';
import { fixed } from '../../shared/fixed.ts';
import { decisionFigures } from '../../shared/metrics/decisionFigures.ts';
import { missingText } from '../words/missing.ts';
import { timesLooked } from '../words/testLooks.ts';
import { plural, printable, shortened, table } from '../words/text.ts';
import { noThresholdText, thresholdText } from '../words/threshold.ts';
import { deviceText, endLine } from './runReport.ts';

/** `resnet18 on pets: recipe photos, 224 px, CPU, 2 threads` */
export function shortStartLine({ dataset, recipe, device }: Extract<RunEvent, { type: 'started' }>): string {
  const folder = shortened(printable(basename(dataset.replaceAll('\\', '/'))), 40);
  return `${printable(recipe.network)} on ${folder}: recipe ${printable(recipe.name)}, ${recipe.imageSize} px, ${printable(deviceText(device))}`;
}

/** One line, without the consequences and advice of the whole sentence. */
export const shortWarningLine = ({ code, params }: Problem): string => `! ${printable(briefOf(code, params))}`;

/** Whether `problem` says again what an earlier one has said: too few validation images, split first, then figure by figure. */
export const isRepeated = ({ code }: Problem, earlier: readonly Problem[]): boolean =>
  ['alarmSmallValidation', 'alarmSmallClass'].includes(code) &&
  earlier.some((other) => other.code === code || (other.code === 'smallSplit' && other.params.split === 'validation'));

/** The result of a run that did not fail: test figures, outcome and folder. */
export function shortReport(run: RunState, runFolder: string, testLooks: number): string {
  const parts = [...(run.evaluation ? [testLines(run, run.evaluation, testLooks).join('\n')] : [])];
  if (run.recipe?.medical) parts.push('! Not for diagnostic use.');
  return `${[...parts, endLine(run, runFolder)].join('\n')}\n`;
}

/** Commands that may follow; RUN is the folder that the report names. */
export const nextSteps = ({ status }: RunState): string =>
  status === 'stopped'
    ? 'Next: shoulders resume RUN'
    : 'Next: shoulders report RUN, evaluate RUN --data FOLDER, explain RUN IMAGE';

function testLines(run: RunState, evaluation: NonNullable<RunState['evaluation']>, testLooks: number): string[] {
  const { test, keptEpoch, positiveClass } = evaluation;
  const decisions = test.byThreshold ?? test.byHighestProbability;
  const from = run.weights?.kind === 'random' ? ' of a run from random weights' : '';
  const threshold = evaluatedThreshold(evaluation);
  return [
    `Test: ${plural(test.imageCount, 'image')}, evaluated ${timesLooked(testLooks)}, epoch ${keptEpoch}${from}`,
    ...figureLines(test, decisions, run.classNames, positiveClass),
    ...(positiveClass === null
      ? []
      : threshold === null
        ? [`  The most probable class decides: ${noThresholdText(thresholdMissing(evaluation))}.`]
        : [
            `  Says ${quoted(positiveClass)} from probability ${thresholdText(threshold, 3)} on (threshold chosen on validation).`,
          ]),
    '  In brackets: 95 % intervals. All figures: --verbose, or shoulders report RUN.',
    ...(guessedAsWell(test) ? ['! The interval of AUROC contains 0.5: guessing explains this result as well.'] : []),
    ...run.warnings.filter(({ code }) => tooOptimistic.has(code)).map(shortWarningLine),
  ];
}

/** Warnings about the test figures themselves, which stay beside them. */
const tooOptimistic: ReadonlySet<string> = new Set(['leak', 'nearLeak', 'innerFolders']);

/** Name, value, 95 % interval, and what was counted. */
function figureLines(
  test: SplitEvaluation,
  { confusionMatrix }: Decisions,
  classNames: readonly string[],
  positiveClass: string | null,
): string[] {
  const positiveLabel = positiveClass === null ? -1 : classNames.indexOf(positiveClass);
  const binary = positiveLabel >= 0 && classNames.length === 2;
  const figures = decisionFigures(confusionMatrix, binary ? positiveLabel : null);
  const right = confusionMatrix.reduce((sum, row, label) => sum + row[label]!, 0);
  const [positive, negative] = [classNames[positiveLabel], classNames[1 - positiveLabel]];
  const found = (label: number, name: string) =>
    `${confusionMatrix[label]![label]} of ${confusionMatrix[label]!.reduce((sum, count) => sum + count, 0)} ${quoted(name)} recognized`;
  const auroc: Row = [
    'AUROC',
    `${test.auroc === null ? '–' : fixed(test.auroc, 3)}${bracketed(test.aurocInterval)}`,
    test.auroc === null
      ? (missingText[test.figures?.auroc.missing ?? 'oneClassOnly'] ?? '')
      : binary
        ? `${quoted(positive!)} scores above ${quoted(negative!)} in ${fixed(100 * test.auroc, 1)} % of pairs`
        : 'mean over the classes; 1 is perfect, 0.5 is guessing',
  ];
  const rows: Row[] = [
    auroc,
    row(
      'accuracy',
      figures.accuracy,
      `${right} of ${test.imageCount} right; one class for all: ${fixed(test.majorityBaseline, 3)}`,
    ),
    ...(binary
      ? [
          row('sensitivity', figures.sensitivity!, found(positiveLabel, positive!)),
          row('specificity', figures.specificity!, found(1 - positiveLabel, negative!)),
        ]
      : [row('balanced accuracy', figures.balancedAccuracy, 'each class counts the same')]),
  ];
  return table(
    rows.map(([name, ...rest]) => [`  ${name}`, ...rest]),
    new Set([0, 1, 2]),
  );
}

type Row = readonly [name: string, value: string, words: string];

const row = (name: string, { value, interval, missing }: Figure, words: string): Row =>
  value === null
    ? [name, '–', missing ? missingText[missing] : '']
    : [name, `${fixed(value, 3)}${bracketed(interval)}`, words];

const bracketed = (interval: readonly [number, number] | null | undefined): string =>
  interval ? ` [${fixed(interval[0], 3)}, ${fixed(interval[1], 3)}]` : '';

const quoted = (name: string): string => `"${shortened(printable(name), 16)}"`;

/** Whether chance explains the area; false where there is no interval. */
const guessedAsWell = ({ aurocInterval }: SplitEvaluation): boolean => !!aurocInterval && aurocInterval[0] <= 0.5;
