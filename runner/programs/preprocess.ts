// Conversion of pixels to the input that the network was trained on, according to its row in shared/contracts/architectures.ts.
import { channelPlaces, type NetworkInput } from '../../shared/contracts/architectures.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { add, cast, concat, mul, slice, transpose } from '../graph/primitives.ts';
import type { Tensor } from '../tensor.ts';

/** By channel: normalized = pixel · scale + shift, in double precision. */
const scalesOf = ({ range: [low, high], std }: NetworkInput) => std.map((each) => (high - low) / (255 * each));
const shiftsOf = ({ range: [low], mean, std }: NetworkInput) => mean.map((each, c) => (low - each) / std[c]!);

/**
 * ToTensor and Normalize. pixels uint8 [N, S, S, 3] -> float32 [N, 3, S, S].
 * Transposes bytes instead of floats, and scales whole planes: a third of the time of the other order.
 */
export function normalizedPixels(g: Graph, pixels: Value, input: NetworkInput): Value {
  return normalizedChannels(g, transpose(g, pixels, [0, 3, 1, 2]), input);
}

/** Like normalizedPixels, for channels first: uint8 [N, 3, S, S], or [N, 1, S, S] for three equal channels. */
export function normalizedChannels(g: Graph, channels: Value, input: NetworkInput): Value {
  const planes = inOrder(g, cast(g, channels, 'float32'), input);
  const perChannel = (values: readonly number[]) => g.floats(Float32Array.from(values), [values.length, 1, 1]);
  return add(g, mul(g, planes, perChannel(scalesOf(input))), perChannel(shiftsOf(input)));
}

/** Red, green and blue planes in the network's order; a single plane stands for all three. */
function inOrder(g: Graph, planes: Value, input: NetworkInput): Value {
  if (input.colorOrder === 'rgb' || planes.shape[1] === 1) return planes;
  const plane = (start: number) => slice(g, planes, [{ axis: 1, start, count: 1, step: 1 }]);
  return concat(g, channelPlaces(input).map(plane), 1);
}

/** The same outside a graph. pixels uint8 [N, S, S, 3] -> float32 [N, 3, S, S] */
export function normalizedPlanes({ data, shape }: Tensor, input: NetworkInput): Tensor {
  const [n = 0, height = 0, width = 0] = shape;
  const area = height * width;
  const [scales, shifts, places] = [scalesOf(input), shiftsOf(input), channelPlaces(input)];
  const out = new Float32Array(n * 3 * area);
  for (let image = 0; image < n; image++)
    for (let channel = 0; channel < 3; channel++) {
      const [scale, shift] = [scales[channel]!, shifts[channel]!];
      const from = image * area * 3 + places[channel]!;
      const to = (image * 3 + channel) * area;
      for (let i = 0; i < area; i++) out[to + i] = (data as Uint8Array)[from + i * 3]! * scale + shift;
    }
  return { dtype: 'float32', shape: [n, 3, height, width], data: out };
}

/** [N, C, H, W] -> [N, H, W, C]; pooled features [N, C] are returned unchanged. */
export const channelsLast = (g: Graph, x: Value): Value => (x.shape.length === 4 ? transpose(g, x, [0, 2, 3, 1]) : x);
