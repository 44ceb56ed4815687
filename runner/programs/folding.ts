import { parameterOf } from '../graph/graph.ts';
import type { Parameters, Tensor } from '../tensor.ts';

/** ε of every BatchNorm in torchvision's ResNets (torch.nn.BatchNorm2d's default). */
export const batchNormEpsilon = 1e-5;

/** 1 / √(running variance + ε), [K]. Computed in double precision, like everything in this file. */
export function inverseDeviation(parameters: Parameters, batchNorm: string): Float32Array {
  const { data } = parameterOf(parameters, `${batchNorm}.running_var`);
  return data.map((variance) => 1 / Math.sqrt(variance + batchNormEpsilon));
}

/** The convolution with bias that equals a convolution without one followed by BatchNorm in eval mode. */
export function foldBatchNorm(
  parameters: Parameters,
  conv: string,
  batchNorm: string,
): { readonly weight: Tensor; readonly bias: Tensor } {
  const of = (entry: string) => parameterOf(parameters, `${batchNorm}.${entry}`).data;
  const [gamma, beta, mean, variance] = [of('weight'), of('bias'), of('running_mean'), of('running_var')];
  const { shape, data } = parameterOf(parameters, `${conv}.weight`);
  const perFilter = data.length / gamma.length;
  const weight = new Float32Array(data.length);
  const bias = new Float32Array(gamma.length);
  for (let k = 0; k < gamma.length; k++) {
    const scale = gamma[k]! / Math.sqrt(variance[k]! + batchNormEpsilon);
    bias[k] = beta[k]! - mean[k]! * scale;
    for (let i = k * perFilter; i < (k + 1) * perFilter; i++) weight[i] = data[i]! * scale;
  }
  return {
    weight: { dtype: 'float32', shape, data: weight },
    bias: { dtype: 'float32', shape: [gamma.length], data: bias },
  };
}
