// What a model said of a folder of images: the shape of record.json. A record is a folder,
// `<run>/evaluations/<yyyymmdd-hhmmss>-<name>-<4 hex>/` (of an ONNX file without a run: `.shoulders/evaluations/<id>/`), with record.json
// and predictions.csv (predictionsFile.ts: parseRecordedPredictions). record.json comes last: a folder without it is no record. It never
// changes.
import { z } from 'zod';
import { Architecture } from '../architectures.ts';
import { DepthChoice } from '../depth.ts';
import { FileHashes, Problem } from '../events.ts';
import { SplitEvaluation, ThresholdMissing } from './evaluation.ts';

export const recordFiles = { record: 'record.json', predictions: 'predictions.csv' } as const;

/** Where records of models without a run are kept, from the working folder. */
export const looseRecordsFolder = '.shoulders/evaluations';

/** Which weights: their file's SHA-256 (hex) tells two models apart, whatever they are called. */
export const EvaluatedModel = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), runId: z.string(), keptEpoch: z.int(), sha256: z.string() }),
  /** `runId` as the file tells it; the run need not be on this machine. */
  z.object({
    kind: z.literal('onnx'),
    file: z.string().describe('Absolute path.'),
    sha256: z.string(),
    runId: z.string().nullable(),
  }),
]);
export type EvaluatedModel = z.infer<typeof EvaluatedModel>;

/** A class folder and the model's class it stands for; `byName`: "normalised" differs in case, accents' storage, blanks, - or _. */
export const MappedClass = z.object({
  folder: z.string(),
  className: z.string(),
  byName: z.enum(['same', 'normalised']),
  imageCount: z.int(),
});
export type MappedClass = z.infer<typeof MappedClass>;

export const EvaluatedData = z.object({
  folder: z.string().describe('Absolute path.'),
  /** "run": the images of one of the run's own splits again. "folder": any folder. */
  origin: z.enum(['run', 'folder']),
  /** The split that was asked for; null: all images of the folder. */
  split: z.enum(['train', 'val', 'test']).nullable(),
  labelled: z.boolean(),
  /** SHA-256 over path, content and label of the images that were predicted. */
  fingerprint: z.string(),
  /** Images that were predicted: the rows of predictions.csv. */
  imageCount: z.int(),
  /** Images per class that were predicted, in the order of `classNames`; null when not labelled. */
  counts: z.array(z.int()).nullable(),
  /** Empty when not labelled. */
  classMapping: z.array(MappedClass),
  /** Classes of the model without an image here; empty when not labelled. */
  missingClasses: z.array(z.string()),
  /** Folders of classes that the model does not know, left out because the person said so. */
  ignoredClasses: z.array(z.object({ folder: z.string(), imageCount: z.int() })),
});
export type EvaluatedData = z.infer<typeof EvaluatedData>;

/** How many of the images are, byte for byte, images of the run's own splits. `relativePaths`: the first few that were trained on. */
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
  /** Not for diagnostic use: say so wherever a number is shown. */
  medical: z.boolean(),
  /** Of the model, in its order: columns of predictions.csv, rows of the confusion matrices. */
  classNames: z.array(z.string()).min(2),
  positiveClass: z.string().nullable(),
  data: EvaluatedData,
  /** How 16-bit images were read. Absent in records of older versions: as 16 bits. */
  depth: DepthChoice.optional(),
  /** Not predicted, each with its reason: cannot be decoded, gone, scores that are not finite... */
  skipped: z.array(z.object({ relativePath: z.string(), reason: z.string() })),
  /**
   * "val": fitted on the run's validation split. "given": by the person. null: more than two classes, or there is none. `value` is a
   * probability; `logOdds` decide, absent where the probability was given, and in records of older versions.
   */
  threshold: z.object({ value: z.number(), logOdds: z.number().optional(), from: z.enum(['val', 'given']) }).nullable(),
  /** null: there is a threshold, or there are more than two classes. Absent in records of older versions. */
  thresholdMissing: ThresholdMissing.nullable().optional(),
  /** Of the model's calibration; null: none. predictions.csv holds the probabilities before it. */
  temperature: z.number().positive().nullable(),
  /** null: not known, because the run's list of images is not here. */
  overlap: Overlap.nullable(),
  /** To be said beside the numbers; errors.ts words them. */
  warnings: z.array(Problem),
  /** null when not labelled. Over the classes that are here: what needs a class that is missing is null, macro means leave it out. */
  metrics: SplitEvaluation.nullable(),
  device: z.string(),
  imagesPerSecond: z.number().nullable(),
  elapsedMs: z.number(),
  versions: z.record(z.string(), z.string()),
  /** Of predictions.csv. Absent in records of older versions. */
  files: FileHashes.optional(),
  /** SHA-256 of the record as it is, with an empty text here. Absent in records of older versions. */
  sha256: z.string().optional(),
});
export type EvaluationRecord = z.infer<typeof EvaluationRecord>;

/** @throws Error that says what is wrong: not JSON, another shape, a newer version */
export function parseEvaluationRecord(text: string): EvaluationRecord {
  const value: unknown = JSON.parse(text);
  const version = z.object({ version: z.number() }).safeParse(value).data?.version;
  if (version !== undefined && version > 1)
    throw new Error(`The record has version ${version}, which is newer than this program.`);
  const record = EvaluationRecord.safeParse(value);
  if (!record.success) throw new Error(z.prettifyError(record.error));
  return record.data;
}
