// RunEvent: everything that can happen to a run. The same value is log line, message and input of the panel.
import { z } from 'zod';
import { currentPartName } from './architectures.ts';
import { SplitEvaluation, ThresholdMissing } from './classification/evaluation.ts';
import { type EpochSplit, type MeasuredOn, type MetricSpec, metricsOn } from './classification/metricTable.ts';
import { Depth } from './depth.ts';
import { Finding } from './finding.ts';
import { Machine } from './machine.ts';
import { BatchNormMode, Recipe } from './recipe.ts';

const metric = z.number().nullable();

/** Images per split and class, in the order of `classNames`. */
export const SplitCounts = z.object({ train: z.array(z.int()), val: z.array(z.int()), test: z.array(z.int()) });
export type SplitCounts = z.infer<typeof SplitCounts>;

/** A user-facing error or warning as code and parameters; errors.ts words it. */
export const Problem = z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });
export type Problem = z.infer<typeof Problem>;

/** How a file names the network taken from it, and its other contents. Names are cut to 120 characters, lists to eight entries. */
export const WeightsLayout = z.object({
  /** Program that wrote the file, if the file says so. */
  tool: z.enum(['lightning']).nullable(),
  /** Keys of the dictionaries around the tensors, joined by dots: `state_dict`; '' for none. */
  container: z.string(),
  /** Prefix of every name, with its dot: `model.`; '' for none. */
  prefix: z.string(),
  /** torchvision's names, numbers of a Sequential's children (with the stem as several children, or as one), or names of transformers. */
  naming: z.enum(['torchvision', 'children', 'stages', 'transformers']),
  /** Parts not used: a head, a loss, other dictionaries. */
  passedOver: z.array(z.object({ name: z.string(), tensors: z.int() })),
  /** Number of further parts, beyond `passedOver`. */
  otherParts: z.int(),
  /** Paths of other networks in the file that would have fitted, too. */
  alternatives: z.array(z.string()),
});
export type WeightsLayout = z.infer<typeof WeightsLayout>;

export const WeightsOrigin = z.object({
  /** `starter`: shipped with the program, learned from drawings. */
  kind: z.enum(['official', 'starter', 'file', 'random']),
  /** IMAGENET1K_V1, "starter", a file name, or "random". */
  name: z.string(),
  sha256: z.string().nullable(),
  /** Whether the bytes match a published hash, also of a user's copy of official or starter weights; false for other files and random weights. */
  verified: z.boolean(),
  /** Absent in runs of older versions and for random weights. */
  layout: WeightsLayout.optional(),
});
export type WeightsOrigin = z.infer<typeof WeightsOrigin>;

/** Schema fields of an epoch's figures. Logs of older versions lack those added later. */
export const figuresOf = (metrics: readonly Pick<MetricSpec, 'name' | 'addedLater'>[]) =>
  Object.fromEntries(metrics.map(({ name, addedLater }) => [name, addedLater ? metric.default(null) : metric]));

const measuredOn = <S extends EpochSplit>(split: S) =>
  figuresOf(metricsOn(split)) as unknown as Record<MeasuredOn<S>, typeof metric>;

export const EpochMetrics = z.object({
  train: z.object(measuredOn('train')),
  /** Two classes: sensitivity and specificity at probability 0.5; more: macro means, one against rest. */
  val: z.object({
    ...measuredOn('val'),
    /** 95 % interval of `auroc`; null with more than two classes. Absent in runs of older versions. */
    aurocInterval: z.tuple([z.number(), z.number()]).nullable().optional(),
    recallPerClass: z.array(metric),
  }),
});
export type EpochMetrics = z.infer<typeof EpochMetrics>;

export const phases = ['checking', 'weights', 'features', 'training', 'validating', 'testing', 'saving'] as const;

/** `name` as reported by the system or the driver; `threads` is 1 on a GPU. `why`: reason for the choice, if there was one. */
export const Device = z.object({ name: z.string(), engine: z.string(), threads: z.int(), why: Problem.optional() });
export type Device = z.infer<typeof Device>;

/** Memory of the computing device: on the CPU this process's resident set, and the machine's memory. */
export const Memory = z.object({ usedBytes: z.int(), totalBytes: z.int() });
export type Memory = z.infer<typeof Memory>;

/** A fixed validation image, predicted again every epoch. `file`: small picture in the run folder; `row`: its row in the predictions. */
export const SampleImage = z.object({ file: z.string(), relativePath: z.string(), label: z.int(), row: z.int() });
export type SampleImage = z.infer<typeof SampleImage>;

/** SHA-256 (hex) of files in the run folder at the time of the event, by path. */
export const FileHashes = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));
export type FileHashes = z.infer<typeof FileHashes>;

/** `epoch` counts from 1 over the whole run, `stage` from 0. `predictions` is a file in the run folder. */
export const EpochEvent = z.object({
  type: z.literal('epoch'),
  epoch: z.int().min(1),
  stage: z.int(),
  metrics: EpochMetrics,
  learningRates: z.object({ head: z.number(), backbone: z.number().nullable() }),
  imagesPerSecond: metric,
  /** Duration of this epoch. */
  elapsedMs: z.number(),
  /** True for the best epoch of its stage so far (by the recipe's `keep`). */
  best: z.boolean(),
  predictions: z.string(),
  /** Hashes of the predictions, the checkpoint, and, for the best epoch, the model. Absent in runs of older versions. */
  files: FileHashes.optional(),
});
export type EpochEvent = z.infer<typeof EpochEvent>;

export const RunEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    runId: z.string(),
    dataset: z
      .string()
      .describe(
        'The dataset folder: its absolute path; in the log one within the project is relative to the run folder (../).',
      ),
    /** Absolute paths of outside folders that the dataset's symbolic links were allowed to lead into. Absent in runs of older versions. */
    linkFolders: z.array(z.string()).optional(),
    recipe: Recipe,
    device: Device,
    pid: z.int(),
    /** Machine to which `pid` belongs. Absent in runs of older versions. */
    machine: Machine.optional(),
    versions: z.record(z.string(), z.string()),
  }),
  /** The run waits until the machine is free; `ahead` runs come first. Repeated when that number changes. */
  z.object({ type: z.literal('queued'), ahead: z.int() }),
  /** Another process resumes a stopped, failed or crashed run: everything after `afterEpoch` is repeated (0: the whole run). */
  z.object({
    type: z.literal('resumed'),
    afterEpoch: z.int(),
    device: Device,
    pid: z.int(),
    /** Same as in `started`. */
    machine: Machine.optional(),
    versions: z.record(z.string(), z.string()),
  }),
  /** `problem`: the condition that the run waits for by itself. Absent: a person requested the pause, as always in older versions. */
  z.object({ type: z.literal('paused'), problem: Problem.optional() }),
  z.object({ type: z.literal('continued') }),
  z.object({
    type: z.literal('checked'),
    classNames: z.array(z.string()),
    counts: SplitCounts,
    fingerprint: z.string(),
    findings: z.array(Finding),
    /** 'given': the folder has its splits; 'made': all made here; 'validationMade': val taken from train; 'testMade': same for test. */
    splitOrigin: z.enum(['given', 'made', 'validationMade', 'testMade']),
    /** Bits of 16-bit images that this run uses. Absent in runs of older versions: 16. */
    depth: Depth.optional(),
    /** Number of images with 16 bits per channel. Absent in runs of older versions. */
    deepImageCount: z.int().optional(),
    /** Hash of images.csv. Absent in runs of older versions. */
    files: FileHashes.optional(),
    /** Present place of the dataset, if it was moved before the run was resumed: its fingerprint shows the same images. */
    dataset: z.string().optional(),
  }),
  /** After the end of a run: its dataset was moved, and the new folder contains the same images. */
  z.object({ type: z.literal('relocated'), dataset: z.string() }),
  z.object({ type: z.literal('weightsLoaded'), weights: WeightsOrigin }),
  z.object({ type: z.literal('warning'), problem: Problem }),
  /** A warning from the curves, found after this epoch. */
  z.object({ type: z.literal('alarm'), epoch: z.int(), problem: Problem }),
  z.object({ type: z.literal('samples'), images: z.array(SampleImage) }),
  z.object({
    type: z.literal('stageStarted'),
    stage: z.int(),
    name: z.string(),
    epochs: z.int(),
    trainableParameters: z.int(),
    unfreeze: z.string().overwrite(currentPartName),
    // As trained, which from random weights differs from the recipe. Absent in runs of older versions: frozen.
    batchNorm: BatchNormMode.default('frozen'),
  }),
  /** At most about one a second. `etaMs`: until the end of the run, from the measured pace; null while unknown. */
  z.object({
    type: z.literal('progress'),
    phase: z.enum(phases),
    done: z.int(),
    total: z.int(),
    stage: z.int().nullable(),
    epoch: z.int().nullable(),
    imagesPerSecond: metric,
    etaMs: metric,
    memory: Memory.nullable().optional(),
  }),
  EpochEvent,
  z.object({
    type: z.literal('stageEnded'),
    stage: z.int(),
    reason: z.enum(['completed', 'earlyStopping']),
    keptEpoch: z.int(),
  }),
  z.object({
    type: z.literal('evaluated'),
    val: SplitEvaluation,
    test: SplitEvaluation,
    /** A probability for people, and log-odds, which decide; the latter are absent in runs of older versions. */
    threshold: metric,
    thresholdLogOdds: metric.optional(),
    /** Reason for a missing threshold for two classes; absent in runs of older versions. */
    thresholdMissing: ThresholdMissing.nullable().optional(),
    positiveClass: z.string().nullable(),
    keptEpoch: z.int(),
    /** Temperature of the calibration, fitted on validation. Absent in runs of older versions. */
    temperature: metric.optional(),
    /** Hashes of evaluation.json, both predictions and both models. Absent in runs of older versions. */
    files: FileHashes.optional(),
  }),
  z.object({
    type: z.literal('ended'),
    reason: z.enum(['finished', 'stopped', 'failed']),
    problem: Problem.nullable(),
    elapsedMs: z.number(),
  }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

/** One line of events.jsonl. `crc` is the CRC-32 (8 hex digits) of the event's JSON text. `seq` counts from 0 without gaps. */
export const EventRecord = z.object({
  v: z.literal(1),
  seq: z.int().min(0),
  at: z.iso.datetime(),
  crc: z.string().regex(/^[0-9a-f]{8}$/),
  event: RunEvent,
});
export type EventRecord = z.infer<typeof EventRecord>;
