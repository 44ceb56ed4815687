// The network parted at the output of a layer, where explanations look. Other than a cut, which lies above the pooling, this keeps
// the positions of layer4.
import type { Architecture } from '../../shared/contracts/recipe.ts';
import type { Operations } from './operations.ts';
import { applyPart, type Layer, parts } from './resnet.ts';

/** From the normalised image to the output of `layer`, [N, C, h, w]. */
export function upToLayer<T>(o: Operations<T>, architecture: Architecture, layer: Layer, image: T): T {
  const withoutPooling: Operations<T> = { ...o, globalAveragePool: (x) => x };
  return parts
    .slice(0, parts.indexOf(layer) + 1)
    .reduce((x, part) => applyPart(withoutPooling, architecture, part, x, 0), image);
}

/** From the output of `layer` to the logits, [N, K]. */
export function aboveLayer<T>(
  o: Operations<T>,
  architecture: Architecture,
  layer: Layer,
  output: T,
  classCount: number,
): T {
  return parts
    .slice(parts.indexOf(layer) + 1)
    .reduce(
      (x, part) => applyPart(o, architecture, part, x, classCount),
      layer === 'layer4' ? o.globalAveragePool(output) : output,
    );
}
