// Descriptions of files that contain none of our ResNets, in words that help to find the right file.

import { quoted } from '../formats/refusals.ts';
import type { TensorGroup } from '../formats/weightsFile.ts';
import { architectureOf, type Backbone, tensorIn } from './backbones.ts';

/** "resnet50", "a ResNeXt (grouped convolutions)", "a ResNet with 3-8-36-3 bottleneck blocks". */
export function kindOf(backbone: Backbone): string {
  const special = specialKind(backbone);
  const plain = architectureOf(backbone);
  if (special !== undefined) return special;
  return plain ?? `a ResNet with ${backbone.skeleton} blocks`;
}

/** undefined: a plain ResNet by its parts. */
export function specialKind(backbone: Backbone): string | undefined {
  const { tensors, prefix, naming, skeleton } = backbone;
  const has = (name: string): boolean => tensorIn(backbone, name) !== undefined;
  const hasBelow = (start: RegExp): boolean =>
    [...tensors.keys()].some((name) => name.startsWith(prefix) && start.test(name.slice(prefix.length)));
  const stem = tensorIn(backbone, 'conv1.weight')?.shape;
  const isBottleneck = skeleton.endsWith('bottleneck');
  const narrow = tensorIn(backbone, 'layer1.0.conv1.weight')?.shape?.[0];
  const spatial = tensorIn(backbone, 'layer1.0.conv2.weight')?.shape;

  if (naming.name === 'torchvision' && hasBelow(/^(attnpool\.|conv2\.)/))
    return 'CLIP’s ResNet, which pools by attention';
  if (hasBelow(/layer1\.0\.(se|eca|cbam|ca|sa|attn)\w*\./))
    return 'a ResNet with attention to channels (squeeze-and-excitation)';
  if (hasBelow(/\.filt$/)) return 'an anti-aliased ResNet';
  if (hasBelow(/^layer1\.0\.(convs\.|conv[12]\.\w*(conv|paths)\.)/))
    return 'a ResNet with split convolutions (Res2Net, ResNeSt, SKNet)';
  if (stem && stem[2] === 3) return 'a ResNet for small images, whose first convolution is 3x3 (CIFAR)';
  if (stem && stem.length === 4 && stem[1] !== 3)
    return `a ResNet for images of ${stem[1] === 1 ? 'one channel' : `${stem[1]} channels`}`;
  if (!has('bn1.running_mean') && has('bn1.weight'))
    return 'a ResNet without the statistics of BatchNorm (GroupNorm, perhaps)';
  if (has('layer2.0.downsample.1.weight') && tensorIn(backbone, 'layer2.0.downsample.1.weight')?.shape?.length === 4)
    return 'a ResNet-D, whose shortcuts begin with a pooling';
  if (isBottleneck && spatial && spatial[1] !== spatial[0]) return 'a ResNeXt (grouped convolutions)';
  if (isBottleneck && narrow !== undefined && narrow > 64)
    return `a wide ResNet (${narrow} channels inside a block instead of 64)`;
  if (narrow !== undefined && narrow !== 64) return `a ResNet of another width (${narrow} channels instead of 64)`;
  return undefined;
}

/** Describes the names in a file without any ResNet. */
export function wordsOfOthers(groups: readonly TensorGroup[]): string {
  const names = groups.flatMap(({ tensors }) => [...tensors.keys()]);
  const isLikeResNet = names.some((name) => /(^|\.)layer1\.0\./.test(name));
  const known = (isLikeResNet ? relatives : families).find(({ name }) => names.some((each) => name.test(each)));
  const sample = names.slice(0, 3).map(quoted).join(', ');
  const seen = `${names.length} ${names.length === 1 ? 'tensor' : 'tensors'} with names like ${sample}`;
  return known ? `${seen}: ${known.words}` : seen;
}

interface Family {
  readonly name: RegExp;
  readonly words: string;
}

const relatives: readonly Family[] = [
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

const families: readonly Family[] = [
  {
    name: /(^|\.)(patch_embed|cls_token|class_token|class_embedding|patch_embeddings)(\.|$)/,
    words: 'a vision transformer',
  },
  { name: /(^|\.)features\.denseblock1\./, words: 'a DenseNet' },
  { name: /(^|\.)(conv_stem|_conv_stem)\.weight$/, words: 'an EfficientNet or MobileNet' },
  { name: /(^|\.)(Conv2d_1a_3x3|Mixed_5b)\./, words: 'an Inception network' },
  { name: /(^|\.)stages\.0\.(blocks\.)?0\./, words: 'a network of another family (ConvNeXt, ResNet-V2)' },
  {
    name: /(^|\.)features\.\d+\.(\d+\.)*weight$/,
    words: 'a network of another family (VGG, MobileNet, EfficientNet, ConvNeXt)',
  },
  { name: /(^|\.)(attention|self_attn|word_embeddings)\./, words: 'a transformer' },
];

/** Names of the backbone that a plain ResNet lacks: they show which other network it is. */
export function unknownNames({ tensors, prefix, naming }: Backbone, known: ReadonlySet<string>): string[] {
  return [...tensors.keys()].filter((name) => {
    if (!name.startsWith(prefix) || known.has(name) || name.endsWith('.num_batches_tracked')) return false;
    return naming.isOfBackbone(name.slice(prefix.length));
  });
}
