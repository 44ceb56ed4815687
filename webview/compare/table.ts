// The table of metrics: its columns, the best values, and the same as CSV and Markdown. Pure.

import { headlineMetric, type Metric, resultMetrics } from '../../shared/contracts/classification/metricTable.ts';
import { epochsMs, evaluatedThreshold } from '../../shared/contracts/runState.ts';
import { largest, smallest } from '../../shared/lists.ts';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { type StringKey, t } from '../../shared/strings/strings.ts';
import { letterOf } from '../charts/palette.ts';
import { logOddsText } from '../classification/thresholdText.ts';
import { formatCount, formatDuration, formatMetric } from '../page/format.ts';
import { csvText, escapeMarkdown, markdownText } from '../page/tableText.ts';
import { weightsName } from '../page/weightsWords.ts';
import { sameTestSet } from './notes.ts';

export interface Cell {
  /** Displayed text; an en dash for a missing value. */
  readonly text: string;
  /** All digits, for a spreadsheet. */
  readonly value: string | number | null;
  readonly detail?: string;
  readonly best: boolean;
}

export interface Column {
  readonly key: StringKey;
  /** One value per run, in their order. */
  readonly cells: readonly Cell[];
}

interface Measure {
  readonly key: StringKey;
  /** Which end is better; null: neither. */
  readonly better: 'higher' | 'lower' | null;
  readonly read: (run: ComparedRun) => Omit<Cell, 'best'>;
  /** Separate columns in a spreadsheet. Absent: no run has an interval. */
  readonly interval?: (run: ComparedRun) => readonly [low: number, high: number] | null;
}

/** Results of the kept weights on the test images; decisions at the threshold if there is one, else by the most probable class. */
export function metricColumns(runs: readonly ComparedRun[]): Column[] {
  const comparable = sameTestSet(runs);
  return measures.map(({ key, better, read }) => {
    const cells = runs.map(read);
    const best =
      better === null || !comparable
        ? null
        : bestOf(
            cells.map(({ value }) => value),
            better,
          );
    return { key, cells: cells.map((cell) => ({ ...cell, best: best !== null && cell.value === best })) };
  });
}

/** Comma-separated, one line per run, all digits; a cell that a spreadsheet would run as a formula is escaped. */
export function tableCsv(runs: readonly ComparedRun[]): string {
  const columns = metricColumns(runs);
  const header = [
    'run',
    'id',
    ...measures.flatMap(({ key, interval }) => (interval ? [t(key), 'low', 'high'] : [t(key)])),
  ];
  const rows = runs.map((run, i) => [
    run.name,
    run.id,
    ...measures.flatMap(({ interval }, column) => {
      const value = columns[column]!.cells[i]!.value ?? '';
      return interval ? [value, ...(interval(run) ?? ['', ''])] : [value];
    }),
  ]);
  return csvText([header, ...rows]);
}

/** Markdown table of the displayed values; the best are bold. */
export function tableMarkdown(runs: readonly ComparedRun[]): string {
  const columns = metricColumns(runs);
  const cell = ({ text, detail, best }: Cell) => {
    const words = escapeMarkdown(detail === undefined ? text : `${text} (${detail})`);
    return best ? `**${words}**` : words;
  };
  return markdownText(
    [t('run'), ...columns.map(({ key }) => t(key))],
    runs.map((run, i) => [
      escapeMarkdown(`${letterOf(run.index)} ${run.name}, ${run.when}`),
      ...columns.map(({ cells }) => cell(cells[i]!)),
    ]),
  );
}

const testOf = (run: ComparedRun) => run.state.evaluation?.test ?? null;

const decisionsOf = (run: ComparedRun) => {
  const test = testOf(run);
  return test && (test.byThreshold ?? test.byHighestProbability);
};

const metric = (value: number | null | undefined, detail?: string): Omit<Cell, 'best'> => ({
  text: formatMetric(value),
  value: value ?? null,
  ...(detail === undefined ? {} : { detail }),
});

const count = (value: number | null | undefined): Omit<Cell, 'best'> => ({
  text: value == null ? '–' : formatCount(value),
  value: value ?? null,
});

/** The heading of the first figure states the images behind all of them. */
const headingOf = ({ name }: Metric): StringKey => (name === headlineMetric.name ? 'testAuroc' : name);

function measureOf(each: Metric): Measure {
  const { better, interval, evaluated } = each;
  const intervalOf = (run: ComparedRun) => {
    const test = testOf(run);
    return (test && interval?.(test)) ?? null;
  };
  return {
    key: headingOf(each),
    better,
    read: (run) => {
      const test = testOf(run);
      return metric(test && evaluated(test, decisionsOf(run)), intervalText(intervalOf(run)));
    },
    ...(interval && { interval: intervalOf }),
  };
}

const measures: readonly Measure[] = [
  ...resultMetrics.filter(({ scale }) => scale === 'share').map(measureOf),
  { key: 'threshold', better: null, read: thresholdCell },
  ...resultMetrics.filter(({ scale }) => scale === 'loss').map(measureOf),
  { key: 'testImages', better: null, read: (run) => count(testOf(run)?.imageCount) },
  { key: 'epochs', better: null, read: (run) => count(run.state.epochs.length) },
  { key: 'duration', better: null, read: durationCell },
  { key: 'network', better: null, read: (run) => words(run.state.recipe?.network) },
  { key: 'weightsOrigin', better: null, read: weightsCell },
];

function thresholdCell({ state: { evaluation } }: ComparedRun): Omit<Cell, 'best'> {
  const threshold = evaluatedThreshold(evaluation);
  return metric(threshold?.probability, (threshold && logOddsText(threshold)) ?? undefined);
}

function intervalText(interval: readonly [number, number] | null): string | undefined {
  return interval ? t('intervalText', { low: formatMetric(interval[0]), high: formatMetric(interval[1]) }) : undefined;
}

function durationCell({ state: { elapsedMs, epochs } }: ComparedRun): Omit<Cell, 'best'> {
  const passed = elapsedMs ?? (epochs.length > 0 ? epochsMs(epochs) : null);
  return passed == null ? words(undefined) : { text: formatDuration(passed), value: Math.round(passed / 1000) };
}

function weightsCell({ state: { weights } }: ComparedRun): Omit<Cell, 'best'> {
  return words(weights ? weightsName(weights) : undefined);
}

const words = (text: string | undefined): Omit<Cell, 'best'> => ({ text: text ?? '–', value: text ?? null });

/** null with fewer than two numbers, or if all are equal. */
function bestOf(values: readonly (string | number | null)[], better: 'higher' | 'lower'): number | null {
  const numbers = values.filter((value) => typeof value === 'number');
  const [low, high] = [smallest(numbers), largest(numbers)];
  if (numbers.length < 2 || low === high) return null;
  return better === 'higher' ? high : low;
}
