// From pixels to what the network was trained on: the one place of these constants.
import type { Graph, Value } from '../graph/graph.ts';
import { add, cast, mul, transpose } from '../graph/primitives.ts';

/** Of RGB in [0, 1]: torchvision's normalisation for every official ResNet. */
export const imageNetMean = [0.485, 0.456, 0.406] as const;
export const imageNetStd = [0.229, 0.224, 0.225] as const;

/**
 * ToTensor and Normalize: (pixel / 255 − mean) / std. pixels uint8 [N, S, S, 3] -> float32 [N, 3, S, S].
 * Bytes are turned, not floats, and whole planes are scaled: a third of the time of the other order.
 */
export function normalizedPixels(g: Graph, pixels: Value): Value {
  const scale = Float32Array.from(imageNetStd, (std) => 1 / (255 * std));
  const shift = Float32Array.from(imageNetStd, (std, channel) => -imageNetMean[channel]! / std);
  const planes = cast(g, transpose(g, pixels, [0, 3, 1, 2]), 'float32');
  return add(g, mul(g, planes, g.floats(scale, [3, 1, 1])), g.floats(shift, [3, 1, 1]));
}

/** [N, C, H, W] -> [N, H, W, C]; pooled features [N, C] stay as they are. */
export const channelsLast = (g: Graph, x: Value): Value => (x.shape.length === 4 ? transpose(g, x, [0, 2, 3, 1]) : x);
