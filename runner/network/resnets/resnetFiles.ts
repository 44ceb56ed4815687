// Names of a ResNet's parameters in files: those of tools that rename torchvision's.
import type { FileNames, Naming } from '../network.ts';
import { resnetRelatives, specialResNet } from './resnetRelatives.ts';

const namings: readonly Naming[] = [
  {
    name: 'torchvision',
    inFile: (name) => name,
    isOfBackbone: (name) => /^(conv|bn|norm|layer)\d*\./.test(name) || /^(stem|maxpool|attnpool)\./.test(name),
  },
  /** torch.nn.Sequential(*resnet.children()): lightly, RadImageNet, ConVIRT, fastai's body. 2 and 3 are ReLU and pooling. */
  {
    name: 'children',
    inFile: (name) => moved(name, { conv1: '0', bn1: '1' }, (stage) => `${stage + 3}`),
    isOfBackbone: (name) => /^[0-7]\./.test(name),
  },
  /** torch.nn.Sequential of the stem and the four layers. */
  {
    name: 'stages',
    inFile: (name) => moved(name, { conv1: '0.0', bn1: '0.1' }, (stage) => `${stage}`),
    isOfBackbone: (name) => /^[0-4]\./.test(name),
  },
  /** Hugging Face's transformers: ResNetModel and models built on it. */
  {
    name: 'transformers',
    inFile: (name) =>
      moved(
        name,
        { conv1: 'embedder.embedder.convolution', bn1: 'embedder.embedder.normalization' },
        (stage) => `encoder.stages.${stage - 1}.layers`,
      )
        .replace(/\.downsample\.0\./, '.shortcut.convolution.')
        .replace(/\.downsample\.1\./, '.shortcut.normalization.')
        .replace(/\.(conv|bn)([123])\./, (_, kind: string, n: string) => {
          return `.layer.${Number(n) - 1}.${kind === 'conv' ? 'convolution' : 'normalization'}.`;
        }),
    isOfBackbone: (name) => /^(embedder|encoder)\./.test(name),
  },
];

function moved(name: string, stem: Readonly<Record<string, string>>, layer: (stage: number) => string): string {
  const first = name.slice(0, name.indexOf('.'));
  const stage = /^layer(\d)$/.exec(first)?.[1];
  return (stage === undefined ? (stem[first] ?? first) : layer(Number(stage))) + name.slice(first.length);
}

export const resnetFiles: FileNames = {
  family: 'ResNet',
  namings,
  landmarks: ['conv1.weight', 'layer1.0.conv1.weight'],
  /** "3-4-6-3 bottleneck": number of blocks in each stage, and their kind. */
  skeleton(has) {
    const blocks = [1, 2, 3, 4].map((stage) => {
      let count = 0;
      while (has(`layer${stage}.${count}.conv1.weight`)) count++;
      return count;
    });
    return `${blocks.join('-')} ${has('layer1.0.conv3.weight') ? 'bottleneck' : 'basic'}`;
  },
  specialKind: specialResNet,
  nameOfRelatives: /(^|\.)layer1\.0\./,
  relatives: resnetRelatives,
};
