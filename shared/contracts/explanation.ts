// Output of `shoulders explain --json`, one JSON object per line, with the words shared by command line and panel. Pure.
import { z } from 'zod';
import { filled } from '../filled.ts';
import { mapLayers } from './architectures.ts';
import { Problem } from './events.ts';

/** Part of the network whose output, after its last ReLU, is mapped. */
export const explanationLayers = mapLayers;
export const ExplanationLayer = z.enum(explanationLayers);
export type ExplanationLayer = z.infer<typeof ExplanationLayer>;

export const explanationMethods = ['grad-cam', 'grad-cam++', 'hires-cam', 'layer-cam', 'eigen-cam'] as const;
export const ExplanationMethod = z.enum(explanationMethods);
export type ExplanationMethod = z.infer<typeof ExplanationMethod>;

/**
 * Class whose score is explained: `--class` takes these words or a class name; `=NAME` is always a name, even if a class is called "true".
 * 'predicted' is the most probable class of each image, 'true' the class of its folder.
 */
export const explanationTargets = ['predicted', 'true'] as const;

/** The score whose gradient is computed. */
export const explanationScores = ['probability', 'logit'] as const;
export const ExplanationScore = z.enum(explanationScores);
export type ExplanationScore = z.infer<typeof ExplanationScore>;

/** English names and sentences; the editor translates them. */
export const methodWords: Readonly<Record<ExplanationMethod, { readonly name: string; readonly meaning: string }>> = {
  'grad-cam': {
    name: 'Grad-CAM',
    meaning: 'Every channel is weighted by its average gradient over the image: the usual map, stable and coarse.',
  },
  'grad-cam++': {
    name: 'Grad-CAM++',
    meaning:
      'Like Grad-CAM, but only positions that raise the score contribute to a channel’s weight, so several objects of one class, or small ones, show up better.',
  },
  'hires-cam': {
    name: 'HiResCAM',
    meaning:
      'Every position is weighted by its own gradient instead of the average: the same as Grad-CAM on layer4, more faithful to the network on the layers below.',
  },
  'layer-cam': {
    name: 'LayerCAM',
    meaning:
      'Every position is weighted by its own gradient where that is positive: fine detail, meant for layer1 to layer3; evidence against the class is left out.',
  },
  'eigen-cam': {
    name: 'Eigen-CAM',
    meaning:
      'What varies most in the activations, without any gradient: shows what stands out to the network, regardless of the class.',
  },
};

export const layerWords: Readonly<Record<ExplanationLayer, string>> = {
  layer4:
    'The last convolutional stage, nearest to the decision: whole objects on a coarse grid (7 x 7 at 224 pixels).',
  layer3: 'Parts of objects on a grid of 14 x 14 at 224 pixels.',
  layer2: 'Patterns and textures on a grid of 28 x 28 at 224 pixels.',
  layer1: 'Edges and colours on a grid of 56 x 56 at 224 pixels: detailed, and far from the decision.',
};

export const scoreWords: Readonly<Record<ExplanationScore, string>> = {
  probability: 'What raises the probability of the class, against all other classes.',
  logit: 'What raises the value of the class before the softmax, regardless of the other classes.',
};

/**
 * Remarks about an explanation, code -> sentence. Parameters are filled in as text, already rounded for reading.
 * The verdict of a check consists of remarks, too: first about the deletion, then about the random weights, then `checkLimits`.
 */
export const remarkSentences = {
  notDiagnostic: 'Not for diagnostic use.',
  depthClipped:
    'The image contains values above the {depth} bits that the model was trained with (up to {largest}): everything above {white} is white to it.',
  nothingPositive:
    'Nothing at {layer} supports "{className}" here: the map is empty, which is a result, not a failure.',
  evenMap: 'All positions at {layer} have the same value: the map says nothing about location.',
  faintMap:
    'The probability of "{className}" is {score} and barely responds to changes, so its map is faint or empty: the map of the logit says more.',
  classIgnored: 'Eigen-CAM ignores the class: the map is the same for every class.',
  gradCamOnLayer4: 'On layer4 this map equals that of Grad-CAM: only the pooling and the head follow.',
  deletionBetter:
    'Removing what the map marks first lowers the {of} faster than all {repeats} random orders (mean over the deletion {area}, at random {randomArea}): the map points at what this network uses in this image.',
  deletionNotBetter:
    'Removing what the map marks first lowers the {of} no faster than chance: {count} of {repeats} random orders are as fast or faster (mean over the deletion {area}, at random {randomArea}). This check does not support the map.',
  deletionFlat:
    'The {of} hardly changes even when the whole image is blurred ({full} before, {blurred} after): deletion can neither confirm nor refute this map.',
  deletionRises:
    'The {of} rises when the whole image is blurred ({full} before, {blurred} after): deletion can neither confirm nor refute this map.',
  randomWeightsDiffer:
    'The same network with random weights gives a different map (rank correlation {spearman}): the map depends on what was learned.',
  randomWeightsAlike:
    'The same network with random weights gives a similar map (rank correlation {spearman}): the map shows the image more than what was learned.',
  randomWeightsUnknown:
    'The same network with random weights gives an empty map, which cannot be compared with this one.',
  noCheckSaturated:
    'No check is possible: the probability of "{className}" is {score} and has no gradient left, so the map is empty. The map of the logit can be checked.',
  noCheckEmpty:
    'No check is possible: nothing at {layer} supports "{className}", so there is no position to remove first.',
  noCheckEven: 'No check is possible: all positions at {layer} have the same value, so there is none to remove first.',
  checkLimits:
    'Both checks concern this network and this image: they show whether the map can be trusted, not whether the network is right or looks at the right thing.',
} as const;
export type RemarkCode = keyof typeof remarkSentences;

export const Remark = z.object({ code: z.string(), params: z.record(z.string(), z.string()) });
export type Remark = z.infer<typeof Remark>;

/** The English sentence of a remark; an unknown code (from a newer version) is shown with its parameters. */
export function remarkText({ code, params }: Remark): string {
  const template = Object.hasOwn(remarkSentences, code) ? remarkSentences[code as RemarkCode] : undefined;
  if (template === undefined) return `${code}: ${JSON.stringify(params)}`;
  return filled(template, params);
}

/** A map in the layer's resolution: row-major float32 in [0, 1], little-endian, as base64. `mapValues` reads it. */
export const HeatMap = z
  .object({ height: z.int().min(1), width: z.int().min(1), values: z.base64() })
  .refine(
    ({ height, width, values }) => values.length === 4 * Math.ceil((4 * height * width) / 3),
    'the values do not fill height x width',
  );
export type HeatMap = z.infer<typeof HeatMap>;

const rectangle = z.object({ left: z.number(), top: z.number(), width: z.number(), height: z.number() });

export const FaithfulnessCheck = z.object({
  /** Replacement of a removed pixel: the same pixel of the blurred image. */
  baseline: z.literal('blurred'),
  /** Shares of the crop's pixels that are removed, from 0 to 1, the same for all curves. */
  fractions: z.array(z.number()),
  /** The score (probability or logit, see `of`) while the pixels with the highest values of the map are removed first. */
  deletion: z.object({ scores: z.array(z.number()), area: z.number() }),
  /** The same with pixels in the order of random maps of the same coarseness; `area` and curves of each repeat. */
  random: z.object({
    seed: z.int(),
    repeats: z.array(z.object({ scores: z.array(z.number()), area: z.number() })),
    /** Mean, lowest and highest over the repeats, at each fraction. */
    mean: z.array(z.number()),
    low: z.array(z.number()),
    high: z.array(z.number()),
    area: z.object({ mean: z.number(), low: z.number(), high: z.number() }),
  }),
  /** The same method, target and image with all weights of the network random. */
  randomWeights: z.object({
    seed: z.int(),
    map: HeatMap,
    /** Similarity of both maps: Spearman's rank correlation over positions (null: one map is constant), and SSIM of the upsampled maps. */
    spearman: z.number().nullable(),
    ssim: z.number(),
  }),
  /** Remarks in this order; the first two say whether the map can be believed. */
  verdict: z.array(Remark),
});
export type FaithfulnessCheck = z.infer<typeof FaithfulnessCheck>;

export const Explanation = z.object({
  type: z.literal('explanation'),
  /** Absolute path, as in the question. */
  image: z.string(),
  classNames: z.array(z.string()),
  /** Softmax of the logits, in the order of `classNames`. */
  probabilities: z.array(z.number()),
  /** The most probable class. */
  predictedLabel: z.int(),
  /** Class of the image's folder; null: its folder is no class. */
  trueLabel: z.int().nullable(),
  /** The explained class. */
  targetLabel: z.int(),
  of: ExplanationScore,
  layer: ExplanationLayer,
  method: ExplanationMethod,
  /** Map in the layer's own size; `upsampledMap` of heatMap.ts enlarges it to the size of the view. */
  map: HeatMap,
  /** Largest value before scaling to [0, 1]; 0: nothing supports the class, and the map is all zero. */
  rawMaximum: z.number(),
  /** The network's input: a square crop, `imageSize` pixels per side after resizing. `crop`: its place in the upright original (pixels). */
  view: z.object({
    imageSize: z.int(),
    original: z.object({ width: z.int(), height: z.int() }),
    crop: rectangle,
  }),
  remarks: z.array(Remark),
  /** null: not requested, or nothing to check; see `checkLeftOut`. */
  check: FaithfulnessCheck.nullable(),
  /** Reason why a requested check was not made. */
  checkLeftOut: Remark.nullable().optional(),
  /** Absolute path of the overlay (PNG), if requested. */
  overlayFile: z.string().nullable(),
});
export type Explanation = z.infer<typeof Explanation>;

/** The check's remarks about the map, or the reason for its absence; empty if none was requested. */
export const verdictOn = ({ check, checkLeftOut }: Explanation): readonly Remark[] =>
  check?.verdict ?? (checkLeftOut ? [checkLeftOut] : []);

/** One line. Explanations and problems come in the order of the images, as soon as their batch is done. */
export const ExplanationLine = z.discriminatedUnion('type', [
  Explanation,
  /** This image could not be explained; the others continue, and the exit code is 2. `sentence` is the problem in English. */
  z.object({ type: z.literal('problem'), image: z.string(), problem: Problem, sentence: z.string() }),
  z.object({ type: z.literal('progress'), done: z.int(), total: z.int() }),
  /** The command itself failed (no such run, no such class, the engine): the last line. Exit code 1 or 2. */
  z.object({
    type: z.literal('error'),
    code: z.string(),
    params: Problem.shape.params,
    sentence: z.string(),
  }),
]);
export type ExplanationLine = z.infer<typeof ExplanationLine>;

/**
 * A line of input to `shoulders explain RUN --json` without images. A new question replaces the previous one; a question
 * without images only ends that.
 */
export const ExplainQuestion = z.object({
  id: z.int(),
  /** Absolute paths. */
  images: z.array(z.string()),
  /** A class as `--class` takes it. */
  target: z.string(),
  of: ExplanationScore,
  layer: ExplanationLayer,
  method: ExplanationMethod,
  check: z.boolean(),
});
export type ExplainQuestion = z.infer<typeof ExplainQuestion>;

/** A line of the answer to a question, or null when it is finished or replaced. */
export const ExplainAnswer = z.object({ id: z.int(), line: ExplanationLine.nullable() });
export type ExplainAnswer = z.infer<typeof ExplainAnswer>;

/** @param values  [height, width], in [0, 1] */
export function heatMapOf(values: Float32Array, height: number, width: number): HeatMap {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return { height, width, values: btoa(text) };
}

/** The values, row-major, [height, width]. */
export function mapValues({ values }: HeatMap): Float32Array {
  return new Float32Array(Uint8Array.from(atob(values), (byte) => byte.charCodeAt(0)).buffer);
}
