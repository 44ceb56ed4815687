// metrics.csv: one row an epoch, for spreadsheets and scripts. Pure.
import Papa from 'papaparse';
import type { RunState } from '../contracts/runState.ts';

type Cell = string | number | null;

/** A header, then all figures of every epoch with all their digits; what is not known stays empty. Recalls come last, one column a class. */
export function encodeMetrics({
  epochs,
  stages,
  classNames,
}: Pick<RunState, 'epochs' | 'stages' | 'classNames'>): string {
  const rows = epochs.map(
    ({ epoch, stage, best, metrics, learningRates, imagesPerSecond, elapsedMs }): Record<string, Cell> => {
      const { recallPerClass, ...val } = metrics.val;
      return {
        epoch,
        stage: stages[stage]?.name ?? String(stage + 1),
        best: Number(best),
        ...prefixed('train', metrics.train),
        ...prefixed('val', val),
        learningRate_head: learningRates.head,
        learningRate_backbone: learningRates.backbone,
        imagesPerSecond,
        elapsedMs,
        ...Object.fromEntries(classNames.map((name, label) => [`val_recall ${name}`, recallPerClass[label] ?? null])),
      };
    },
  );
  return `${Papa.unparse(rows, { newline: '\n', escapeFormulae: true })}\n`;
}

const prefixed = (split: string, figures: Readonly<Record<string, number | null>>): Record<string, Cell> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${split}_${name}`, value]));
