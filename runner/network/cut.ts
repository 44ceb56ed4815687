// Where the network is cut into a frozen trunk and a trained tail.
import { type Architecture, type Unfreeze, unfreezable } from '../../shared/contracts/recipe.ts';
import { type Operations, outputSide } from './operations.ts';
import { applyPart, type Part, parts } from './resnet.ts';

/**
 * A cut is named after the part above it and means that part's input: 'fc' the pooled features [N, C], 'layer4' the output of
 * layer3 [N, C, h, w], ..., 'all' the image itself (normalised, [N, 3, S, S]).
 */
export type Cut = Unfreeze;
export const cuts: readonly Cut[] = unfreezable;

/** The lowest part above a cut. */
export const partAbove = (cut: Cut): Part => (cut === 'all' ? 'conv1' : cut);

/** Is `a` nearer to the image than `b`? */
export const isBelow = (a: Cut, b: Cut): boolean => parts.indexOf(partAbove(a)) < parts.indexOf(partAbove(b));

/** The parts that lie between two cuts, in order; from `from` to the logits when `to` is left out. */
export const partsBetween = (from: Cut, to?: Cut): readonly Part[] =>
  parts.slice(parts.indexOf(partAbove(from)), to === undefined ? parts.length : parts.indexOf(partAbove(to)));

/** Shape of one image's features at a cut, without N: [C, h, w], or [C] at 'fc'. */
export function featureShape(architecture: Architecture, cut: Cut, imageSize: number): readonly number[] {
  let shape: readonly number[] = [3, imageSize, imageSize];
  for (const part of partsBetween('all', cut)) shape = applyPart(shapes, architecture, part, shape, 1);
  return shape;
}

const shapes: Operations<readonly number[]> = {
  conv: ([, h = 0, w = 0], _, conv) => [conv.outChannels, outputSide(h, conv), outputSide(w, conv)],
  batchNorm: (x) => x,
  relu: (x) => x,
  maxPool: ([c = 0, h = 0, w = 0], pool) => [c, outputSide(h, pool), outputSide(w, pool)],
  add: (x) => x,
  globalAveragePool: ([c = 0]) => [c],
  linear: (_, __, ___, outFeatures) => [outFeatures],
};
