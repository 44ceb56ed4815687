// Text of a run for a terminal, from its state alone. Absent: the terminal. Called by printer.ts and cli/.

import { isHead } from '../../shared/contracts/architectures.ts';
import type {
  Decisions,
  Figure,
  SplitEvaluation,
  ThresholdMissing,
} from '../../shared/contracts/classification/evaluation.ts';
import {
  type EpochSplit,
  epochValue,
  type Metric,
  metricsOn,
} from '../../shared/contracts/classification/metricTable.ts';
import { depthMatters } from '../../shared/contracts/depth.ts';
import { sentenceOf } from '../../shared/contracts/errors.ts';
import { isWhole, type LogHealth } from '../../shared/contracts/eventLog.ts';
import type { Device, Problem, RunEvent, WeightsOrigin } from '../../shared/contracts/events.ts';
import type { RunLabels } from '../../shared/contracts/labels.ts';
import { type Elsewhere, isSilent, lastSignText } from '../../shared/contracts/machine.ts';
import {
  type EpochRow,
  evaluatedThreshold,
  headline,
  type RunState,
  thresholdMissing,
  waitsForDisk,
} from '../../shared/contracts/runState.ts';
import type { Threshold } from '../../shared/contracts/scores.ts';
import { fixed } from '../../shared/fixed.ts';
import { reportText } from '../../shared/metrics/classificationReport.ts';
import { decisionFigures } from '../../shared/metrics/decisionFigures.ts';
import type { Interval } from '../../shared/metrics/intervals.ts';
import { mostClassesInMatrix, mostConfused } from '../../shared/metrics/multiclass.ts';
import type { MergedRun } from '../../shared/runFolder/mergedRun.ts';
import { layoutWords } from '../reports/sections/weightsLayout.ts';
import { missingText } from '../words/missing.ts';
import { lookedAt } from '../words/testLooks.ts';
import { duration, padEnd, padStart, plural, printable, shortened, table } from '../words/text.ts';
import { noThresholdText, thresholdText } from '../words/threshold.ts';
import { starterWords } from '../words/weights.ts';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

export const figure = (value: number | null, digits = 4): string => (value === null ? '–' : fixed(value, digits));

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

export const problemText = ({ code, params }: Problem): string => printable(sentenceOf(code, params));

/** Name of the device; the number of threads applies to the CPU only. */
export const deviceText = ({ name, engine, threads }: Device): string =>
  engine === 'onnxruntime-cpu' ? `${name}, ${plural(threads, 'thread')}` : `${name} (${engine})`;

export function startLine({ recipe, device }: Of<'started'>): string {
  const line = printable(`${recipe.name}: ${recipe.network} at ${recipe.imageSize} px on ${deviceText(device)}`);
  const { why } = device;
  // A software driver is the subject of a warning that follows right after.
  return why && why.code !== 'gpuSoftwareAsked' ? `${line}\n${problemText(why)}` : line;
}

export function datasetLine({ classNames, counts, findings, depth = 16, deepImageCount }: Of<'checked'>): string {
  const names = classNames.slice(0, 6).map((name) => printable(shortened(name, 30)));
  if (classNames.length > 6) names.push('…');
  const unusable = findings.filter(({ kind }) => kind === 'corrupt').length;
  const sizes = `train ${total(counts.train)}, val ${total(counts.val)}, test ${total(counts.test)}`;
  const left =
    unusable > 0 ? `; ${plural(unusable, 'unusable image')} left out (\`shoulders check\` says which and why)` : '';
  return `dataset: ${plural(classNames.length, 'class', 'classes')} (${names.join(', ')}), ${sizes}${left}${depthMatters(depth, deepImageCount ?? null) ? `; 16-bit images read as ${depth} bits` : ''}`;
}

export function weightsLine({ kind, name, verified, layout }: WeightsOrigin): string {
  if (kind === 'random') return 'weights: random';
  if (kind === 'starter') return `weights: ${starterWords}, as shipped (SHA-256)`;
  if (verified) return `weights: ${printable(name)}, as published (SHA-256)`;
  const words = layout ? printable(layoutWords(layout)) : '';
  return `weights: ${printable(name)}${words === '' ? '' : ` (${words})`}`;
}

export function stageLine({
  stage,
  name,
  epochs,
  unfreeze,
  trainableParameters,
  batchNorm,
}: Of<'stageStarted'>): string {
  return `stage ${stage + 1} "${printable(name)}": ${plural(epochs, 'epoch')}, ${trainedParts(unfreeze)} (${millions(trainableParameters)} parameters${batchNorm === 'train' ? ', BatchNorm in train mode' : ''})`;
}

const trainedParts = (unfreeze: string): string => {
  if (unfreeze === 'all') return 'all layers train';
  return isHead(unfreeze) ? `${unfreeze} trains` : `${unfreeze} and above train`;
};

const millions = (count: number): string =>
  count < 10_000 ? String(count) : count < 1e6 ? `${(count / 1e3).toFixed(0)} k` : `${(count / 1e6).toFixed(2)} M`;

interface EpochColumn {
  readonly head: string;
  readonly columns: number;
  /** Left out where the terminal is narrower than the whole table. */
  readonly extra?: true;
  readonly left?: true;
  readonly cell: (row: EpochRow, run: RunState) => string;
}

/** Column of one figure. The column of the loss names its split, and those of the other figures follow it. */
const figureColumn = (split: EpochSplit, metric: Metric): EpochColumn => {
  const { scale, column, short } = metric;
  const [head, least, digits] = scale === 'loss' ? [`${split} ${short.text}`, 10, 4] : [short.text, 7, 3];
  return {
    head,
    columns: Math.max(least, head.length + 1),
    ...(column === 'terminal' ? {} : { extra: true }),
    cell: ({ metrics }) => figure(epochValue(metrics, split, metric), digits),
  };
};

const epochColumns: readonly EpochColumn[] = [
  { head: 'epoch', columns: 5, cell: ({ epoch }) => String(epoch) },
  { head: '', columns: 1, cell: ({ best }) => (best ? '*' : '') },
  {
    head: ' stage',
    columns: 10,
    left: true,
    cell: ({ stage }, run) => ` ${shortened(printable(run.stages[stage]?.name ?? `${stage + 1}`), 9)}`,
  },
  ...metricsOn('train').map((metric) => figureColumn('train', metric)),
  { head: '│', columns: 3, cell: () => '│' },
  ...metricsOn('val').map((metric) => figureColumn('val', metric)),
  { head: 'time', columns: 11, cell: ({ elapsedMs }) => duration(elapsedMs) },
];
const wholeTable = epochColumns.reduce((sum, { columns }) => sum + columns, 0);

const epochCells = (width: number, textOf: (column: EpochColumn) => string): string =>
  epochColumns
    .filter(({ extra }) => !extra || width >= wholeTable)
    .map((column) => (column.left ? padEnd : padStart)(textOf(column), column.columns))
    .join('');

/** @param width  columns of the terminal; a narrow one gets fewer figures */
export const epochHeader = (width: number): string => epochCells(width, ({ head }) => head);

/** One line per epoch, below `epochHeader`; a star marks the weights kept so far. */
export const epochLine = (run: RunState, row: EpochRow, width: number): string =>
  epochCells(width, ({ cell }) => cell(row, run));

/** Explains what a header cannot say. @param width  as in `epochHeader` */
export const epochLegend = (width: number): string =>
  `* = its weights are the stage’s best on validation so far${width >= wholeTable ? '; sens, spec: of the most probable class' : ''}`;

const listedConfusions = 20;

/** `confusionMatrix[true][predicted]` with the class names on both sides; for very many classes, the most confused pairs. */
export function confusionText({ confusionMatrix }: Decisions, classNames: readonly string[]): string {
  const names = classNames.map((name) => shortened(printable(name), 24));
  if (names.length > mostClassesInMatrix) {
    const confusions = mostConfused(confusionMatrix, listedConfusions);
    const most = confusions.map(({ trueLabel, predictedLabel, count }) => [
      names[trueLabel]!,
      names[predictedLabel]!,
      String(count),
    ]);
    return table([['true', 'predicted, most frequent confusions', 'images'], ...most]).join('\n');
  }
  const rows = confusionMatrix.map((row, k) => [names[k]!, ...row.map(String)]);
  return table([['true \\ predicted', ...names], ...rows]).join('\n');
}

export interface ReportOptions {
  readonly width: number;
  /** How often the run's test images have been looked at. */
  readonly testLooks: number;
  /** Set where the epochs were not printed during the run. */
  readonly withEpochs: boolean;
}

/** Everything known at the end, with warnings beside the figures. */
export function finalReport(run: RunState, runFolder: string, { width, withEpochs, testLooks }: ReportOptions): string {
  const parts: string[] = [];
  const { evaluation, recipe } = run;
  if (withEpochs && run.epochs.length > 0)
    parts.push(
      [epochHeader(width), ...run.epochs.map((row) => epochLine(run, row, width)), epochLegend(width)].join('\n'),
    );
  if (evaluation) {
    const { test, val, keptEpoch } = evaluation;
    const decisions = test.byThreshold ?? test.byHighestProbability;
    parts.push(
      [
        `Test: ${plural(test.imageCount, 'image')}, ${lookedAt(testLooks)}, with the weights of epoch ${keptEpoch}`,
        `  ${areas(test)}   loss ${figure(test.loss)}`,
        `  for comparison: ${majority(test)}; validation (${plural(val.imageCount, 'image')}): AUROC ${figure(val.auroc)}`,
        ...calibrationLines(test, evaluation.temperature ?? null),
        ...decisionLines(
          {
            threshold: evaluatedThreshold(evaluation),
            thresholdMissing: thresholdMissing(evaluation),
            positiveClass: evaluation.positiveClass,
            classNames: run.classNames,
            chosen: "Youden's J, chosen on validation",
          },
          decisions,
        ),
      ].join('\n'),
    );
    parts.push(confusionText(decisions, run.classNames));
    const printableReport = decisions.report.perClass.map((row) => ({ ...row, className: printable(row.className) }));
    parts.push(reportText({ ...decisions.report, perClass: printableReport }).trimEnd());
  }
  const warnings = run.warnings.map(warningLine);
  if (recipe?.medical) warnings.push('! Not for diagnostic use.');
  if (warnings.length > 0) parts.push(warnings.join('\n'));
  parts.push(endLine(run, runFolder));
  return `${parts.join('\n\n')}\n`;
}

export const warningLine = (problem: Problem): string => `! ${problemText(problem)}`;

/** The areas under both curves; `by chance` is the share of the positive class, the AUPRC of random scores. */
export function areas({ auroc, aurocInterval, auprc, figures }: SplitEvaluation): string {
  const chance = figures?.auprcBaseline ? `, by chance ${figure(figures.auprcBaseline.value)}` : '';
  const area = (name: string, value: number | null, interval: Interval | null | undefined, own: Figure | undefined) =>
    `${name} ${figure(value)}${value === null && own?.missing ? ` (${missingText[own.missing]})` : within(interval)}`;
  return `${area('AUROC', auroc, aurocInterval, figures?.auroc)}   ${area('AUPRC', auprc, figures?.auprc.interval, figures?.auprc)}${chance}`;
}

/** Accuracy that needs no training. */
export const majority = ({ majorityBaseline }: SplitEvaluation): string =>
  `baseline (majority class): accuracy ${figure(majorityBaseline, 3)}`;

/** How well probabilities match observed frequencies; empty for runs of older versions. */
export function calibrationLines({ calibration }: SplitEvaluation, temperature: number | null): string[] {
  if (!calibration) return [];
  const { scaled, figures } = calibration;
  const both = ({ ece, brier, figures }: Omit<NonNullable<SplitEvaluation['calibration']>, 'scaled'>) =>
    `ECE ${figure(ece)}${within(figures?.ece.interval)}, Brier ${figure(brier)}${within(figures?.brier.interval)}`;
  const lines = [`  calibration: ${both(calibration)}`];
  const chance = figures?.eceByChance;
  if (chance)
    lines.push(
      `    a perfectly calibrated model has an ECE of about ${figure(chance.mean)}, seldom above ${figure(chance.high)}`,
    );
  if (scaled && temperature !== null)
    lines.push(`    with temperature ${fixed(temperature, 3)} from validation: ${both(scaled)}`);
  return lines;
}

const within = (interval: Interval | null | undefined): string => (interval ? ` ${range(interval, 4)}` : '');

const range = ([low, high]: Interval, digits: number): string => `[${fixed(low, digits)}, ${fixed(high, digits)}]`;

export interface DecisionRule {
  readonly threshold: Threshold | null;
  /** null: there is a threshold; undefined: the reason for its absence is unknown. */
  readonly thresholdMissing?: ThresholdMissing | null | undefined;
  readonly positiveClass: string | null;
  readonly classNames: readonly string[];
  /** Origin of the threshold. */
  readonly chosen: string;
}

/** The rule of decision, and for two classes how much of each was recognized. */
export function decisionLines(
  { threshold, thresholdMissing: missing, positiveClass, classNames, chosen }: DecisionRule,
  decisions: Decisions,
): string[] {
  const figures = decisionFigures(
    decisions.confusionMatrix,
    positiveClass === null ? null : classNames.indexOf(positiveClass),
  );
  const { accuracy, balancedAccuracy, sensitivity, specificity, ppv, npv, f1 } = figures;
  return [
    positiveClass === null
      ? '  decision: the most probable class'
      : threshold === null
        ? `  ${noThresholdText(missing)}: the most probable class decides`
        : `  threshold ${thresholdText(threshold)} on the probability of ${printable(positiveClass)}: ${chosen}`,
    ...figureTable([
      ['accuracy', accuracy, 'balanced accuracy', balancedAccuracy],
      ['sensitivity', sensitivity, 'specificity', specificity],
      ['PPV', ppv, 'NPV', npv],
      ['F1', f1, '', null],
    ]),
    '  in brackets: 95 % intervals, and the number of images behind each figure',
  ];
}

/** Two figures per line, in columns. */
function figureTable(rows: readonly (readonly [string, Figure | null, string, Figure | null])[]): string[] {
  const text = (each: Figure | null) =>
    each === null
      ? ''
      : each.value === null
        ? `–${each.missing ? ` (${missingText[each.missing]})` : ''}`
        : `${fixed(each.value, 3)} [${each.interval ? `${each.interval.map((end) => fixed(end, 3)).join(', ')}; ` : ''}n = ${each.n}]`;
  const cells = rows.filter(([, first]) => first !== null).map(([a, x, b, y]) => [`  ${a}`, text(x), ` ${b}`, text(y)]);
  return table(cells, new Set([0, 1, 2, 3])).map((line) => line.trimEnd());
}

export function endLine(run: RunState, runFolder: string): string {
  const took = run.elapsedMs === null ? '' : ` after ${duration(run.elapsedMs)}`;
  const best = headline(run);
  const kept =
    run.epochs.length > 0
      ? `the best weights${best ? ` (${best.name} ${fixed(best.value, 4)})` : ''} are kept`
      : 'no epoch was finished';
  const outcome =
    run.status === 'stopped'
      ? `Stopped${took}; ${kept}.`
      : `${run.status === 'finished' ? 'Finished' : 'Ended'}${took}.`;
  return `${outcome}\nRun: ${printable(runFolder)}`;
}

interface ReadRow extends MergedRun {
  /** The part of the log that could be read. */
  readonly health?: LogHealth;
  readonly elsewhere?: Elsewhere | null;
}

export type RunRow = { readonly folder: string; readonly labels: RunLabels } & (
  | (ReadRow & { readonly problem: null })
  | { readonly state: undefined; readonly problem: Problem }
);

/** One line per run, in the given order; a run that cannot be read gives the reason. */
export function runsTable(runs: readonly RunRow[], now = new Date()): string {
  if (runs.length === 0) return 'No runs here yet: start one with `shoulders fine-tune DATASET`.\n';
  const read = runs.flatMap((run) => (run.state ? [run] : []));
  const isLabelled = read.some(({ labels }) => labelsText(labels) !== '');
  const rows = read.map((run) => [...runRow(run, now), ...(isLabelled ? [labelsText(run.labels)] : [])]);
  const head = [...runHead, ...(isLabelled ? ['labels'] : [])];
  const broken = runs.flatMap(({ state, problem }) => (!state && problem ? [warningLine(problem)] : []));
  const lines = rows.length > 0 ? table([head, ...rows], new Set([0, 1, 2, 4, 5, 6])) : [];
  return `${[...lines, ...broken].join('\n')}\n`;
}

const runHead = ['run', 'state', 'recipe', 'epochs', 'result', ''];

/** Star, name, tags: `* second try #pilot`. */
const labelsText = ({ starred, name, tags }: RunLabels): string =>
  printable([...(starred ? ['*'] : []), ...(name ? [name] : []), ...tags.map((tag) => `#${tag}`)].join(' '));

/** `running on HOST`; a long silence is mentioned, but does not count as an end. */
function elsewhereText({ status }: RunState, elsewhere: Elsewhere, now: Date): string {
  const host = shortened(elsewhere.host, 40);
  if (!isSilent(elsewhere, now.getTime())) return `${status} on ${host}`;
  return `no sign of life from ${host} since ${lastSignText(elsewhere)}`;
}

/** A line of the table, with notes on everything that qualifies its figures. */
function runRow({ state, headline: best, epochCount, health, elsewhere }: ReadRow, now: Date): string[] {
  const notes = [
    ...(state.weights?.kind === 'random' ? ['random weights'] : []),
    ...(state.weights?.kind === 'starter' ? ['starter weights'] : []),
    ...(state.recipe?.medical ? ['not for diagnostic use'] : []),
  ];
  return [
    printable(state.runId),
    elsewhere ? printable(elsewhereText(state, elsewhere, now)) : waitsForDisk(state) ? 'paused (disk)' : state.status,
    state.recipe ? printable(state.recipe.name) : '–',
    String(epochCount),
    best ? `${best.name} ${fixed(best.value, 4)}` : '–',
    [...(best ? notes : []), ...(health && !isWhole(health) ? ['log damaged'] : [])].join(', '),
  ];
}
