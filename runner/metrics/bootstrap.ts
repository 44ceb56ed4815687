// How far a number moves when the images are drawn again, positives and negatives apart, as many of each as there are: the classes of a split are not
// left to chance either.
import type { Random } from '../random.ts';

/** Enough for two digits of a standard deviation. */
export const resamples = 1000;

/**
 * Average precision of each resample.
 *
 * @param labels  N values, 0 or 1; at least one 1
 * @param scores  N finite numbers
 */
export function resampledAveragePrecision(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  random: Random,
  count = resamples,
): Float64Array {
  const { sides, groupOf, groups } = ranked(labels, scores);
  const drawn = [new Uint32Array(groups), new Uint32Array(groups)] as const;
  return Float64Array.from({ length: count }, () => {
    for (const side of [0, 1] as const) {
      drawn[side].fill(0);
      const members = sides[side];
      for (let i = 0; i < members.length; i++)
        drawn[side][groupOf[members[Math.floor(random() * members.length)]!]!]!++;
    }
    let truePositives = 0;
    let falsePositives = 0;
    let area = 0;
    for (let g = 0; g < groups; g++) {
      const found = drawn[1][g]!;
      truePositives += found;
      falsePositives += drawn[0][g]!;
      if (found > 0) area += (found * truePositives) / (truePositives + falsePositives);
    }
    return area / sides[1].length;
  });
}

/** Images by side, and for each the place of its score among the distinct ones, from the highest down. */
function ranked(labels: ArrayLike<number>, scores: ArrayLike<number>) {
  const order = Array.from({ length: labels.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const groupOf = new Uint32Array(labels.length);
  let groups = 0;
  order.forEach((i, rank) => {
    if (rank > 0 && scores[order[rank - 1]!] !== scores[i]) groups++;
    groupOf[i] = groups;
  });
  const sides = [order.filter((i) => labels[i] !== 1), order.filter((i) => labels[i] === 1)] as const;
  return { sides, groupOf, groups: order.length === 0 ? 0 : groups + 1 };
}
