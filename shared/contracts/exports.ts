// What `shoulders export` writes: kinds of files, what stands beside one, and what the check against the run has shown.
import { z } from 'zod';
import { ModelMetadata as Metadata, type ModelMetadata } from './modelMetadata.ts';

export const modelFormats = ['onnx', 'pth', 'safetensors'] as const;
export type ModelFormat = (typeof modelFormats)[number];
/** "card": the model card alone. */
export const exportFormats = [...modelFormats, 'card'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** One file against the run's own weights, both through our engine. */
export const Parity = z.object({
  /** "images": validation and test images of the run. "patterns": generated, because none of them is there any more. */
  comparedOn: z.enum(['images', 'patterns']),
  count: z.int(),
  maxLogitDifference: z.number(),
  /** Of softmax(logits), and of the file's own `probabilities` where it has them. */
  maxProbabilityDifference: z.number(),
  /** Images that the file puts into another class, by the threshold where there is one. */
  changedDecisions: z.int(),
  /** Files of weights: the largest difference of any value; 0, or the file is refused. null: weights are folded in. */
  maxWeightDifference: z.number().nullable(),
});
export type Parity = z.infer<typeof Parity>;

/** ModelMetadata as it is, not as text. */
const ToldModel = z.custom<ModelMetadata>((value) => z.safeEncode(Metadata, value as ModelMetadata).success);

/** The sidecar, `<file>.json`. */
export const ExportRecord = z.object({
  version: z.literal(1),
  /** Its name; the sidecar lies beside it. */
  file: z.string(),
  format: z.enum(modelFormats),
  sizeBytes: z.int(),
  /** Hex. */
  sha256: z.string(),
  createdAt: z.iso.datetime(),
  shoulders: z.string(),
  keptEpoch: z.int(),
  /** As in the file's metadata, where its format has such. */
  model: ToldModel,
  parity: Parity,
});
export type ExportRecord = z.infer<typeof ExportRecord>;

/** What `shoulders export --json` prints. Files are absolute. */
export const ExportAnswer = z.object({
  file: z.string(),
  /** Snippets first; the model card last. */
  beside: z.array(z.string()),
  sizeBytes: z.int(),
  /** null: a model card alone. */
  parity: Parity.nullable(),
  /** Paths within the dataset, of the first few images that the file decides otherwise. */
  changed: z.array(z.string()),
});
export type ExportAnswer = z.infer<typeof ExportAnswer>;

/** What is written beside an export, by what follows its whole name: so that no file of the person's is met by chance. */
export const besideNames = (format: ExportFormat): readonly string[] =>
  format === 'card' ? [] : [...(format === 'onnx' ? ['.ts'] : []), '.py', '.json', '.MODEL_CARD.md'];
