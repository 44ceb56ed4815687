import type { Finding } from '../../../shared/contracts/finding.ts';
import { fixed } from '../../../shared/fixed.ts';
import { indexOfLargest, indexOfSmallest } from '../../../shared/lists.ts';

const notableRatio = 1.5;

/** A note when the largest class has at least half as many training images again as the smallest. */
export function checkImbalance(trainCounts: readonly number[], classNames: readonly string[]): Finding[] {
  const most = indexOfLargest(trainCounts);
  const least = indexOfSmallest(trainCounts);
  const ratio = trainCounts[most]! / trainCounts[least]!;
  if (ratio < notableRatio) return [];
  const text = `Unbalanced: ${classNames[most]} has ${fixed(ratio, 1)} times as many training images as ${classNames[least]}; always predicting ${classNames[most]} would be right for ${fixed((100 * trainCounts[most]!) / trainCounts.reduce((sum, n) => sum + n, 0), 0)} % of them`;
  return [{ kind: 'note', text }];
}
