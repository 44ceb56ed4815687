import type { RunEvent } from '../../shared/contracts/events.ts';
import type { FineTuneJob } from '../../shared/contracts/job.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import type { FeatureCache } from '../features/featureCache.ts';
import { type FeatureOptions, frozenFeatures } from '../features/features.ts';
import type { LostImages } from '../features/lostImages.ts';
import type { Control } from '../run/control.ts';
import type { Reporter } from '../run/progress.ts';
import type { RunFolder } from '../store/store.ts';
import type { Learning, Prediction, Task, TrainedRun } from '../task.ts';
import type { Parameters } from '../tensor.ts';
import { imagesAtOnce, type Limits } from './attempts.ts';
import type { PreparedRun } from './prepareRun.ts';

/** A run while a process works on it. */
export interface LiveRun {
  readonly job: FineTuneJob;
  readonly task: Task;
  readonly run: RunFolder;
  readonly record: (event: RunEvent) => Promise<void>;
  readonly report: Reporter;
  readonly control: Control;
}

/** A prepared run on a device. */
export interface Trainer extends PreparedRun {
  readonly engine: Engine;
  readonly limits: Limits;
  readonly cache: FeatureCache;
  /** Images lost in this attempt. */
  readonly lost: LostImages;
}

export interface Trained<P extends Prediction = Prediction> {
  readonly finished: boolean;
  readonly parameters: Parameters;
  readonly keptEpoch: number;
  /** Validation with the kept weights. */
  readonly validation: P | undefined;
}

export const featureOptions = ({
  job: { recipe },
  engine,
  limits,
  pixels,
  cache,
  dataset,
}: Trainer): FeatureOptions => ({
  engine,
  pixels,
  cache,
  architecture: recipe.network,
  imageHashes: dataset.images.map((image) => image.sha256),
  imageSize: recipe.imageSize,
  color: recipe.color,
  depth: dataset.depth.depth,
  trainViews: recipe.trainViews,
  seed: recipe.seed,
  trunkBatch: Math.min(recipe.batchSize.train, imagesAtOnce(limits, engine.device)),
});

export const metadataOf = ({ recipe, runId }: FineTuneJob, { metadata }: Learning, epoch: number) => ({
  architecture: recipe.network,
  ...metadata,
  runId,
  epoch: String(epoch),
});

/** The trained run as the task's final evaluation needs it. */
export function trainedRun<P extends Prediction>(trainer: Trainer, trained: Trained<P>): TrainedRun<Dataset, P> {
  const { job, run, dataset, engine, lost, control, report, record, limits, stages } = trainer;
  const { parameters, keptEpoch, validation } = trained;
  return {
    job,
    run,
    dataset,
    engine,
    lost,
    control,
    report,
    record,
    parameters,
    keptEpoch,
    validation,
    evaluationOn: async (on) => ({
      engine: on,
      imagesAtOnce: imagesAtOnce(limits, on.device),
      features: await frozenFeatures(
        featureOptions({ ...trainer, engine: on }),
        parameters,
        stages.at(-1)!.unfreeze,
        [],
      ),
    }),
  };
}
