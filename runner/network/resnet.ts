// ResNet-18/34/50/101 as torchvision builds them ("V1.5": a bottleneck's stride sits on its 3x3 convolution).
// He et al. 2015, https://arxiv.org/abs/1512.03385; equal to torchvision.models.resnet18 and so on.
import type { Architecture } from '../../shared/contracts/recipe.ts';
import type { Operations } from './operations.ts';

/** The parts that a recipe can freeze or train, from the image upwards. `conv1` owns bn1 too. */
export const parts = ['conv1', 'layer1', 'layer2', 'layer3', 'layer4', 'fc'] as const;
export type Part = (typeof parts)[number];
export type Layer = Exclude<Part, 'conv1' | 'fc'>;

interface Depth {
  readonly blocks: Readonly<Record<Layer, number>>;
  readonly block: BlockKind;
}
interface BlockKind {
  /** Output channels of a block per channel of its width. */
  readonly expansion: number;
  readonly branch: <T>(o: Operations<T>, x: T, name: string, inChannels: number, width: number, stride: number) => T;
}

const basic: BlockKind = {
  expansion: 1,
  branch: (o, x, name, inChannels, width, stride) => {
    const first = o.relu(convBn(o, x, name, 1, { inChannels, outChannels: width, kernel: 3, stride, padding: 1 }));
    return convBn(o, first, name, 2, { inChannels: width, outChannels: width, kernel: 3, stride: 1, padding: 1 });
  },
};

const bottleneck: BlockKind = {
  expansion: 4,
  branch: (o, x, name, inChannels, width, stride) => {
    const first = o.relu(convBn(o, x, name, 1, { inChannels, outChannels: width, kernel: 1, stride: 1, padding: 0 }));
    const second = convBn(o, first, name, 2, { inChannels: width, outChannels: width, kernel: 3, stride, padding: 1 });
    const third = { inChannels: width, outChannels: width * 4, kernel: 1, stride: 1, padding: 0 };
    return convBn(o, o.relu(second), name, 3, third);
  },
};

const blockCounts = (layer1: number, layer2: number, layer3: number, layer4: number) => ({
  layer1,
  layer2,
  layer3,
  layer4,
});
const depths: Readonly<Record<Architecture, Depth>> = {
  resnet18: { blocks: blockCounts(2, 2, 2, 2), block: basic },
  resnet34: { blocks: blockCounts(3, 4, 6, 3), block: basic },
  resnet50: { blocks: blockCounts(3, 4, 6, 3), block: bottleneck },
  resnet101: { blocks: blockCounts(3, 4, 23, 3), block: bottleneck },
};

const widths: Readonly<Record<Layer, number>> = { layer1: 64, layer2: 128, layer3: 256, layer4: 512 };

/** Channels that enter fc. */
export const pooledChannels = (architecture: Architecture): number =>
  widths.layer4 * depths[architecture].block.expansion;

/**
 * One part of the network. Parameters are met in the order of torchvision's state_dict.
 *
 * @param x  what the part below gave; the normalised image for conv1. fc takes [N, C].
 */
export function applyPart<T>(o: Operations<T>, architecture: Architecture, part: Part, x: T, classCount: number): T {
  if (part === 'fc') return o.linear(x, 'fc', pooledChannels(architecture), classCount);
  const { block, blocks } = depths[architecture];
  if (part === 'conv1') {
    const stem = o.conv(x, 'conv1', { inChannels: 3, outChannels: 64, kernel: 7, stride: 2, padding: 3 });
    return o.maxPool(o.relu(o.batchNorm(stem, 'bn1', 64)), { kernel: 3, stride: 2, padding: 1 });
  }
  const width = widths[part];
  const outChannels = width * block.expansion;
  let inChannels = part === 'layer1' ? 64 : (width / 2) * block.expansion;
  for (let i = 0; i < blocks[part]; i++) {
    const stride = i === 0 && part !== 'layer1' ? 2 : 1;
    const name = `${part}.${i}`;
    const branch = block.branch(o, x, name, inChannels, width, stride);
    const shortcut =
      stride === 1 && inChannels === outChannels ? x : downsample(o, x, name, inChannels, outChannels, stride);
    x = o.relu(o.add(branch, shortcut));
    inChannels = outChannels;
  }
  // The pooling has no parameters; it belongs to layer4, so that the cut below fc is [N, C].
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
