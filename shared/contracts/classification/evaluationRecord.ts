// Predictions of a model for a folder of images: the shape of record.json. A record is a folder,
// `<run>/evaluations/<yyyymmdd-hhmmss>-<name>-<4 hex>/` (for an ONNX file without a run: `.shoulders/evaluations/<id>/`), with record.json
// and predictions.csv (predictionsFile.ts: parseRecordedPredictions). record.json is written last: a folder without it is no record.
// Records never change.
import { z } from 'zod';
import { Architecture } from '../architectures.ts';
import { DepthChoice } from '../depth.ts';
import { FileHashes, Problem } from '../events.ts';
import { SplitEvaluation, ThresholdMissing } from './evaluation.ts';

export const recordFiles = { record: 'record.json', predictions: 'predictions.csv' } as const;

/** Folder for records of models without a run, relative to the working folder. */
export const looseRecordsFolder = '.shoulders/evaluations';

/** The evaluated weights: the SHA-256 (hex) of their file distinguishes models, whatever their names. */
export const EvaluatedModel = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), runId: z.string(), keptEpoch: z.int(), sha256: z.string() }),
  /** `runId` as recorded in the file; the run need not be on this machine. */
  z.object({
    kind: z.literal('onnx'),
    file: z.string().describe('Absolute path.'),
    sha256: z.string(),
    runId: z.string().nullable(),
  }),
]);
export type EvaluatedModel = z.infer<typeof EvaluatedModel>;

/** A class folder and the matching class of the model; `byName`: "normalised" differs in case, accents' encoding, blanks, - or _. */
export const MappedClass = z.object({
  folder: z.string(),
  className: z.string(),
  byName: z.enum(['same', 'normalised']),
  imageCount: z.int(),
});
export type MappedClass = z.infer<typeof MappedClass>;

export const EvaluatedData = z.object({
  folder: z.string().describe('Absolute path.'),
  /** "run": images of one of the run's own splits. "folder": any folder. */
  origin: z.enum(['run', 'folder']),
  /** The requested split; null: all images of the folder. */
  split: z.enum(['train', 'val', 'test']).nullable(),
  labelled: z.boolean(),
  /** SHA-256 over path, content and label of the predicted images. */
  fingerprint: z.string(),
  /** Number of predicted images: the rows of predictions.csv. */
  imageCount: z.int(),
  /** Predicted images per class, in the order of `classNames`; null when not labelled. */
  counts: z.array(z.int()).nullable(),
  /** Empty when not labelled. */
  classMapping: z.array(MappedClass),
  /** Classes of the model without an image in this folder; empty when not labelled. */
  missingClasses: z.array(z.string()),
  /** Folders of classes that the model lacks, left out because the user asked for it. */
  ignoredClasses: z.array(z.object({ folder: z.string(), imageCount: z.int() })),
});
export type EvaluatedData = z.infer<typeof EvaluatedData>;

/** Number of images that are, byte for byte, images of the run's own splits. `relativePaths`: the first few that were trained on. */
export const Overlap = z.object({
  train: z.int(),
  val: z.int(),
  test: z.int(),
  relativePaths: z.array(z.string()),
});
export type Overlap = z.infer<typeof Overlap>;

export const EvaluationRecord = z.object({
  version: z.literal(1),
  id: z.string(),
  createdAt: z.iso.datetime(),
  model: EvaluatedModel,
  network: Architecture,
  recipe: z.string(),
  /** Not for diagnostic use: must be stated wherever a figure is shown. */
  medical: z.boolean(),
  /** Classes in the model's order: columns of predictions.csv, rows of the confusion matrices. */
  classNames: z.array(z.string()).min(2),
  positiveClass: z.string().nullable(),
  data: EvaluatedData,
  /** Bits of 16-bit images that were used. Absent in records of older versions: 16. */
  depth: DepthChoice.optional(),
  /** Images without a prediction, each with its reason: undecodable, gone, scores that are not finite... */
  skipped: z.array(z.object({ relativePath: z.string(), reason: z.string() })),
  /**
   * "val": fitted on the run's validation split. "given": by the user. null: more than two classes, or no threshold. `value` is a
   * probability; `logOdds` decide; they are absent if the probability was given, and in records of older versions.
   */
  threshold: z.object({ value: z.number(), logOdds: z.number().optional(), from: z.enum(['val', 'given']) }).nullable(),
  /** null: there is a threshold, or there are more than two classes. Absent in records of older versions. */
  thresholdMissing: ThresholdMissing.nullable().optional(),
  /** Temperature of the model's calibration; null: none. predictions.csv contains the probabilities before it. */
  temperature: z.number().positive().nullable(),
  /** null: unknown, because the run's list of images is not here. */
  overlap: Overlap.nullable(),
  /** Warnings to show beside the figures; errors.ts words them. */
  warnings: z.array(Problem),
  /** null when not labelled. Covers the classes present here: figures that need a missing class are null, macro means exclude it. */
  metrics: SplitEvaluation.nullable(),
  device: z.string(),
  imagesPerSecond: z.number().nullable(),
  elapsedMs: z.number(),
  versions: z.record(z.string(), z.string()),
  /** Hash of predictions.csv. Absent in records of older versions. */
  files: FileHashes.optional(),
  /** SHA-256 of the record with an empty text in this place. Absent in records of older versions. */
  sha256: z.string().optional(),
});
export type EvaluationRecord = z.infer<typeof EvaluationRecord>;

/** @throws Error with the reason: not JSON, another shape, a newer version */
export function parseEvaluationRecord(text: string): EvaluationRecord {
  const value: unknown = JSON.parse(text);
  const version = z.object({ version: z.number() }).safeParse(value).data?.version;
  if (version !== undefined && version > 1)
    throw new Error(`The record has version ${version}, which is newer than this program.`);
  const record = EvaluationRecord.safeParse(value);
  if (!record.success) throw new Error(z.prettifyError(record.error));
  return record.data;
}
