// The network over shapes alone: multiply-adds of each part.
import { type Architecture, architectureRow, type Part } from '../../shared/contracts/architectures.ts';
import { networkOf } from './architecture.ts';
import { type Operations, outputSide } from './operations.ts';

/** Shape of one image's tensor, without N: [C, h, w], or [C]. */
type Shape = readonly number[];

/** Multiply-adds of one image's forward pass, for convolutions and matrix products, by part. */
export function multiplyAddsByPart(
  architecture: Architecture,
  imageSize: number,
  classCount: number,
): ReadonlyMap<Part, number> {
  const { parts, input } = architectureRow(architecture);
  const { apply } = networkOf(architecture);
  const found = new Map<Part, number>();
  let shape: Shape = [input.channels, imageSize, imageSize];
  for (const part of parts) {
    const count = (multiplyAdds: number) => found.set(part, (found.get(part) ?? 0) + multiplyAdds);
    shape = apply(shapeOperations(count), part, shape, classCount);
  }
  return found;
}

/** Computes the output shape of each operation; `count` receives its multiply-adds. */
export const shapeOperations = (count: (multiplyAdds: number) => void = () => {}): Operations<Shape> => ({
  conv([, h = 0, w = 0], _, convolution) {
    const { inChannels, outChannels, kernel } = convolution;
    const out = [outChannels, outputSide(h, convolution), outputSide(w, convolution)] as const;
    count(out[0] * out[1] * out[2] * inChannels * kernel * kernel);
    return out;
  },
  batchNorm: (x) => x,
  relu: (x) => x,
  maxPool: ([c = 0, h = 0, w = 0], pool) => [c, outputSide(h, pool), outputSide(w, pool)],
  add: (x) => x,
  globalAveragePool: ([c = 0]) => [c],
  linear(_, __, inFeatures, outFeatures) {
    count(inFeatures * outFeatures);
    return [outFeatures];
  },
});
