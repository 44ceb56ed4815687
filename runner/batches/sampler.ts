// The order of the training images in an epoch.
import { shuffled, stream } from '../../shared/random.ts';

/** Positions 0…count−1 in random order; the same for the same seed and epoch on any machine. */
export const epochOrder = (seed: number, epoch: number, count: number): number[] =>
  shuffled(
    Array.from({ length: count }, (_, i) => i),
    stream(seed, 'shuffle', epoch),
  );

/**
 * N draws with replacement: every class is equally likely, and within a class every image.
 * @param labels  label of each of the N positions
 * @see torch.utils.data.WeightedRandomSampler with weights 1 / n_class
 */
export function balancedOrder(seed: number, epoch: number, labels: readonly number[], classCount: number): number[] {
  const random = stream(seed, 'balanced', epoch);
  const members = Array.from({ length: classCount }, (_, k) =>
    labels.flatMap((label, position) => (label === k ? [position] : [])),
  ).filter((positions) => positions.length > 0);
  return labels.map(() => {
    const positions = members[Math.floor(random() * members.length)]!;
    return positions[Math.floor(random() * positions.length)]!;
  });
}
