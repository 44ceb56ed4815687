// The relatives of the ResNets, in words: networks in files that share names with the plain ones and compute something else.
import type { FoundNetwork, Mark } from '../network.ts';

/** undefined: a plain ResNet by its parts. */
export function specialResNet(found: FoundNetwork): string | undefined {
  const { naming, skeleton, has, hasName, shapeOf } = found;
  const stem = shapeOf('conv1.weight');
  const isBottleneck = skeleton.endsWith('bottleneck');
  const narrow = shapeOf('layer1.0.conv1.weight')?.[0];
  const spatial = shapeOf('layer1.0.conv2.weight');

  if (naming === 'torchvision' && hasName(/^(attnpool\.|conv2\.)/)) return 'CLIP’s ResNet, which pools by attention';
  if (hasName(/layer1\.0\.(se|eca|cbam|ca|sa|attn)\w*\./))
    return 'a ResNet with attention to channels (squeeze-and-excitation)';
  if (hasName(/\.filt$/)) return 'an anti-aliased ResNet';
  if (hasName(/^layer1\.0\.(convs\.|conv[12]\.\w*(conv|paths)\.)/))
    return 'a ResNet with split convolutions (Res2Net, ResNeSt, SKNet)';
  if (stem && stem[2] === 3) return 'a ResNet for small images, whose first convolution is 3x3 (CIFAR)';
  if (stem && stem.length === 4 && stem[1] !== 3)
    return `a ResNet for images of ${stem[1] === 1 ? 'one channel' : `${stem[1]} channels`}`;
  if (!has('bn1.running_mean') && has('bn1.weight'))
    return 'a ResNet without the statistics of BatchNorm (GroupNorm, perhaps)';
  if (has('layer2.0.downsample.1.weight') && shapeOf('layer2.0.downsample.1.weight')?.length === 4)
    return 'a ResNet-D, whose shortcuts begin with a pooling';
  if (isBottleneck && spatial && spatial[1] !== spatial[0]) return 'a ResNeXt (grouped convolutions)';
  if (isBottleneck && narrow !== undefined && narrow > 64)
    return `a wide ResNet (${narrow} channels inside a block instead of 64)`;
  if (narrow !== undefined && narrow !== 64) return `a ResNet of another width (${narrow} channels instead of 64)`;
  return undefined;
}

/** Marks in files without any plain ResNet, the most telling ones first. */
export const resnetRelatives: readonly Mark[] = [
  {
    name: /(^|\.)(conv1|stem)\.0\.weight$/,
    words: 'a ResNet with a stem of three 3x3 convolutions (ResNet-C, ResNet-D, ResNetV1c)',
  },
  { name: /\.weight_orig$/, words: 'a pruned network (torch.nn.utils.prune.remove makes plain weights of it)' },
  {
    name: /\.parametrizations\./,
    words: 'a network with parametrized weights (torch.nn.utils.parametrize.remove_parametrizations makes plain ones)',
  },
  { name: /(^|\.)layer1\.0\./, words: 'a relative of the ResNet with other blocks or another stem' },
];
