// ResNet-18/34/50/101 as built by torchvision ("V1.5": a bottleneck's stride is in its 3x3 convolution).
// He et al. 2015, https://arxiv.org/abs/1512.03385; equal to torchvision.models.resnet18 and so on.
import type { Layer, Part } from '../../../shared/contracts/architectures.ts';
import type { NetworkDefinition } from '../network.ts';
import type { Operations } from '../operations.ts';
import { resnetFiles } from './resnetFiles.ts';

interface BlockKind {
  /** Output channels of a block divided by its width. */
  readonly expansion: number;
  readonly branch: <T>(o: Operations<T>, x: T, name: string, inChannels: number, width: number, stride: number) => T;
}

export const basic: BlockKind = {
  expansion: 1,
  branch: (o, x, name, inChannels, width, stride) => {
    const first = o.relu(convBn(o, x, name, 1, { inChannels, outChannels: width, kernel: 3, stride, padding: 1 }));
    return convBn(o, first, name, 2, { inChannels: width, outChannels: width, kernel: 3, stride: 1, padding: 1 });
  },
};

export const bottleneck: BlockKind = {
  expansion: 4,
  branch: (o, x, name, inChannels, width, stride) => {
    const first = o.relu(convBn(o, x, name, 1, { inChannels, outChannels: width, kernel: 1, stride: 1, padding: 0 }));
    const second = convBn(o, first, name, 2, { inChannels: width, outChannels: width, kernel: 3, stride, padding: 1 });
    const third = { inChannels: width, outChannels: width * 4, kernel: 1, stride: 1, padding: 0 };
    return convBn(o, o.relu(second), name, 3, third);
  },
};

const layers = ['layer1', 'layer2', 'layer3', 'layer4'] as const;
const widths: Readonly<Record<Layer, number>> = { layer1: 64, layer2: 128, layer3: 256, layer4: 512 };

/** @param counts  blocks in layer1 to layer4 */
export const resnet = (block: BlockKind, counts: readonly [number, number, number, number]): NetworkDefinition => ({
  apply: (o, part, x, classCount) => applyPart(o, block, counts, part, x, classCount),
  files: resnetFiles,
});

function applyPart<T>(
  o: Operations<T>,
  block: BlockKind,
  counts: readonly [number, number, number, number],
  part: Part,
  x: T,
  classCount: number,
): T {
  if (part === 'head') return o.linear(x, 'fc', widths.layer4 * block.expansion, classCount);
  if (part === 'conv1') {
    const stem = o.conv(x, 'conv1', { inChannels: 3, outChannels: 64, kernel: 7, stride: 2, padding: 3 });
    return o.maxPool(o.relu(o.batchNorm(stem, 'bn1', 64)), { kernel: 3, stride: 2, padding: 1 });
  }
  const width = widths[part];
  const outChannels = width * block.expansion;
  let inChannels = part === 'layer1' ? 64 : (width / 2) * block.expansion;
  for (let i = 0; i < counts[layers.indexOf(part)]!; i++) {
    const stride = i === 0 && part !== 'layer1' ? 2 : 1;
    const name = `${part}.${i}`;
    const branch = block.branch(o, x, name, inChannels, width, stride);
    const shortcut =
      stride === 1 && inChannels === outChannels ? x : downsample(o, x, name, inChannels, outChannels, stride);
    x = o.relu(o.add(branch, shortcut));
    inChannels = outChannels;
  }
  return part === 'layer4' ? o.globalAveragePool(x) : x;
}

function convBn<T>(
  o: Operations<T>,
  x: T,
  block: string,
  number: number,
  convolution: Parameters<Operations<T>['conv']>[2],
): T {
  return o.batchNorm(o.conv(x, `${block}.conv${number}`, convolution), `${block}.bn${number}`, convolution.outChannels);
}

function downsample<T>(
  o: Operations<T>,
  x: T,
  block: string,
  inChannels: number,
  outChannels: number,
  stride: number,
): T {
  const conv = o.conv(x, `${block}.downsample.0`, { inChannels, outChannels, kernel: 1, stride, padding: 0 });
  return o.batchNorm(conv, `${block}.downsample.1`, outChannels);
}
