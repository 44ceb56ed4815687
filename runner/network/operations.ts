// The operations of which networks are composed.

export interface Convolution {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Side of the square kernel. */
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

export interface Pooling {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/**
 * `T` is an interpreter's representation of a tensor. Named operations own the parameters
 * `<name>.weight` and so on, by torchvision's names. Tensors are [N, C, H, W] until globalAveragePool makes them [N, C].
 */
export interface Operations<T> {
  /** Without bias, as in every torchvision ResNet. */
  conv(x: T, name: string, convolution: Convolution): T;
  batchNorm(x: T, name: string, channels: number): T;
  relu(x: T): T;
  maxPool(x: T, pooling: Pooling): T;
  add(x: T, y: T): T;
  globalAveragePool(x: T): T;
  linear(x: T, name: string, inFeatures: number, outFeatures: number): T;
}

/** Side of the output of a convolution or pooling over a square of `side`. */
export const outputSide = (side: number, { kernel, stride, padding }: Pooling): number =>
  Math.floor((side + 2 * padding - kernel) / stride) + 1;
