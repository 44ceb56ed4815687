// The epochs of a run as columns, for charts: made once, then only lengthened. Pure but for what it remembers.
import type { EpochRow } from '../../shared/contracts/runState.ts';

type Column = readonly (number | null)[];

/** Of equal length; `epochs` ascends. null: not measured (a class is missing), or not trained (the backbone's rate). */
export interface Columns {
  readonly epochs: readonly number[];
  readonly loss: { readonly train: Column; readonly val: Column };
  readonly accuracy: { readonly train: Column; readonly val: Column };
  readonly auroc: { readonly train: Column; readonly val: Column };
  readonly learningRate: { readonly head: Column; readonly backbone: Column };
  /** By label. */
  readonly recall: readonly Column[];
}

export const splitMetrics = ['loss', 'accuracy', 'auroc'] as const;

export const columnsOf = (rows: readonly EpochRow[], classCount: number): Columns => {
  const splits = (metric: (typeof splitMetrics)[number]) => ({
    train: rows.map((row) => row.metrics.train[metric]),
    val: rows.map((row) => row.metrics.val[metric]),
  });
  return {
    epochs: rows.map((row) => row.epoch),
    loss: splits('loss'),
    accuracy: splits('accuracy'),
    auroc: splits('auroc'),
    learningRate: {
      head: rows.map((row) => row.learningRates.head),
      backbone: rows.map((row) => row.learningRates.backbone),
    },
    recall: Array.from({ length: classCount }, (_, label) =>
      rows.map((row) => row.metrics.val.recallPerClass[label] ?? null),
    ),
  };
};

/** Gives the columns of these rows; of rows that only went on since the last time, it reads the new ones. */
export function columnReader(): (rows: readonly EpochRow[], classCount: number) => Columns {
  let last: EpochRow | undefined;
  let known = columnsOf([], 0);
  return (rows, classCount) => {
    const count = known.epochs.length;
    const wentOn = count > 0 && rows[count - 1] === last && known.recall.length === classCount;
    if (wentOn && rows.length === count) return known;
    known = wentOn ? joined(known, columnsOf(rows.slice(count), classCount)) : columnsOf(rows, classCount);
    last = rows.at(-1);
    return known;
  };
}

const joined = (a: Columns, b: Columns): Columns => ({
  epochs: a.epochs.concat(b.epochs),
  loss: joinedSplits(a.loss, b.loss),
  accuracy: joinedSplits(a.accuracy, b.accuracy),
  auroc: joinedSplits(a.auroc, b.auroc),
  learningRate: {
    head: a.learningRate.head.concat(b.learningRate.head),
    backbone: a.learningRate.backbone.concat(b.learningRate.backbone),
  },
  recall: a.recall.map((column, label) => column.concat(b.recall[label]!)),
});

const joinedSplits = (a: Columns['loss'], b: Columns['loss']): Columns['loss'] => ({
  train: a.train.concat(b.train),
  val: a.val.concat(b.val),
});
