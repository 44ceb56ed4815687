// Output of `shoulders export`: kinds of files, the files beside one, and the result of the check against the run.
import { z } from 'zod';
import { ModelMetadata as Metadata, type ModelMetadata } from './modelMetadata.ts';

export const modelFormats = ['onnx', 'pth', 'safetensors'] as const;
export type ModelFormat = (typeof modelFormats)[number];
/** "card": the model card alone. */
export const exportFormats = [...modelFormats, 'card'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Comparison of a file with the run's own weights, both through our engine. */
export const Parity = z.object({
  /** "images": validation and test images of the run. "patterns": generated, because no such image is left. */
  comparedOn: z.enum(['images', 'patterns']),
  count: z.int(),
  maxLogitDifference: z.number(),
  /** Differences of softmax(logits), and of the file's own `probabilities` if it has them. */
  maxProbabilityDifference: z.number(),
  /** Number of images that the file puts into another class, by the threshold if there is one. */
  changedDecisions: z.int(),
  /** Files of weights: the largest difference of any value; must be 0. null: the weights are folded. */
  maxWeightDifference: z.number().nullable(),
});
export type Parity = z.infer<typeof Parity>;

/** ModelMetadata as values instead of texts. */
const DecodedMetadata = z.custom<ModelMetadata>((value) => z.safeEncode(Metadata, value as ModelMetadata).success);

/** The sidecar, `<file>.json`. */
export const ExportRecord = z.object({
  version: z.literal(1),
  /** File name; the sidecar is in the same folder. */
  file: z.string(),
  format: z.enum(modelFormats),
  sizeBytes: z.int(),
  /** Hex digits. */
  sha256: z.string(),
  createdAt: z.iso.datetime(),
  shoulders: z.string(),
  keptEpoch: z.int(),
  /** The same as in the file's metadata, if its format has any. */
  model: DecodedMetadata,
  parity: Parity,
});
export type ExportRecord = z.infer<typeof ExportRecord>;

/** Output of `shoulders export --json`. Paths are absolute. */
export const ExportAnswer = z.object({
  file: z.string(),
  /** Snippets first; the model card last. */
  beside: z.array(z.string()),
  sizeBytes: z.int(),
  /** null for a model card alone. */
  parity: Parity.nullable(),
  /** Paths within the dataset of the first few images for which the file decides differently. */
  changed: z.array(z.string()),
});
export type ExportAnswer = z.infer<typeof ExportAnswer>;

/** Files written beside an export, as suffixes of its full name, so that they do not collide with the user's files. */
export const besideNames = (format: ExportFormat): readonly string[] =>
  format === 'card' ? [] : [...(format === 'onnx' ? ['.ts'] : []), '.py', '.json', '.MODEL_CARD.md'];
