// From pixels to what the network was trained on: the one place of these constants.
import type { Graph, Value } from '../graph/graph.ts';
import { add, cast, mul, transpose } from '../graph/primitives.ts';
import type { Tensor } from '../tensor.ts';

/** Of RGB in [0, 1]: torchvision's normalisation for every official ResNet. */
export const imageNetMean = [0.485, 0.456, 0.406] as const;
export const imageNetStd = [0.229, 0.224, 0.225] as const;

/**
 * ToTensor and Normalize: (pixel / 255 − mean) / std. pixels uint8 [N, S, S, 3] -> float32 [N, 3, S, S].
 * Bytes are turned, not floats, and whole planes are scaled: a third of the time of the other order.
 */
export function normalizedPixels(g: Graph, pixels: Value): Value {
  return normalizedChannels(g, transpose(g, pixels, [0, 3, 1, 2]));
}

/** As normalizedPixels, of channels first: uint8 [N, 3, S, S], or [N, 1, S, S] for three channels alike. */
export function normalizedChannels(g: Graph, channels: Value): Value {
  const scale = Float32Array.from(imageNetStd, (std) => 1 / (255 * std));
  const shift = Float32Array.from(imageNetStd, (std, channel) => -imageNetMean[channel]! / std);
  const planes = cast(g, channels, 'float32');
  return add(g, mul(g, planes, g.floats(scale, [3, 1, 1])), g.floats(shift, [3, 1, 1]));
}

/** The same outside a graph. pixels uint8 [N, S, S, 3] -> float32 [N, 3, S, S] */
export function normalizedPlanes({ data, shape }: Tensor): Tensor {
  const [n = 0, height = 0, width = 0] = shape;
  const area = height * width;
  const out = new Float32Array(n * 3 * area);
  for (let image = 0; image < n; image++)
    for (let channel = 0; channel < 3; channel++) {
      const scale = 1 / (255 * imageNetStd[channel]!);
      const shift = -imageNetMean[channel]! / imageNetStd[channel]!;
      const from = image * area * 3 + channel;
      const to = (image * 3 + channel) * area;
      for (let i = 0; i < area; i++) out[to + i] = (data as Uint8Array)[from + i * 3]! * scale + shift;
    }
  return { dtype: 'float32', shape: [n, 3, height, width], data: out };
}

/** [N, C, H, W] -> [N, H, W, C]; pooled features [N, C] stay as they are. */
export const channelsLast = (g: Graph, x: Value): Value => (x.shape.length === 4 ? transpose(g, x, [0, 2, 3, 1]) : x);
