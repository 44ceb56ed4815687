// The table of metrics: its columns, which values are the best, and the same as CSV and Markdown. Pure.

import { evaluatedThreshold } from '../../shared/contracts/runState.ts';
import { largest, smallest } from '../../shared/lists.ts';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { type StringKey, t } from '../../shared/strings/strings.ts';
import { letterOf } from '../charts/palette.ts';
import { logOddsText } from '../classification/thresholdText.ts';
import { formatCount, formatDuration, formatMetric } from '../page/format.ts';
import { csvText, escapeMarkdown, markdownText } from '../page/tableText.ts';
import { sameTestSet } from './notes.ts';

export interface Cell {
  /** As shown; an en dash where there is nothing. */
  readonly text: string;
  /** For a spreadsheet: all digits. */
  readonly value: string | number | null;
  readonly detail?: string;
  readonly best: boolean;
}

export interface Column {
  readonly key: StringKey;
  /** One a run, in their order. */
  readonly cells: readonly Cell[];
}

interface Measure {
  readonly key: StringKey;
  /** Which end is better; null: neither. */
  readonly better: 'higher' | 'lower' | null;
  readonly read: (run: ComparedRun) => Omit<Cell, 'best'>;
}

/** Of the kept weights on the test images; decisions at the threshold where there is one, else the most probable class. */
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

/** Comma-separated, one line a run, all digits; a cell that a spreadsheet would run as a formula stays text. */
export function tableCsv(runs: readonly ComparedRun[]): string {
  const columns = metricColumns(runs);
  const header = [
    'run',
    'id',
    ...columns.flatMap(({ key }) => (key === 'testAuroc' ? [t(key), 'low', 'high'] : [t(key)])),
  ];
  const rows = runs.map((run, i) => [
    run.name,
    run.id,
    ...columns.flatMap(({ key, cells }) => {
      const value = cells[i]!.value ?? '';
      return key === 'testAuroc' ? [value, ...(run.state.evaluation?.test.aurocInterval ?? ['', ''])] : [value];
    }),
  ]);
  return csvText([header, ...rows]);
}

/** A Markdown table as on the screen; the best are bold. */
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

const measures: readonly Measure[] = [
  { key: 'testAuroc', better: 'higher', read: (run) => metric(testOf(run)?.auroc, intervalText(run)) },
  { key: 'auprc', better: 'higher', read: (run) => metric(testOf(run)?.auprc) },
  { key: 'accuracy', better: 'higher', read: (run) => metric(decisionsOf(run)?.report.accuracy) },
  { key: 'sensitivity', better: 'higher', read: (run) => metric(decisionsOf(run)?.sensitivity) },
  { key: 'specificity', better: 'higher', read: (run) => metric(decisionsOf(run)?.specificity) },
  { key: 'threshold', better: null, read: thresholdCell },
  { key: 'loss', better: 'lower', read: (run) => metric(testOf(run)?.loss) },
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

function intervalText(run: ComparedRun): string | undefined {
  const interval = testOf(run)?.aurocInterval;
  return interval ? t('intervalText', { low: formatMetric(interval[0]), high: formatMetric(interval[1]) }) : undefined;
}

function durationCell({ state: { elapsedMs, epochs } }: ComparedRun): Omit<Cell, 'best'> {
  const passed = elapsedMs ?? epochs.at(-1)?.elapsedMs;
  return passed == null ? words(undefined) : { text: formatDuration(passed), value: Math.round(passed / 1000) };
}

function weightsCell({ state: { weights } }: ComparedRun): Omit<Cell, 'best'> {
  return words(weights?.kind === 'random' ? t('randomWeightsShort') : weights?.name);
}

const words = (text: string | undefined): Omit<Cell, 'best'> => ({ text: text ?? '–', value: text ?? null });

/** null with fewer than two numbers, or when all are equal: then none stands out. */
function bestOf(values: readonly (string | number | null)[], better: 'higher' | 'lower'): number | null {
  const numbers = values.filter((value) => typeof value === 'number');
  const [low, high] = [smallest(numbers), largest(numbers)];
  if (numbers.length < 2 || low === high) return null;
  return better === 'higher' ? high : low;
}
