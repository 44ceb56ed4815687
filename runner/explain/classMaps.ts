// The five methods that turn activations and gradients into a map.
import type { ExplanationMethod } from '../../shared/contracts/explanation.ts';
import { firstProjection } from './principal.ts';

/** Activations and gradients of one image at one layer, channels last: both [h · w, C], row-major. */
export interface LayerGradients {
  readonly positions: number;
  readonly channels: number;
  readonly activations: Float32Array;
  /** d target / d activations. */
  readonly gradients: Float32Array;
}

export interface ClassMap {
  /** [h · w], in [0, 1]. All 0 when the map is constant (or empty). */
  readonly values: Float32Array;
  /** Largest value before scaling; 0: nothing supports the class. */
  readonly rawMaximum: number;
  /** Smallest value, which scaling subtracts. */
  readonly rawMinimum: number;
}

/** ReLU of the method's sum, then scaled to [0, 1]: (map − min) / (max − min + 1e-6). */
export function classMap(method: ExplanationMethod, layer: LayerGradients): ClassMap {
  const raw = sums[method](layer).map((value) => Math.max(0, value));
  // Not Math.max(...raw): a map may have more entries than a call takes arguments.
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of raw) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high - low + 1e-6;
  return { values: Float32Array.from(raw, (value) => (value - low) / range), rawMaximum: high, rawMinimum: low };
}

/** The method's value at each position p, before ReLU, from the activations A [h · w, C] and the gradients G; in double precision. */
const sums: Readonly<Record<ExplanationMethod, (layer: LayerGradients) => Float64Array>> = {
  /** Σc mean(Gc)·Apc.   Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391 */
  'grad-cam': (layer) =>
    weighted(
      layer,
      perChannel(layer, (gradient) => gradient / layer.positions),
    ),
  /**
   * Σc wc·Apc with wc = Σp αpc·max(Gpc, 0), αpc = Gpc² / (2·Gpc² + Gpc³·Σq Aqc + 1e-6).
   * Chattopadhyay et al. 2018, https://arxiv.org/abs/1710.11063, equation 19; with the 1e-6 of the package pytorch-grad-cam.
   */
  'grad-cam++': (layer) => {
    const total = perChannel(layer, (_, activation) => activation);
    const weights = perChannel(layer, (gradient, _, channel) => {
      if (gradient <= 0) return 0;
      const square = gradient * gradient;
      return (gradient * square) / (2 * square + total[channel]! * square * gradient + 1e-6);
    });
    return weighted(layer, weights);
  },
  /** Σc Gpc·Apc.   Draelos and Carin 2020, https://arxiv.org/abs/2011.08891 */
  'hires-cam': (layer) => elementwise(layer, (gradient) => gradient),
  /** Σc max(Gpc, 0)·Apc.   Jiang et al. 2021, https://doi.org/10.1109/TIP.2021.3089943 */
  'layer-cam': (layer) => elementwise(layer, (gradient) => Math.max(0, gradient)),
  /** Projection of the centered activations on their first principal component. Muhammad and Yeasin 2020, https://arxiv.org/abs/2008.00299 */
  'eigen-cam': ({ activations, positions, channels }) => firstProjection(activations, positions, channels),
};

/** Sum of an entry over p, [C]. */
function perChannel(
  { activations, gradients, positions, channels }: LayerGradients,
  entry: (gradient: number, activation: number, channel: number) => number,
): Float64Array {
  const out = new Float64Array(channels);
  for (let position = 0, at = 0; position < positions; position++)
    for (let channel = 0; channel < channels; channel++, at++)
      out[channel]! += entry(gradients[at]!, activations[at]!, channel);
  return out;
}

/** Σc weights[c]·Apc, [h · w]. */
const weighted = (layer: LayerGradients, weights: Float64Array): Float64Array =>
  perPosition(layer, (activation, _, channel) => weights[channel]! * activation);

/** Σc factor(Gpc)·Apc, [h · w]. */
const elementwise = (layer: LayerGradients, factor: (gradient: number) => number): Float64Array =>
  perPosition(layer, (activation, gradient) => factor(gradient) * activation);

function perPosition(
  { activations, gradients, positions, channels }: LayerGradients,
  entry: (activation: number, gradient: number, channel: number) => number,
): Float64Array {
  const out = new Float64Array(positions);
  for (let position = 0, at = 0; position < positions; position++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at++) sum += entry(activations[at]!, gradients[at]!, channel);
    out[position] = sum;
  }
  return out;
}
