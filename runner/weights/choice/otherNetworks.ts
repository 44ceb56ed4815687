// Descriptions of files that contain none of our networks, in words that help to find the right file.
import { allFileNames } from '../../network/architecture.ts';
import type { Mark } from '../../network/network.ts';
import { quoted } from '../formats/refusals.ts';
import type { TensorGroup } from '../formats/weightsFile.ts';
import { architectureOf, type Backbone, tensorIn } from './backbones.ts';

/** "resnet50", "a ResNeXt (grouped convolutions)", "a ResNet with 3-8-36-3 bottleneck blocks". */
export function kindOf(backbone: Backbone): string {
  const { family, skeleton } = backbone;
  return specialKind(backbone) ?? architectureOf(backbone) ?? `a ${family.family} with ${skeleton} blocks`;
}

/** Name of the variant of the family, in words; undefined for a plain network, judged by its parts. */
export function specialKind(backbone: Backbone): string | undefined {
  const { tensors, prefix, naming, family, skeleton } = backbone;
  return family.specialKind({
    naming: naming.name,
    skeleton,
    shapeOf: (name) => tensorIn(backbone, name)?.shape,
    has: (name) => tensorIn(backbone, name) !== undefined,
    hasName: (pattern) =>
      [...tensors.keys()].some((name) => name.startsWith(prefix) && pattern.test(name.slice(prefix.length))),
  });
}

/** Describes the names in a file without any of our networks. */
export function wordsOfOthers(groups: readonly TensorGroup[]): string {
  const names = groups.flatMap(({ tensors }) => [...tensors.keys()]);
  const relatives = allFileNames.flatMap((family) =>
    names.some((name) => family.nameOfRelatives.test(name)) ? family.relatives : [],
  );
  const known = (relatives.length > 0 ? relatives : families).find(({ name }) => names.some((each) => name.test(each)));
  const sample = names.slice(0, 3).map(quoted).join(', ');
  const seen = `${names.length} ${names.length === 1 ? 'tensor' : 'tensors'} with names like ${sample}`;
  return known ? `${seen}: ${known.words}` : seen;
}

const families: readonly Mark[] = [
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

/** Names of the backbone that the plain network lacks: they show which other network it is. */
export function unknownNames({ tensors, prefix, naming }: Backbone, known: ReadonlySet<string>): string[] {
  return [...tensors.keys()].filter((name) => {
    if (!name.startsWith(prefix) || known.has(name) || name.endsWith('.num_batches_tracked')) return false;
    return naming.isOfBackbone(name.slice(prefix.length));
  });
}
