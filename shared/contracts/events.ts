// RunEvent: everything that can happen to a run. One value serves as log line, as message and as the panel's input.
import { z } from 'zod';
import { SplitEvaluation, ThresholdMissing } from './classification/evaluation.ts';
import { type EpochSplit, type MeasuredOn, metricsOn } from './classification/metricTable.ts';
import { Depth } from './depth.ts';
import { Finding } from './finding.ts';
import { Machine } from './machine.ts';
import { Recipe } from './recipe.ts';

const metric = z.number().nullable();

/** Images per split and class, in the order of `classNames`. */
export const SplitCounts = z.object({ train: z.array(z.int()), val: z.array(z.int()), test: z.array(z.int()) });
export type SplitCounts = z.infer<typeof SplitCounts>;

/** A user-facing error or warning as code and parameters; errors.ts words it. */
export const Problem = z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });
export type Problem = z.infer<typeof Problem>;

/** How a file names the network that was taken from it, and what else it holds. Names are cut to 120 characters, lists to eight. */
export const WeightsLayout = z.object({
  /** Who wrote the file, where it says so. */
  tool: z.enum(['lightning']).nullable(),
  /** Keys of the dictionaries around the tensors, joined by dots: `state_dict`; '' for none. */
  container: z.string(),
  /** Before every name, with its dot: `model.`; '' for none. */
  prefix: z.string(),
  /** torchvision's names, numbers of a Sequential's children (with the stem on its own, or as one), or those of transformers. */
  naming: z.enum(['torchvision', 'children', 'stages', 'transformers']),
  /** Parts that were not taken: a head, a loss, other dictionaries. */
  passedOver: z.array(z.object({ name: z.string(), tensors: z.int() })),
  /** How many more parts `passedOver` does not list. */
  otherParts: z.int(),
  /** Paths of other networks in the file that would have fitted, too. */
  alternatives: z.array(z.string()),
});
export type WeightsLayout = z.infer<typeof WeightsLayout>;

export const WeightsOrigin = z.object({
  kind: z.enum(['official', 'file', 'random']),
  /** IMAGENET1K_V1, a file name, or "random". */
  name: z.string(),
  sha256: z.string().nullable(),
  /** official: matched its published hash. file: not checked against anything. */
  verified: z.boolean(),
  /** Absent in runs of older versions and of random weights. */
  layout: WeightsLayout.optional(),
});
export type WeightsOrigin = z.infer<typeof WeightsOrigin>;

const measuredOn = <S extends EpochSplit>(split: S) =>
  Object.fromEntries(
    metricsOn(split).map(({ name, addedLater }) => [name, addedLater ? metric.default(null) : metric]),
  ) as unknown as Record<MeasuredOn<S>, typeof metric>;

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

/** `name` as the system or the driver tells it; `threads` is 1 on a GPU. `why` it was chosen, where there was a choice. */
export const Device = z.object({ name: z.string(), engine: z.string(), threads: z.int(), why: Problem.optional() });
export type Device = z.infer<typeof Device>;

/** Of the device that computes: on the CPU this process's resident set, and the machine's memory. */
export const Memory = z.object({ usedBytes: z.int(), totalBytes: z.int() });
export type Memory = z.infer<typeof Memory>;

/** A fixed validation image, predicted again every epoch: `file` is its small picture in the run folder, `row` its row in the predictions. */
export const SampleImage = z.object({ file: z.string(), relativePath: z.string(), label: z.int(), row: z.int() });
export type SampleImage = z.infer<typeof SampleImage>;

/** SHA-256 (hex) of files as they lie in the run folder by the time of the event, by their paths in it. */
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
  /** The time that this epoch took. */
  elapsedMs: z.number(),
  /** The stage's best so far (by the recipe's `keep`). */
  best: z.boolean(),
  predictions: z.string(),
  /** Of the predictions, the checkpoint, and the model if this epoch is the best. Absent in runs of older versions. */
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
    /** Absolute paths of folders outside of it that its symbolic links were allowed to lead into. Absent in runs of older versions. */
    linkFolders: z.array(z.string()).optional(),
    recipe: Recipe,
    device: Device,
    pid: z.int(),
    /** On which `pid` means this runner. Absent in runs of older versions. */
    machine: Machine.optional(),
    versions: z.record(z.string(), z.string()),
  }),
  /** Waits until the machine is free; `ahead` runs come before it. Told again when that number changes. */
  z.object({ type: z.literal('queued'), ahead: z.int() }),
  /** Another process goes on with a stopped, failed or crashed run: what came after `afterEpoch` is done again (0: everything). */
  z.object({
    type: z.literal('resumed'),
    afterEpoch: z.int(),
    device: Device,
    pid: z.int(),
    /** As in `started`. */
    machine: Machine.optional(),
    versions: z.record(z.string(), z.string()),
  }),
  /** `problem`: what the run waits for by itself. Absent: a person asked for the pause, as always in runs of older versions. */
  z.object({ type: z.literal('paused'), problem: Problem.optional() }),
  z.object({ type: z.literal('continued') }),
  z.object({
    type: z.literal('checked'),
    classNames: z.array(z.string()),
    counts: SplitCounts,
    fingerprint: z.string(),
    findings: z.array(Finding),
    /** 'given': the folder has its splits; 'made': all made here; 'validationMade': val carved from train; 'testMade': test carved from train. */
    splitOrigin: z.enum(['given', 'made', 'validationMade', 'testMade']),
    /** How 16-bit images are read in this run. Absent in runs of older versions: 16. */
    depth: Depth.optional(),
    /** Images of 16 bits a channel. Absent in runs of older versions. */
    deepImageCount: z.int().optional(),
    /** Of images.csv. Absent in runs of older versions. */
    files: FileHashes.optional(),
    /** Where the dataset is now, when a run goes on with one that was moved: the same images by their fingerprint. */
    dataset: z.string().optional(),
  }),
  /** After the end of a run: a person has moved its dataset, and it holds the same images there. */
  z.object({ type: z.literal('relocated'), dataset: z.string() }),
  z.object({ type: z.literal('weightsLoaded'), weights: WeightsOrigin }),
  z.object({ type: z.literal('warning'), problem: Problem }),
  /** What the curves say, in words; found after this epoch. */
  z.object({ type: z.literal('alarm'), epoch: z.int(), problem: Problem }),
  z.object({ type: z.literal('samples'), images: z.array(SampleImage) }),
  z.object({
    type: z.literal('stageStarted'),
    stage: z.int(),
    name: z.string(),
    epochs: z.int(),
    trainableParameters: z.int(),
    unfreeze: z.string(),
  }),
  /** At most about one a second. `etaMs`: to the end of the run, from the measured pace; null while unknown. */
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
    /** A probability for people, and log-odds, which decide; absent in runs of older versions. */
    threshold: metric,
    thresholdLogOdds: metric.optional(),
    /** Why there is none for two classes; absent in runs of older versions. */
    thresholdMissing: ThresholdMissing.nullable().optional(),
    positiveClass: z.string().nullable(),
    keptEpoch: z.int(),
    /** Of the calibration, fitted on validation. Absent in runs of older versions. */
    temperature: metric.optional(),
    /** Of evaluation.json, both predictions and both models. Absent in runs of older versions. */
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
