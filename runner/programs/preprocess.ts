// From pixels to what the network was trained on: the one place of these constants.
import type { Graph, Value } from '../graph/graph.ts';
import { add, cast, mul, transpose } from '../graph/primitives.ts';

/** Of RGB in [0, 1]: torchvision's normalisation for every official ResNet. */
export const imageNetMean = [0.485, 0.456, 0.406] as const;
export const imageNetStd = [0.229, 0.224, 0.225] as const;

/** ToTensor and Normalize: (pixel / 255 − mean) / std, channels last. pixels uint8 [N, S, S, 3] -> float32 [N, S, S, 3]. */
export function normalizedPixels(g: Graph, pixels: Value): Value {
  const scale = Float32Array.from(imageNetStd, (std) => 1 / (255 * std));
  const shift = Float32Array.from(imageNetStd, (std, channel) => -imageNetMean[channel]! / std);
  return add(g, mul(g, cast(g, pixels, 'float32'), g.floats(scale, [3])), g.floats(shift, [3]));
}

/** [N, H, W, C] -> [N, C, H, W]. */
export const channelsFirst = (g: Graph, x: Value): Value => transpose(g, x, [0, 3, 1, 2]);

/** [N, C, H, W] -> [N, H, W, C]; pooled features [N, C] stay as they are. */
export const channelsLast = (g: Graph, x: Value): Value => (x.shape.length === 4 ? transpose(g, x, [0, 2, 3, 1]) : x);
