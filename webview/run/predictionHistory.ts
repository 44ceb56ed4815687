// Validation predictions of epochs that the user looked back at: requested one at a time, the latest kept. Pure.
import type { Predictions } from '../../shared/messages/run.ts';

export interface PredictionHistory {
  /** Epoch in view; null: the newest. */
  readonly epoch: number | null;
  /** Predictions of `epoch`, or of the previous one until they have loaded. */
  readonly shown: Predictions | null;
  /** By epoch, the most recently used last; null: unreadable. */
  readonly known: ReadonlyMap<number, Predictions | null>;
  /** Number of replies and resets: an earlier request need not be waited for. */
  readonly answers: number;
}

export const noHistory: PredictionHistory = { epoch: null, shown: null, known: new Map(), answers: 0 };

/** Limits of stored numbers and epochs: sixteen thousand images of a hundred classes, or fifty epochs of a small dataset. */
const mostNumbers = 1_600_000;
const mostEpochs = 50;

/** `newest`: displayed predictions when no epoch was picked. */
export function picked(
  history: PredictionHistory,
  epoch: number | null,
  newest: Predictions | null,
): PredictionHistory {
  if (epoch === null) return { ...history, epoch, shown: null };
  const found = history.known.get(epoch);
  if (found === undefined) return { ...history, epoch, shown: history.epoch === null ? newest : history.shown };
  return { ...history, epoch, shown: found, known: latest(history.known, epoch, found) };
}

/** `predictions`: null if unreadable. */
export function remembered(
  history: PredictionHistory,
  epoch: number,
  predictions: Predictions | null,
): PredictionHistory {
  return {
    ...history,
    known: bounded(latest(history.known, epoch, predictions)),
    shown: epoch === history.epoch ? predictions : history.shown,
    answers: history.answers + 1,
  };
}

/** Drops the epochs after this one: they were, or will be, trained again. */
export const trimmed = (history: PredictionHistory, afterEpoch: number): PredictionHistory => ({
  ...history,
  known: new Map([...history.known].filter(([epoch]) => epoch <= afterEpoch)),
  answers: history.answers + 1,
});

/** Epoch to request now; null: none. */
export const wanted = ({ epoch, known }: PredictionHistory): number | null =>
  epoch === null || known.has(epoch) ? null : epoch;

function latest(known: PredictionHistory['known'], epoch: number, found: Predictions | null) {
  const next = new Map(known);
  next.delete(epoch);
  return next.set(epoch, found);
}

function bounded(known: Map<number, Predictions | null>): PredictionHistory['known'] {
  const size = () => [...known.values()].reduce((sum, one) => sum + (one?.logits.length ?? 0), 0);
  for (const epoch of [...known.keys()].slice(0, -1))
    if (known.size > mostEpochs || size() > mostNumbers) known.delete(epoch);
  return known;
}
