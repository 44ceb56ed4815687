// Metadata of an exported ONNX model: its metadata_props, text by key. Written into the model.onnx of every run and into every
// export; read by everyone who opens such a file without its run. Numbers are decimal; absent values are an empty text.
import { z } from 'zod';
import { Architecture } from './architectures.ts';
import { Depth } from './depth.ts';
import { Recipe } from './recipe.ts';
import { probabilityAt } from './scores.ts';
import { TaskType, taskOfOlderVersions, taskTypes } from './task.ts';

const threeNumbers = z.tuple([z.number(), z.number(), z.number()]);

/** From an upright RGB image to the network's input: torchvision's Resize, CenterCrop, ToTensor and Normalize. */
export const Preprocessing = z.object({
  /** The shorter side after Resize; the longer is truncated to a whole number of pixels. */
  resizeShortSide: z.int().positive(),
  interpolation: z.string(),
  centerCrop: z.int().positive(),
  /** "grayscale": torchvision Grayscale(num_output_channels=3) before Resize. */
  color: Recipe.shape.color,
  /** Bits of a 16-bit sample that count: round(255 * sample / (2^depth - 1)). Absent in files of older versions: 16. */
  depth: Depth.default(16),
  /** Order of the network's channels. Absent in files of older versions, and where it is red, green, blue. */
  colorOrder: z.enum(['rgb', 'bgr']).optional(),
  /** Values of black and white before `mean` and `std`. Absent in files of older versions, and where it is [0, 1]. */
  range: z.tuple([z.number(), z.number()]).optional(),
  /** By channel, in `colorOrder`. */
  mean: threeNumbers,
  std: threeNumbers,
});
export type Preprocessing = z.infer<typeof Preprocessing>;

const json = <T extends z.ZodType>(schema: T) =>
  z.codec(z.string(), schema, {
    decode: (text, context): z.input<T> => {
      try {
        return JSON.parse(text) as z.input<T>;
      } catch {
        context.issues.push({ code: 'custom', message: 'is not JSON', input: text });
        return z.NEVER;
      }
    },
    encode: (value) => JSON.stringify(value),
  });

const numberOrNull = (range: z.ZodNumber) =>
  z.codec(z.string(), range.nullable(), {
    decode: (text) => (text === '' ? null : Number(text)),
    encode: (value) => (value === null ? '' : String(value)),
  });

const textOrNull = z.codec(z.string(), z.string().min(1).nullable(), {
  decode: (text) => (text === '' ? null : text),
  encode: (value) => value ?? '',
});

const flag = z.codec(z.enum(['true', 'false']), z.boolean(), {
  decode: (text) => text === 'true',
  encode: (value) => (value ? 'true' : 'false'),
});

/** Keys as in the file. */
export const ModelMetadata = z
  .object({
    formatVersion: z.literal('1'),
    /** Absent in files of older versions: classification. */
    task: TaskType,
    architecture: Architecture,
    /** Same order as the logits. */
    classNames: json(z.array(z.string().min(1)).min(2).max(10_000)),
    /** For two classes: the one that the threshold applies to. */
    positiveClass: textOrNull,
    /**
     * Positive if logit[positiveClass] - logit[other class] >= thresholdLogOdds, before any temperature; null: the most probable class.
     * `threshold` is the same as a probability, which is 1 for all images with a gap of more than 36 between logits.
     */
    threshold: numberOrNull(z.number().min(0).max(1)),
    thresholdLogOdds: numberOrNull(z.number()),
    /** Method of choice ("youden": largest sensitivity + specificity - 1), and the images used ("val"). */
    thresholdMethod: textOrNull,
    thresholdFittedOn: textOrNull,
    /** Calibrated probabilities are softmax(logits / temperature); null: none was fitted. */
    temperature: numberOrNull(z.number().positive()),
    preprocessing: json(Preprocessing),
    /** "normalized": `input` float32 [N, 3, S, S], preprocessed. "image": `image` uint8 [N, H, W, 3]; the graph preprocesses. */
    input: z.enum(['normalized', 'image']),
    /** Type of the stored weights; the arithmetic is always float32. */
    weightType: z.enum(['float32', 'float16']),
    /** Weights that the training started from, in words; null: unknown. Absent in files of older versions. */
    initialWeights: textOrNull,
    runId: textOrNull,
    /** Name of the recipe. */
    recipe: z.string(),
    notForDiagnosticUse: flag,
  })
  .refine(({ classNames }) => new Set(classNames).size === classNames.length, {
    path: ['classNames'],
    message: 'a class is named twice',
  })
  .refine(({ classNames, positiveClass }) => positiveClass === null || classNames.includes(positiveClass), {
    path: ['positiveClass'],
    message: 'is not one of the classes',
  })
  .refine(({ positiveClass, threshold }) => threshold === null || positiveClass !== null, {
    path: ['threshold'],
    message: 'requires a positive class',
  })
  .refine(
    ({ threshold, thresholdLogOdds: logOdds }) =>
      logOdds === null || (threshold !== null && Math.abs(probabilityAt(logOdds) - threshold) < 1e-6),
    { path: ['thresholdLogOdds'], message: 'does not match threshold' },
  )
  .refine(({ preprocessing }) => preprocessing.centerCrop <= preprocessing.resizeShortSide, {
    path: ['preprocessing'],
    message: 'crops more than the resized image contains',
  });
export type ModelMetadata = z.output<typeof ModelMetadata>;

/** Values that files of older versions lack and that applied to all of them. `architecture` was only the graph's name. */
const before = {
  formatVersion: '1',
  task: taskOfOlderVersions,
  temperature: '',
  thresholdLogOdds: '',
  thresholdMethod: 'youden',
  thresholdFittedOn: 'val',
  input: 'normalized',
  weightType: 'float32',
  initialWeights: '',
} as const;

export const encodeModelMetadata = (metadata: ModelMetadata): Record<string, string> =>
  z.encode(ModelMetadata, metadata);

/**
 * @param entries    metadata_props of the file; unknown keys are ignored
 * @param graphName  the graph's name: the architecture, if the metadata lacks it
 * @throws Error that names the first unusable field, the newer version, or the unknown task
 */
export function parseModelMetadata(entries: Iterable<readonly [string, string]>, graphName: string): ModelMetadata {
  const found: Record<string, string> = { architecture: graphName, ...before, ...Object.fromEntries(entries) };
  const metadata = ModelMetadata.safeParse(found);
  if (metadata.success) return metadata.data;
  if (/^\d+$/.test(found.formatVersion!) && Number(found.formatVersion) > 1)
    throw new Error('it was written by a newer version of Shoulders');
  if (!TaskType.safeParse(found.task).success)
    throw new Error(
      `its task is ${JSON.stringify(found.task!.slice(0, 40))}, and this version reads ${taskTypes.join(', ')}`,
    );
  const [issue] = metadata.error.issues;
  throw new Error(`its ${String(issue?.path[0] ?? 'metadata')} cannot be used (${issue?.message})`);
}
