// The objective of classification: the network's own last part, labels, cross-entropy.
import type { Architecture } from '../../shared/contracts/architectures.ts';
import { crossEntropy } from '../graph/ops/crossEntropy.ts';
import { classHead } from '../network/head.ts';
import type { Objective } from '../programs/objective.ts';

/** Input 'labels' [N] (labelsTensor); output 'logits' [N, K]; loss Σ sᵢ·ceᵢ. */
export const classObjective = (architecture: Architecture, classCount: number): Objective => ({
  head: classHead(architecture, classCount),
  viewsPerImage: 1,
  inputs: { labels: { dtype: 'float32', shape: [] } },
  reads: ['logits'],
  sumsOverImages: true,
  loss: (tape, { logits }, { labels }, shares) => tape.apply(crossEntropy, [logits!, labels!, shares], undefined),
});
