// How tools name the parts of one and the same ResNet. A naming maps torchvision's name of a parameter to the file's; one prefix
// precedes them all.

export interface Naming {
  /** torchvision's name -> the file's: `layer1.0.conv1.weight` -> `4.0.conv1.weight`. */
  readonly inFile: (name: string) => string;
  /** Names of the backbone itself: an unknown one among them belongs to another network, not to a head. */
  readonly isOfBackbone: (nameInFile: string) => boolean;
}

export const namings = {
  torchvision: {
    inFile: (name) => name,
    isOfBackbone: (name) => /^(conv|bn|norm|layer)\d*\./.test(name) || /^(stem|maxpool|attnpool)\./.test(name),
  },
  /** torch.nn.Sequential(*resnet.children()): lightly, RadImageNet, ConVIRT, fastai's body. 2 and 3 are ReLU and pooling. */
  children: {
    inFile: (name) => moved(name, { conv1: '0', bn1: '1' }, (stage) => `${stage + 3}`),
    isOfBackbone: (name) => /^[0-7]\./.test(name),
  },
  /** torch.nn.Sequential of the stem and the four layers. */
  stages: {
    inFile: (name) => moved(name, { conv1: '0.0', bn1: '0.1' }, (stage) => `${stage}`),
    isOfBackbone: (name) => /^[0-4]\./.test(name),
  },
  /** Hugging Face's transformers, ResNetModel and what is built on it. */
  transformers: {
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
} as const satisfies Record<string, Naming>;
export type NamingName = keyof typeof namings;
export const namingNames = Object.keys(namings) as readonly NamingName[];

function moved(name: string, stem: Readonly<Record<string, string>>, layer: (stage: number) => string): string {
  const first = name.slice(0, name.indexOf('.'));
  const stage = /^layer(\d)$/.exec(first)?.[1];
  return (stage === undefined ? (stem[first] ?? first) : layer(Number(stage))) + name.slice(first.length);
}

/** torch.compile, FSDP and checkpointing put these between the names, wherever they wrapped a part. */
export const withoutWrappers = (name: string): string =>
  name.replace(/(^|\.)(?:(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.)+/g, '$1');
