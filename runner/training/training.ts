// training/: a prepared run on a device: its stages one after another, the files of each epoch, and continuing from a
// checkpoint. Absent: messages, making features. Called by commands/carryOut.ts.
import { join } from 'node:path';
import type { Architecture, Cut } from '../../shared/contracts/architectures.ts';
import type { EpochEvent } from '../../shared/contracts/events.ts';
import { modelHash } from '../../shared/contracts/fileHashes.ts';
import { files } from '../../shared/contracts/run.ts';
import { cutsAfter, frozenFeatures } from '../features/features.ts';
import type { Objective } from '../programs/objective.ts';
import { trainableOf } from '../programs/trainStep.ts';
import { type Parameters, sizeOf } from '../tensor.ts';
import { imagesAtOnce } from './attempts.ts';
import { type Checkpoint, encodeCheckpoint } from './checkpoint.ts';
import { measureStatistics } from './fromScratch.ts';
import type { ResumedCheckpoint } from './resumption.ts';
import { createPace } from './stage/pace.ts';
import { type EpochResult, type StageContext, trainStage } from './stage/stages.ts';
import { featureOptions, metadataOf, type Trained, type Trainer } from './trainer.ts';
import { workloadOf } from './workload.ts';

/** @param checkpoint  of the last kept epoch; undefined: from the beginning */
export async function trainRun(trainer: Trainer, checkpoint: ResumedCheckpoint | undefined): Promise<Trained> {
  if (!checkpoint) return trainStages(trainer, await startParameters(trainer), undefined);
  await restoreEpoch(trainer, checkpoint);
  return trainStages(trainer, checkpoint.parameters, checkpoint);
}

/** The device measures the statistics of random weights: another device would give slightly different ones. */
async function startParameters(trainer: Trainer): Promise<Parameters> {
  const { job, random, engine, pixels, dataset, control } = trainer;
  const parameters = await trainer.startWeights();
  return random ? measureStatistics({ engine, pixels, dataset, recipe: job.recipe, parameters, control }) : parameters;
}

async function trainStages(trainer: Trainer, start: Parameters, checkpoint: Checkpoint | undefined): Promise<Trained> {
  const { job, dataset, learning, stages, record, report, control, engine } = trainer;
  const { recipe } = job;
  const { train, val, test } = dataset.splits;
  const workload = workloadOf(
    recipe,
    stages,
    { train: train.length, val: val.length, test: test.length },
    learning.objective,
  );
  const pace = createPace(workload.total, control.nowMs);
  let trained: Trained = {
    finished: false,
    parameters: checkpoint?.kept.parameters ?? start,
    keptEpoch: checkpoint?.kept.epoch ?? 0,
    validation: undefined,
  };
  let epochsBefore = checkpoint?.epochsBefore ?? 0;
  if (checkpoint) pace.skip(workload.until(checkpoint.stage, checkpoint.epoch - epochsBefore));
  for (const [stageIndex, stage] of stages.entries()) {
    if (checkpoint && stageIndex < checkpoint.stage) continue;
    const from = checkpoint?.stage === stageIndex ? checkpoint : undefined;
    if (from?.ends) {
      await record({ type: 'stageEnded', stage: stageIndex, reason: from.ends, keptEpoch: from.kept.epoch });
      pace.skip(workload.skippedEpochs(stageIndex, epochsBefore + stage.epochs - from.epoch));
      epochsBefore = from.epoch;
      continue;
    }
    const features = await frozenFeatures(
      featureOptions(trainer),
      trained.parameters,
      stage.unfreeze,
      cutsAfter(recipe.network, stages, stageIndex),
    );
    try {
      await record({
        type: 'stageStarted',
        stage: stageIndex,
        name: stage.name,
        epochs: stage.epochs,
        unfreeze: stage.unfreeze,
        batchNorm: stage.batchNorm,
        trainableParameters: trainableCount(recipe.network, stage.unfreeze, learning.objective),
      });
      let validation = trained.validation;
      const context: StageContext = {
        engine,
        imagesAtOnce: imagesAtOnce(trainer.limits, engine.device),
        dataset,
        recipe,
        stage,
        stageIndex,
        epochsBefore,
        features,
        learning,
        lost: trainer.lost,
        control,
        onStep({ phase, done, total, epoch, images, computed }) {
          const { done: work, skipped } = workload.batch(phase, stageIndex, epoch, images, computed);
          pace.skip(skipped);
          pace.advance(work, images);
          report({
            phase,
            done,
            total,
            stage: stageIndex,
            epoch,
            imagesPerSecond: pace.imagesPerSecond,
            etaMs: pace.etaMs,
          });
        },
        async onEpoch(result) {
          if (result.best) validation = result.validation;
          await saveEpoch(trainer, { stage: stageIndex, epochsBefore: context.epochsBefore }, result);
        },
      };
      const outcome = await trainStage(context, trained.parameters, from);
      if (outcome.keptEpoch !== null)
        trained = { ...trained, parameters: outcome.parameters, keptEpoch: outcome.keptEpoch, validation };
      if (outcome.reason === 'stopped') return trained;
      await record({ type: 'stageEnded', stage: stageIndex, reason: outcome.reason, keptEpoch: trained.keptEpoch });
      pace.skip(workload.skippedEpochs(stageIndex, epochsBefore + stage.epochs - outcome.lastEpoch));
      epochsBefore = outcome.lastEpoch;
    } finally {
      await features.dispose();
    }
  }
  return { ...trained, finished: true };
}

/** An epoch's files are written before its event, so that readers of the event find them. */
async function saveEpoch(
  { run, dataset, learning, record, job, samples, random }: Trainer,
  place: { readonly stage: number; readonly epochsBefore: number },
  result: EpochResult,
): Promise<void> {
  const { epoch, validation } = result;
  const predictions = await learning.writePrediction(run, epoch, validation);
  const metadata = metadataOf(job, learning, epoch);
  if (result.best) await run.writeModel(learning.encodeModel(result.parameters, metadata));
  const event: EpochEvent = {
    type: 'epoch',
    epoch,
    stage: place.stage,
    metrics: result.metrics,
    learningRates: result.learningRates,
    imagesPerSecond: result.imagesPerSecond,
    elapsedMs: result.elapsedMs,
    best: result.best,
    predictions,
    files: run.hashesOf(predictions, ...(result.best ? [files.model] : [])),
  };
  await run.saveCheckpoint(
    encodeCheckpoint(
      result,
      { ...place, random, fingerprint: dataset.fingerprint, event },
      { ...metadata, stage: String(place.stage), steps: String(result.steps) },
    ),
  );
  await samples.follow(validation.images);
  await record({ ...event, files: { ...event.files, ...run.hashesOf(files.checkpoint) } });
}

/** Brings the files of a process that was killed between two of them to the checkpoint's epoch. */
async function restoreEpoch(
  { run, learning, record, job }: Trainer,
  { epoch, event, kept, sha256 }: ResumedCheckpoint,
): Promise<void> {
  const wanted = kept.epoch === epoch ? event.files?.[files.model] : modelHash(run.state, kept.epoch);
  const existing = await run.fs.sha256(join(run.folder, files.model)).catch(() => undefined); // missing or unreadable: written again
  // An intact file stays: another version might write the same weights with other bytes than those in the log.
  if (wanted === undefined || wanted !== existing)
    await run.writeModel(learning.encodeModel(kept.parameters, metadataOf(job, learning, kept.epoch)));
  if (!run.state.epochs.some((row) => row.epoch === epoch))
    await record({ ...event, files: { ...event.files, [files.checkpoint]: sha256 } });
}

function trainableCount(network: Architecture, unfreeze: Cut, objective: Objective): number {
  const { ofBackbone, ofHead } = trainableOf(network, unfreeze, objective);
  return [...ofBackbone, ...ofHead].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
