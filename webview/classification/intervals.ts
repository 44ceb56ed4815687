// Texts of the 95 % intervals beside the panel's figures. Pure; shared/metrics does the arithmetic.
import type { SplitEvaluation } from '../../shared/contracts/classification/evaluation.ts';
import type { EpochRow, RunState } from '../../shared/contracts/runState.ts';
import { aurocInterval, type Interval, wilsonInterval } from '../../shared/metrics/intervals.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatMetric } from '../page/format.ts';

export const intervalText = ([low, high]: Interval): string =>
  t('interval', { low: formatMetric(low), high: formatMetric(high) });

/** Interval of the AUROC of two classes, from the numbers of images; null: more classes, or one without images. */
export function areaInterval(area: number | null, counts: readonly number[]): Interval | null {
  const [negatives = 0, positives = 0] = counts;
  if (area === null || counts.length !== 2 || negatives === 0 || positives === 0) return null;
  return aurocInterval(area, positives, negatives);
}

/** Interval of a proportion of `total` images. */
export const shareInterval = (share: number | null, total: number): Interval | null =>
  share === null || total === 0 ? null : wilsonInterval(Math.round(share * total), total);

/** Validation after one epoch; runs of older versions lack the AUROC's interval. */
export function epochIntervals({ counts }: RunState, { metrics: { val } }: EpochRow) {
  const images = counts?.val ?? [];
  const total = images.reduce((sum, count) => sum + count, 0);
  return { auroc: val.aurocInterval ?? areaInterval(val.auroc, images), accuracy: shareInterval(val.accuracy, total) };
}

/** A whole split with the kept weights; runs of older versions lack the AUROC's interval. */
export const evaluationInterval = (split: SplitEvaluation): Interval | null =>
  split.aurocInterval ??
  areaInterval(
    split.auroc,
    split.byHighestProbability.report.perClass.map(({ support }) => support),
  );
