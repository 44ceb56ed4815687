// The network divided at the output of a layer, for explanations. Unlike a cut, which comes after the pooling, this keeps
// the positions of the last convolutional stage.
import { type Architecture, architectureRow, type Layer } from '../../shared/contracts/architectures.ts';
import { networkOf } from './architecture.ts';
import type { Operations } from './operations.ts';

/** Whether only the pooling and the head are above it. */
export const isLastLayer = (architecture: Architecture, layer: Layer): boolean =>
  architectureRow(architecture).parts.at(-2) === layer;

/** From the normalized image to the output of `layer`, [N, C, h, w]. */
export function upToLayer<T>(o: Operations<T>, architecture: Architecture, layer: Layer, image: T): T {
  const withoutPooling: Operations<T> = { ...o, globalAveragePool: (x) => x };
  const { parts } = architectureRow(architecture);
  const { apply } = networkOf(architecture);
  return parts.slice(0, parts.indexOf(layer) + 1).reduce((x, part) => apply(withoutPooling, part, x, 0), image);
}

/** From the output of `layer` to the logits, [N, K]. */
export function aboveLayer<T>(
  o: Operations<T>,
  architecture: Architecture,
  layer: Layer,
  output: T,
  classCount: number,
): T {
  const { parts } = architectureRow(architecture);
  const { apply } = networkOf(architecture);
  return parts
    .slice(parts.indexOf(layer) + 1)
    .reduce(
      (x, part) => apply(o, part, x, classCount),
      isLastLayer(architecture, layer) ? o.globalAveragePool(output) : output,
    );
}
