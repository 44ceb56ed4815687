// The curves of several runs on one axis of epochs. Pure.

import { epochValue } from '../../shared/contracts/classification/metricTable.ts';
import type { EpochRow } from '../../shared/contracts/runState.ts';
import { largest } from '../../shared/lists.ts';
import { type ComparedRun, type CurveName, curves } from '../../shared/messages/compare.ts';

/** Columns over the same `epochs`; null where a run has no value. */
export interface Overlay {
  readonly epochs: readonly number[];
  readonly series: readonly { readonly run: ComparedRun; readonly values: readonly (number | null)[] }[];
}

export function overlayOf(runs: readonly ComparedRun[], curve: CurveName): Overlay {
  const last = Math.max(0, largest(runs.map(({ state }) => state.epochs.at(-1)?.epoch ?? 0)));
  const epochs = Array.from({ length: last }, (_, i) => i + 1);
  const series = runs.map((run) => {
    const values = new Array<number | null>(last).fill(null);
    for (const row of run.state.epochs) values[row.epoch - 1] = valueAt(row, curve);
    return { run, values };
  });
  return { epochs, series };
}

export const isLoss = (curve: CurveName): boolean => curveCalled(curve).metric.scale === 'loss';

function valueAt({ metrics }: EpochRow, curve: CurveName): number | null {
  const { split, metric } = curveCalled(curve);
  return epochValue(metrics, split, metric);
}

const curveCalled = (name: CurveName) => curves.find((curve) => curve.name === name)!;
