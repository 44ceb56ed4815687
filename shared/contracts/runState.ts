// RunState is a fold over RunEvents: the one reducer for the sidebar, the panel and the command line's `runs`.

import { z } from 'zod';
import { currentPartName } from './architectures.ts';
import { SplitEvaluation, ThresholdMissing } from './classification/evaluation.ts';
import { epochValue, headlineMetric } from './classification/metricTable.ts';
import { Depth } from './depth.ts';
import {
  Device,
  EpochEvent,
  FileHashes,
  Memory,
  Problem,
  phases,
  type RunEvent,
  SampleImage,
  SplitCounts,
  WeightsOrigin,
} from './events.ts';
import { Finding } from './finding.ts';
import { Machine } from './machine.ts';
import { BatchNormMode, Recipe } from './recipe.ts';
import { storedThreshold, type Threshold } from './scores.ts';

export const runStatuses = ['queued', 'running', 'paused', 'stopped', 'finished', 'failed'] as const;
export const RunStatus = z.enum(runStatuses);
export type RunStatus = z.infer<typeof RunStatus>;

/** Duration of a run's epochs, in milliseconds: the known part of the duration of a run without an end. */
export const epochsMs = (epochs: readonly { readonly elapsedMs: number }[]): number =>
  epochs.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);

/** True while the run itself has not recorded its end. */
export const isOpenStatus = (status: RunStatus): boolean =>
  status === 'queued' || status === 'running' || status === 'paused';

/** True if the run paused by itself until the disk accepts its writes. */
export const waitsForDisk = ({ status, problem }: Pick<RunState, 'status' | 'problem'>): boolean =>
  status === 'paused' && problem !== null;

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

export const RunState = z.object({
  runId: z.string(),
  status: RunStatus,
  dataset: z.string().nullable(),
  linkFolders: z.array(z.string()).default([]),
  recipe: Recipe.nullable(),
  device: Device.nullable(),
  /** While queued: number of runs ahead of this one. */
  ahead: z.int().nullable().default(null),
  pid: z.int().nullable(),
  /** Machine to which `pid` belongs; null: a run of an older version, or no runner yet. */
  machine: Machine.nullable().default(null),
  classNames: z.array(z.string()),
  counts: SplitCounts.nullable(),
  fingerprint: z.string().nullable(),
  splitOrigin: z.enum(['given', 'made', 'validationMade', 'testMade']).nullable(),
  /** Bits of 16-bit images that are used. */
  depth: Depth.default(16),
  /** Number of images with 16 bits per channel; null: an older version, which did not count them. */
  deepImageCount: z.int().nullable().default(null),
  findings: z.array(Finding),
  /** Hash of the list of images. Absent in runs of older versions. */
  files: FileHashes.optional(),
  weights: WeightsOrigin.nullable(),
  warnings: z.array(Problem),
  alarms: z.array(z.object({ epoch: z.int(), problem: Problem })).default([]),
  samples: z.array(SampleImage).default([]),
  stages: z.array(
    z.object({
      name: z.string(),
      epochs: z.int(),
      unfreeze: z.string().overwrite(currentPartName),
      trainableParameters: z.int(),
      batchNorm: BatchNormMode.default('frozen'),
      keptEpoch: z.int().nullable(),
      endReason: z.enum(['completed', 'earlyStopping']).nullable(),
    }),
  ),
  progress: z
    .object({
      phase: z.enum(phases),
      done: z.int(),
      total: z.int(),
      stage: z.int().nullable(),
      epoch: z.int().nullable(),
      imagesPerSecond: z.number().nullable(),
      etaMs: z.number().nullable(),
      memory: Memory.nullable().optional(),
    })
    .nullable(),
  epochs: z.array(EpochEvent.omit({ type: true })),
  evaluation: z
    .object({
      val: SplitEvaluation,
      test: SplitEvaluation,
      threshold: z.number().nullable(),
      thresholdLogOdds: z.number().nullable().optional(),
      thresholdMissing: ThresholdMissing.nullable().optional(),
      positiveClass: z.string().nullable(),
      keptEpoch: z.int(),
      temperature: z.number().nullable().optional(),
      files: FileHashes.optional(),
    })
    .nullable(),
  /** Reason of a failure; for a paused run, the condition that it waits for: null when a person requested the pause. */
  problem: Problem.nullable(),
  elapsedMs: z.number().nullable(),
});
export type RunState = z.infer<typeof RunState>;
export type EpochRow = RunState['epochs'][number];

export const initialRunState = (runId: string): RunState => ({
  runId,
  status: 'queued',
  dataset: null,
  linkFolders: [],
  recipe: null,
  device: null,
  ahead: null,
  pid: null,
  machine: null,
  classNames: [],
  counts: null,
  fingerprint: null,
  splitOrigin: null,
  depth: 16,
  deepImageCount: null,
  findings: [],
  weights: null,
  warnings: [],
  alarms: [],
  samples: [],
  stages: [],
  progress: null,
  epochs: [],
  evaluation: null,
  problem: null,
  elapsedMs: null,
});

/** Pure. Events must arrive in the order of their `seq`. */
export function applyRunEvent(run: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'started':
      return {
        ...run,
        status: 'running',
        runId: event.runId,
        dataset: event.dataset,
        linkFolders: event.linkFolders ?? [],
        recipe: event.recipe,
        device: event.device,
        ahead: null,
        pid: event.pid,
        machine: event.machine ?? null,
      };
    case 'queued':
      return { ...run, status: 'queued', ahead: event.ahead };
    case 'resumed':
      return {
        ...run,
        status: 'running',
        device: event.device,
        ahead: null,
        pid: event.pid,
        machine: event.machine ?? null,
        epochs: run.epochs.filter(({ epoch }) => epoch <= event.afterEpoch),
        alarms: run.alarms.filter(({ epoch }) => epoch <= event.afterEpoch),
        warnings: [],
        progress: null,
        evaluation: null,
        problem: null,
        elapsedMs: null,
      };
    case 'paused':
      return { ...run, status: 'paused', problem: event.problem ?? null };
    case 'continued':
      return { ...run, status: 'running', problem: null };
    case 'checked': {
      const { files: _, ...rest } = run; // hashes of the previous list
      return {
        ...rest,
        dataset: event.dataset ?? run.dataset,
        classNames: event.classNames,
        counts: event.counts,
        fingerprint: event.fingerprint,
        findings: event.findings,
        splitOrigin: event.splitOrigin,
        depth: event.depth ?? 16,
        deepImageCount: event.deepImageCount ?? null,
        ...(event.files && { files: event.files }),
      };
    }
    case 'relocated':
      return { ...run, dataset: event.dataset };
    case 'weightsLoaded':
      return { ...run, weights: event.weights };
    case 'warning':
      return { ...run, warnings: [...run.warnings, event.problem] };
    case 'alarm':
      return { ...run, alarms: [...run.alarms, { epoch: event.epoch, problem: event.problem }] };
    case 'samples':
      return { ...run, samples: event.images };
    case 'stageStarted': // recorded again when a run is resumed within it
      return { ...run, stages: [...run.stages.slice(0, event.stage), stageRow(event)] };
    case 'progress': {
      const { type: _, ...progress } = event;
      return { ...run, progress };
    }
    case 'epoch': {
      const { type: _, ...epoch } = event;
      return { ...run, epochs: [...run.epochs, epoch] };
    }
    case 'stageEnded':
      return {
        ...run,
        stages: run.stages.map((stage, i) =>
          i === event.stage ? { ...stage, keptEpoch: event.keptEpoch, endReason: event.reason } : stage,
        ),
      };
    case 'evaluated': {
      const { type: _, ...evaluation } = event;
      return { ...run, evaluation };
    }
    case 'ended':
      return { ...run, status: event.reason, problem: event.problem, elapsedMs: event.elapsedMs, progress: null };
    default:
      return unreachable(event);
  }
}

const stageRow = (event: Of<'stageStarted'>): RunState['stages'][number] => ({
  name: event.name,
  epochs: event.epochs,
  unfreeze: event.unfreeze,
  trainableParameters: event.trainableParameters,
  batchNorm: event.batchNorm,
  keptEpoch: null,
  endReason: null,
});

/** With two classes: the threshold of the run's own decisions. null: the most probable class. */
export const evaluatedThreshold = (evaluation: RunState['evaluation']): Threshold | null =>
  evaluation?.threshold == null ? null : storedThreshold(evaluation.threshold, evaluation.thresholdLogOdds);

/** Reason why the most probable of two classes decides; null: it does not. Older versions kept no reason, but it can be inferred. */
export function thresholdMissing(evaluation: NonNullable<RunState['evaluation']>): ThresholdMissing | null {
  const { threshold, positiveClass, thresholdMissing: recorded, val } = evaluation;
  if (threshold !== null || positiveClass === null) return null;
  return recorded ?? (val.auroc === null ? 'oneClassOnly' : 'noBetterThanChance');
}

/** The epoch whose weights are kept: those of the last stage with any epoch; during a stage, its best epoch so far. */
export function keptEpochOf({ evaluation, epochs }: Pick<RunState, 'evaluation' | 'epochs'>): number | null {
  return evaluation?.keptEpoch ?? epochs.findLast(({ best }) => best)?.epoch ?? null;
}

/**
 * The figure shown in lists: test AUROC once evaluated, else the validation AUROC of the kept weights. Another epoch may have had a
 * larger one (epochs are kept by their loss), but its weights are gone.
 */
export function headline(run: RunState): { readonly name: string; readonly value: number } | undefined {
  const { label } = headlineMetric;
  const tested = run.evaluation && headlineMetric.evaluated(run.evaluation.test, null);
  if (tested != null) return { name: `test ${label}`, value: tested };
  const kept = keptEpochOf(run);
  const row = run.epochs.find(({ epoch }) => epoch === kept);
  const value = row && epochValue(row.metrics, 'val', headlineMetric);
  return value == null ? undefined : { name: `val ${label}`, value };
}

function unreachable(value: never): never {
  throw new Error(`Unhandled run event ${JSON.stringify(value)}`);
}
