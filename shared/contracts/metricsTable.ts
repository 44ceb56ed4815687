// The figures of every epoch as a table: metrics.csv for spreadsheets and scripts, Markdown for notes. Pure; the runner writes it into
// the run folder, the editor copies and saves it.
import Papa from 'papaparse';
import { guarded } from './cells.ts';
import { type EpochSplit, epochValue, metricsOn } from './classification/metricTable.ts';
import type { EpochMetrics } from './events.ts';
import type { RunState } from './runState.ts';

type Source = Pick<RunState, 'epochs' | 'stages' | 'classNames'>;
type Cell = string | number | null;

/** A header, then all figures of every epoch with all digits; unknown ones stay empty. Recalls come last, one column per class. */
export const encodeMetrics = (run: Source): string =>
  `${Papa.unparse(
    metricRows(run).map((row) => ({ ...row, stage: typeof row.stage === 'string' ? guarded(row.stage) : row.stage })),
    { newline: '\n' },
  )}\n`;

/** The same columns, numbers with at most four significant digits. Names are escaped: a class may be called a|b. */
export function metricsMarkdown(run: Source): string {
  const rows = metricRows(run);
  const names = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(names.map(escaped)),
    line(names.map(() => '---:')),
    ...rows.map((row) => line(names.map((name) => written(row[name] ?? null)))),
  ].join('\n');
}

const metricRows = ({ epochs, stages, classNames }: Source): Record<string, Cell>[] =>
  epochs.map(({ epoch, stage, best, metrics, learningRates, imagesPerSecond, elapsedMs }) => {
    const { recallPerClass } = metrics.val;
    return {
      epoch,
      stage: stages[stage]?.name ?? String(stage + 1),
      best: Number(best),
      ...figuresOn('train', metrics),
      ...figuresOn('val', metrics),
      learningRate_head: learningRates.head,
      learningRate_backbone: learningRates.backbone,
      imagesPerSecond,
      elapsedMs,
      ...Object.fromEntries(classNames.map((name, label) => [`val_recall ${name}`, recallPerClass[label] ?? null])),
    };
  });

const figuresOn = (split: EpochSplit, metrics: EpochMetrics): Record<string, Cell> =>
  Object.fromEntries(metricsOn(split).map((metric) => [`${split}_${metric.name}`, epochValue(metrics, split, metric)]));

const written = (cell: Cell): string => {
  if (cell === null) return '';
  if (typeof cell === 'string') return escaped(cell);
  return String(Number.isInteger(cell) ? cell : Number(cell.toPrecision(4)));
};

/** Neither the table nor the page that contains it may interpret a name as markup. */
const escaped = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\|`*_<>[\]]/g, '\\$&');
