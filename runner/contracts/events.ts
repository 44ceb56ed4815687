// RunEvent: everything that can happen to a run. One value serves as log line, as message and as the panel's input.
import { z } from 'zod';
import { SplitEvaluation } from './evaluation.ts';
import { Finding } from './finding.ts';
import { Recipe } from './recipe.ts';

const metric = z.number().nullable();

/** Images per split and class, in the order of `classNames`. */
export const SplitCounts = z.object({ train: z.array(z.int()), val: z.array(z.int()), test: z.array(z.int()) });
export type SplitCounts = z.infer<typeof SplitCounts>;

/** A user-facing error or warning as code and parameters; errors.ts words it. */
export const Problem = z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });
export type Problem = z.infer<typeof Problem>;

export const WeightsOrigin = z.object({
  kind: z.enum(['official', 'file', 'random']),
  /** IMAGENET1K_V1, a file name, or "random". */
  name: z.string(),
  sha256: z.string().nullable(),
  /** official: matched its published hash. file: not checked against anything. */
  verified: z.boolean(),
});
export type WeightsOrigin = z.infer<typeof WeightsOrigin>;

export const EpochMetrics = z.object({
  train: z.object({ loss: metric, accuracy: metric, auroc: metric }),
  /** Two classes: sensitivity and specificity at probability 0.5; more: macro means, one against rest. */
  val: z.object({
    loss: metric,
    accuracy: metric,
    auroc: metric,
    auprc: metric,
    sensitivity: metric,
    specificity: metric,
    recallPerClass: z.array(metric),
  }),
});
export type EpochMetrics = z.infer<typeof EpochMetrics>;

export const phases = ['checking', 'weights', 'features', 'training', 'validating', 'testing', 'saving'] as const;

/** `epoch` counts from 1 over the whole run, `stage` from 0. `predictions` is a file in the run folder. */
export const EpochEvent = z.object({
  type: z.literal('epoch'),
  epoch: z.int().min(1),
  stage: z.int(),
  metrics: EpochMetrics,
  learningRates: z.object({ head: z.number(), backbone: z.number().nullable() }),
  imagesPerSecond: metric,
  elapsedMs: z.number(),
  /** The stage's best so far (by the recipe's `keep`). */
  best: z.boolean(),
  predictions: z.string(),
});
export type EpochEvent = z.infer<typeof EpochEvent>;

export const RunEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    runId: z.string(),
    dataset: z.string().describe('Absolute path of the dataset folder.'),
    recipe: Recipe,
    device: z.object({ name: z.string(), engine: z.string(), threads: z.int() }),
    pid: z.int(),
    versions: z.record(z.string(), z.string()),
  }),
  z.object({
    type: z.literal('checked'),
    classNames: z.array(z.string()),
    counts: SplitCounts,
    fingerprint: z.string(),
    findings: z.array(Finding),
    /** 'given': the folder has its splits; 'made': all made here; 'validationMade': val carved from train; 'testMade': test carved from train. */
    splitOrigin: z.enum(['given', 'made', 'validationMade', 'testMade']),
  }),
  z.object({ type: z.literal('weightsLoaded'), weights: WeightsOrigin }),
  z.object({ type: z.literal('warning'), problem: Problem }),
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
    threshold: metric,
    positiveClass: z.string().nullable(),
    keptEpoch: z.int(),
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
