// Every network as data, for the recipe schema, the editor and the runner. Its arithmetic is in runner/network/.
// A new network is a row here, a row in runner/network/architecture.ts and the file that it names.
import { z } from 'zod';
// Written by scripts/starter/pack.ts beside the file itself.
import starterFiles from './starterFiles.json' with { type: 'json' };

/**
 * Conversion of bytes to the first convolution's input: ((pixel / 255) · (high − low) + low − mean) / std, by channel. Views,
 * programs and exports do not support other values than these types allow.
 */
export interface NetworkInput {
  /** Order of the channels; a view is always red, green, blue. */
  readonly colorOrder: 'rgb' | 'bgr';
  readonly channels: 3;
  /** Values of black and white before `mean` and `std`. */
  readonly range: readonly [low: number, high: number];
  /** By channel, in `colorOrder`. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Resampling between the file's size and the network's. */
  readonly interpolation: 'bilinear, antialiased';
}

/** Index among red, green and blue for each channel of the input. */
export const channelPlaces = ({ colorOrder }: Pick<NetworkInput, 'colorOrder'>): readonly [number, number, number] =>
  colorOrder === 'bgr' ? [2, 1, 0] : [0, 1, 2];

/** The color, in bytes of red, green and blue, that becomes 0 in every channel, or the closest one. */
export function zeroColor(input: NetworkInput): readonly [number, number, number] {
  const [low, high] = input.range;
  const places = channelPlaces(input);
  const byte = (color: number) => {
    const value = (255 * (input.mean[places.indexOf(color)]! - low)) / (high - low);
    return Math.min(255, Math.max(0, Math.round(value)));
  };
  return [byte(0), byte(1), byte(2)];
}

/** torchvision's normalization for every official ResNet. */
export const imageNetInput: NetworkInput = {
  colorOrder: 'rgb',
  channels: 3,
  range: [0, 1],
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  interpolation: 'bilinear, antialiased',
};

export interface OfficialWeights {
  readonly name: string;
  readonly fileName: string;
  readonly sha256Prefix: string;
  /** For messages and limits; the exact size is unknown beforehand. */
  readonly sizeMB: number;
}

/** Weights that ship with the program: small, learned from drawings, read without a connection. */
export interface StarterWeights {
  /** In runner/weights/starter/ of a checkout, beside the runner's bundles in dist/. */
  readonly fileName: string;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly classCount: number;
  /** Training images of all epochs together. */
  readonly sampleCount: number;
}

/** Output of a part. */
export interface PartOutput {
  /** Distance between neighboring positions, in pixels of the image; null: the positions are pooled. */
  readonly stride: number | null;
  readonly channels: number;
}

/** Name of the part that maps features to classes, in every network. */
const head = 'head';

/** The parts that a recipe can freeze or train, from the image upwards. `conv1` includes bn1; the head's parameters are those of `fc`. */
const resnetParts = ['conv1', 'layer1', 'layer2', 'layer3', 'layer4', head] as const;
/** Layers whose output class activation maps can use, the one closest to the head first. */
const resnetLayers = ['layer4', 'layer3', 'layer2', 'layer1'] as const;

type Parts = typeof resnetParts;
export type Part = Parts[number];
export type Layer = (typeof resnetLayers)[number];

type AboveFirst<T> = T extends readonly [unknown, ...infer Rest extends readonly unknown[]] ? Rest[number] : never;
/** A cut of the network: named after the part above it, `all` below the lowest one. */
export type Cut = AboveFirst<Parts> | 'all';

export interface ArchitectureRow {
  /** From the image upwards. The last one is the head: it starts with new weights, and has its own learning rate. */
  readonly parts: readonly Part[];
  /** Outputs of all parts except the head, whose output is the logits. */
  readonly outputs: Readonly<Partial<Record<Part, PartOutput>>>;
  /** Parts whose output class activation maps can use, the one closest to the head first. */
  readonly layers: readonly Layer[];
  readonly input: NetworkInput;
  /** The smallest download first. */
  readonly officialWeights: readonly [OfficialWeights, ...OfficialWeights[]];
}

/** torchvision's files. The eight hex digits in a file's name are the start of its SHA-256. */
const official = (name: string, fileName: string, sizeMB: number): OfficialWeights => ({
  name,
  fileName,
  sha256Prefix: fileName.slice(-12, -4),
  sizeMB,
});

/** @param expansion  output channels of a block divided by its width */
const resnet = (expansion: 1 | 4, officialWeights: ArchitectureRow['officialWeights']): ArchitectureRow => ({
  parts: resnetParts,
  outputs: {
    conv1: { stride: 4, channels: 64 },
    layer1: { stride: 4, channels: 64 * expansion },
    layer2: { stride: 8, channels: 128 * expansion },
    layer3: { stride: 16, channels: 256 * expansion },
    // The pooling has no parameters; it belongs to layer4, so that the head takes [N, C].
    layer4: { stride: null, channels: 512 * expansion },
  },
  layers: resnetLayers,
  input: imageNetInput,
  officialWeights,
});

const architectureTable = {
  resnet18: resnet(1, [official('IMAGENET1K_V1', 'resnet18-f37072fd.pth', 45)]),
  resnet34: resnet(1, [official('IMAGENET1K_V1', 'resnet34-b627a593.pth', 84)]),
  resnet50: resnet(4, [
    official('IMAGENET1K_V1', 'resnet50-0676ba61.pth', 98),
    official('IMAGENET1K_V2', 'resnet50-11ad3fa6.pth', 98),
  ]),
  resnet101: resnet(4, [
    official('IMAGENET1K_V1', 'resnet101-63fe2227.pth', 171),
    official('IMAGENET1K_V2', 'resnet101-cd907fc2.pth', 171),
  ]),
} satisfies Readonly<Record<string, ArchitectureRow>>;

export const architectures = Object.keys(architectureTable) as readonly (keyof typeof architectureTable)[];
export const Architecture = z.enum(architectures);
export type Architecture = z.infer<typeof Architecture>;

export const architectureRow = (architecture: Architecture): ArchitectureRow => architectureTable[architecture];

/** Shipped starter weights of a network; undefined: there are none. */
export const starterWeightsOf = (architecture: Architecture): StarterWeights | undefined =>
  shippedStarters[architecture];

const shippedStarters: Readonly<Partial<Record<Architecture, StarterWeights>>> = starterFiles;

/** The part that maps features to classes. */
export const headOf = (architecture: Architecture): Part => architectureRow(architecture).parts.at(-1)!;

/** Possible cuts of a network; the cut closest to the logits first, as in recipes. */
export const cutsOf = (architecture: Architecture): readonly Cut[] =>
  architectureRow(architecture)
    .parts.map((part, i) => (i === 0 ? 'all' : (part as Cut)))
    .reverse();

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** Cuts of all networks. */
export const cuts = distinct(architectures.flatMap(cutsOf));
export const mapLayers = distinct(architectures.flatMap((architecture) => architectureRow(architecture).layers));

export const isHead = (part: string): boolean => part === head;

/** Names in recipes and logs of older versions, with today's. */
export const oldPartNames: Readonly<Record<string, Part>> = { fc: head };

export const currentPartName = (name: string): string =>
  Object.hasOwn(oldPartNames, name) ? oldPartNames[name]! : name;
