/** Counts at every distinct score, from the highest down: with a threshold of `score[i]`, this many are predicted positive. */
export interface Cumulative {
  readonly scores: readonly number[];
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
  readonly positives: number;
  readonly negatives: number;
  /** Rank of each image's score among the distinct scores. */
  readonly groupOf: Uint32Array;
}

export interface RocCurve {
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
  /** Decreasing; the first is Infinity, where nothing is predicted positive. */
  readonly thresholds: readonly number[];
}

/**
 * @param labels  N values, 0 or 1
 * @param scores  N finite numbers; higher means more likely 1
 * @throws Error naming the first score that is not finite
 */
export function cumulate(labels: ArrayLike<number>, scores: ArrayLike<number>): Cumulative {
  for (let i = 0; i < scores.length; i++)
    if (!Number.isFinite(scores[i])) throw new Error(`Score ${i} is ${scores[i]}, not a finite number`);
  const order = new Uint32Array(labels.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  order.sort((a, b) => scores[b]! - scores[a]!);
  const out = { scores: [] as number[], truePositives: [] as number[], falsePositives: [] as number[] };
  const groupOf = new Uint32Array(labels.length);
  let truePositives = 0;
  let falsePositives = 0;
  order.forEach((i, rank) => {
    if (labels[i] === 1) truePositives++;
    else falsePositives++;
    groupOf[i] = out.scores.length;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[i]) return; // equal scores cross a threshold together
    out.scores.push(scores[i]!);
    out.truePositives.push(truePositives);
    out.falsePositives.push(falsePositives);
  });
  return { ...out, positives: truePositives, negatives: falsePositives, groupOf };
}

/**
 * The ROC curve from (0, 0) to (1, 1), without points within straight lines; rates are NaN if a class has no images.
 * @see sklearn.metrics.roc_curve (drop_intermediate=True)
 */
export function rocCurve(labels: ArrayLike<number>, scores: ArrayLike<number>): RocCurve {
  const all = cumulate(labels, scores);
  const { truePositives: tps, falsePositives: fps } = all;
  const last = tps.length - 1;
  const straight = (counts: readonly number[], i: number) =>
    counts[i + 1]! - counts[i]! === counts[i]! - counts[i - 1]!;
  const kept = tps.map((_, i) => i).filter((i) => i === 0 || i === last || !straight(tps, i) || !straight(fps, i));
  return {
    falsePositiveRate: [0, ...kept.map((i) => fps[i]!)].map((count) => count / all.negatives),
    truePositiveRate: [0, ...kept.map((i) => tps[i]!)].map((count) => count / all.positives),
    thresholds: [Number.POSITIVE_INFINITY, ...kept.map((i) => all.scores[i]!)],
  };
}

/**
 * Area under the ROC curve: the probability that a random positive scores above a random negative; ties count one half.
 *
 * @returns in [0, 1]; `undefined` if a class has no images (scikit-learn warns and returns nan)
 * @example auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // 0.75
 * @see Hanley & McNeil 1982; sklearn.metrics.roc_auc_score
 */
export const auroc = (labels: ArrayLike<number>, scores: ArrayLike<number>): number | undefined =>
  areaUnderRoc(cumulate(labels, scores));

/** `auroc` of scores that are already sorted. */
export function areaUnderRoc({ truePositives, falsePositives, positives, negatives }: Cumulative): number | undefined {
  if (positives === 0 || negatives === 0) return undefined;
  // Twice the area in counts: whole numbers, so nothing is rounded before the division.
  let area = 0;
  for (let i = 0; i < truePositives.length; i++) {
    const before = i === 0 ? { tp: 0, fp: 0 } : { tp: truePositives[i - 1]!, fp: falsePositives[i - 1]! };
    area += (falsePositives[i]! - before.fp) * (truePositives[i]! + before.tp);
  }
  return area / (2 * positives * negatives);
}

/** 1 where the label is `positive`, and that class's column of [N, K]: log-odds for ranks, probabilities for calibration. */
export function oneVsRest(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  classCount: number,
  positive: number,
): { labels: number[]; scores: number[] } {
  const out = { labels: [] as number[], scores: [] as number[] };
  for (let i = 0; i < labels.length; i++) {
    out.labels.push(labels[i] === positive ? 1 : 0);
    out.scores.push(scores[i * classCount + positive]!);
  }
  return out;
}

/**
 * One class against the rest, averaged over the classes.
 * @param scores   [N, K]; log-odds, which never tie where logits differ
 * @param average  'macro': every class counts the same; 'weighted': by its number of images
 * @returns undefined if a class has no images
 * @see sklearn.metrics.roc_auc_score (multi_class='ovr')
 */
export function aurocOneVsRest(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  classCount: number,
  average: 'macro' | 'weighted' = 'macro',
): number | undefined {
  return averageOverClasses(labels, scores, classCount, average, auroc);
}

export function averageOverClasses(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  classCount: number,
  average: 'macro' | 'weighted',
  metric: (labels: readonly number[], scores: readonly number[]) => number | undefined,
): number | undefined {
  let sum = 0;
  let total = 0;
  for (let k = 0; k < classCount; k++) {
    const binary = oneVsRest(labels, scores, classCount, k);
    const value = metric(binary.labels, binary.scores);
    if (value === undefined) return undefined;
    const weight = average === 'macro' ? 1 : binary.labels.filter((label) => label === 1).length;
    sum += weight * value;
    total += weight;
  }
  return sum / total;
}
