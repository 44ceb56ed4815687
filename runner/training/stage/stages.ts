// One stage of the recipe, epoch by epoch: batches of features through the training step, then validation with the resulting weights.
// Absent: files, messages, making features, the task's objective. Called by training.ts.

import type { Architecture } from '../../../shared/contracts/architectures.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { EpochMetrics } from '../../../shared/contracts/events.ts';
import type { Recipe, Stage } from '../../../shared/contracts/recipe.ts';
import { batchesOf } from '../../batches/batches.ts';
import { lookahead } from '../../batches/lookahead.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Engine } from '../../engine/engine.ts';
import type { FrozenFeatures, Sample } from '../../features/features.ts';
import type { LostImages } from '../../features/lostImages.ts';
import { optimizerOf } from '../../graph/optimizers/optimizers.ts';
import { cutBelowHead } from '../../network/cut.ts';
import { isMoment } from '../../programs/trainStep.ts';
import type { Control } from '../../run/control.ts';
import type { Collector, Learning, Prediction } from '../../task.ts';
import type { FloatTensor, Parameters, Tensor } from '../../tensor.ts';
import { type BatchStep, loadBatchStep, rowsOfImage } from '../step/batchStep.ts';
import { fewestImages } from '../step/fewestImages.ts';
import { type Rates, scheduleOf } from '../step/schedules.ts';
import { trainedBatchNorm } from '../step/stepInputs.ts';
import { earlyStopping, type PatienceState } from './earlyStopping.ts';

export interface StageContext {
  readonly engine: Engine;
  /** Most images that the engine takes in one run. */
  readonly imagesAtOnce: number;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  readonly stage: Stage;
  readonly stageIndex: number;
  /** Epochs of the run before this stage. */
  readonly epochsBefore: number;
  readonly features: FrozenFeatures;
  readonly learning: Learning;
  readonly lost: LostImages;
  readonly control: Control;
  onStep(step: BatchDone): void;
  onEpoch(result: EpochResult): Promise<void>;
}

/** One batch of a phase: `computed` of its `images` passed the frozen trunk. */
export interface BatchDone {
  readonly phase: 'training' | 'validating';
  readonly done: number;
  readonly total: number;
  readonly epoch: number;
  readonly images: number;
  readonly computed: number;
}

export interface EpochResult {
  readonly epoch: number;
  readonly metrics: EpochMetrics;
  readonly learningRates: { readonly head: number; readonly backbone: number | null };
  readonly elapsedMs: number;
  readonly imagesPerSecond: number;
  readonly best: boolean;
  readonly validation: Prediction;
  /** All parameters after this epoch, and the optimizer's state by name. */
  readonly parameters: Parameters;
  readonly optimizerState: ReadonlyMap<string, Tensor>;
  readonly steps: number;
  /** The stage's best so far: this epoch or an earlier one. */
  readonly kept: Kept;
  readonly patience: PatienceState;
  /** Set with the stage's last epoch. */
  readonly ends: 'completed' | 'earlyStopping' | null;
}

export interface Kept {
  readonly parameters: Parameters;
  readonly epoch: number;
  readonly loss: number;
}

/** A stage after one of its epochs: everything that the next one needs. */
export interface StageProgress {
  readonly epoch: number;
  readonly parameters: Parameters;
  readonly optimizerState: ReadonlyMap<string, Tensor>;
  readonly kept: Kept;
  readonly patience: PatienceState;
}

export interface StageOutcome {
  readonly reason: 'completed' | 'earlyStopping' | 'stopped';
  /** The kept weights, or the initial ones if no epoch was finished. */
  readonly parameters: Parameters;
  readonly keptEpoch: number | null;
  readonly lastEpoch: number;
}

/** @param from  continues after that epoch, with the numbers of an uninterrupted stage */
export async function trainStage(
  context: StageContext,
  start: Parameters,
  from?: StageProgress,
): Promise<StageOutcome> {
  const { stage, recipe, epochsBefore, control } = context;
  const parameters = from?.parameters ?? start;
  const trainStep = await trainStepOf(context, parameters, from?.optimizerState);
  try {
    const patience = earlyStopping(stage.earlyStopping, from?.patience);
    const stepsPerEpoch = Math.ceil(context.dataset.splits.train.length / recipe.batchSize.train);
    const rates = ratesOf(recipe.network, stage, stepsPerEpoch);
    let kept: Kept | undefined = from?.kept;
    const stopped = (during: number): StageOutcome => ({
      reason: 'stopped',
      parameters: kept?.parameters ?? parameters,
      keptEpoch: kept?.epoch ?? null,
      lastEpoch: during - 1,
    });
    let epoch = from?.epoch ?? epochsBefore;
    for (let i = epoch - epochsBefore; i < stage.epochs; i++) {
      epoch = epochsBefore + i + 1;
      const startMs = control.nowMs();
      const train = await trainEpoch(context, trainStep, rates, epoch, i * stepsPerEpoch);
      if (!train) return stopped(epoch);
      const trainedMs = control.nowMs() - startMs;
      const state = await trainStep.readState();
      const current = new Map(parameters);
      const optimizerState = new Map<string, Tensor>();
      for (const [name, tensor] of state)
        if (isMoment(name)) optimizerState.set(name, tensor);
        else current.set(name, tensor as FloatTensor);
      const validation = await validate(context, current, epoch);
      if (!validation) return stopped(epoch);
      // Each step was finite, but the resulting weights may be too large for the images that follow.
      const image = context.learning.imageWithoutOutput(validation);
      if (image !== undefined)
        throw new UserError('notFinite', {
          stage: context.stageIndex + 1,
          epoch,
          step: stepsPerEpoch,
          what: `output for the validation image "${image}"`,
        });
      const metrics = train.collected.metrics(train.loss, validation);
      const best = recipe.keep === 'last' || !kept || validation.loss < kept.loss;
      if (best) kept = { parameters: current, epoch, loss: validation.loss };
      const givesUp = patience.shouldStop({ loss: validation.loss, auroc: metrics.val.auroc });
      const ends = givesUp ? 'earlyStopping' : i === stage.epochs - 1 ? 'completed' : null;
      await context.onEpoch({
        epoch,
        metrics,
        learningRates: train.learningRates,
        elapsedMs: control.nowMs() - startMs,
        imagesPerSecond: (train.imageCount * 1000) / trainedMs,
        best,
        validation,
        parameters: current,
        optimizerState,
        steps: (i + 1) * stepsPerEpoch,
        kept: kept!,
        patience: patience.state,
        ends,
      });
      if (givesUp) return { reason: 'earlyStopping', ...handOn(kept!), lastEpoch: epoch };
    }
    return { reason: 'completed', ...handOn(kept!), lastEpoch: epoch };
  } finally {
    await trainStep.dispose();
  }
}

const handOn = (kept: Kept) => ({
  parameters: kept.parameters,
  keptEpoch: kept.epoch,
});

const trainStepOf = (
  { engine, imagesAtOnce, recipe, stage, learning, features }: StageContext,
  parameters: Parameters,
  optimizerState?: ReadonlyMap<string, Tensor>,
): Promise<BatchStep> =>
  loadBatchStep(engine, {
    imagesAtOnce,
    optimizerState,
    architecture: recipe.network,
    parameters,
    unfreeze: stage.unfreeze,
    objective: learning.objective,
    batch: recipe.batchSize.train,
    imageSize: recipe.imageSize,
    featureType: features.featureType,
    optimizer: stage.optimizer,
    batchNorm: trainedBatchNorm(stage),
  });

type GroupRates = (step: number) => { readonly head: Rates; readonly backbone: Rates | null };

function ratesOf(network: Architecture, stage: Stage, stepsPerEpoch: number): GroupRates {
  const { optimizer } = stage;
  const { baseMomentum } = optimizerOf(optimizer);
  const of = (baseRate: number) =>
    scheduleOf(stage.schedule, { baseRate, baseMomentum, epochs: stage.epochs, stepsPerEpoch });
  const head = of(optimizer.learningRate.head);
  const backbone =
    stage.unfreeze === cutBelowHead(network)
      ? null
      : of(optimizer.learningRate.backbone ?? optimizer.learningRate.head);
  return (step) => ({ head: head(step), backbone: backbone?.(step) ?? null });
}

interface TrainedEpoch {
  readonly loss: number;
  /** Number of images that took part. */
  readonly imageCount: number;
  readonly collected: Collector;
  readonly learningRates: EpochResult['learningRates'];
}

/** undefined: stopped on request. */
async function trainEpoch(
  context: StageContext,
  trainStep: BatchStep,
  rates: GroupRates,
  epoch: number,
  firstStep: number,
): Promise<TrainedEpoch | undefined> {
  const { dataset, recipe, features, learning, lost, control, stageIndex } = context;
  const { train } = dataset.splits;
  const order = learning.order(epoch);
  const batchSize = recipe.batchSize.train;
  const batches = batchesOf(order, batchSize);
  const { viewsPerImage } = learning.objective;
  const fewest = fewestImages(recipe, context.stage, viewsPerImage);
  const views = viewsOf(recipe, epoch, viewsPerImage);
  const prepare = async (batch: (typeof batches)[number]) => {
    const images = batch.indices.map((i) => train[i]!);
    const samples = images.slice(0, batch.count).flatMap((image) => views.map((view): Sample => ({ image, view })));
    const [ofFeatures, inputs] = await Promise.all([features.prepare(samples), learning.inputsOf(images, views)]);
    return { images, ofFeatures, inputs };
  };

  let weightedLoss = 0;
  let totalWeight = 0;
  let step = 0;
  let at = rates(firstStep);
  const collected = learning.collect();
  let imageCount = 0;
  for await (const { item: batch, prepared } of lookahead(batches, 2, prepare)) {
    await control.turn();
    if (control.signal.aborted) return undefined;
    const { images, ofFeatures, inputs } = prepared;
    const { features: input, lost: gone, computed } = await features.finish(ofFeatures, batchSize * viewsPerImage);
    lost.add(gone);
    const lostHere = new Set(gone.map((sample) => sample.image));
    const weights = images.map((image, i) => (i < batch.count && !lostHere.has(image) ? learning.weightOf(image) : 0));
    const weight = weights.reduce((sum, w) => sum + w, 0);
    at = rates(firstStep + step);
    step++;
    // Lost images may leave too few for BatchNorm in train mode: then no step is taken, as for a batch of lost images.
    if (weight > 0 && weights.filter((each) => each > 0).length >= fewest) {
      const { loss, gradientNorm, outputs } = await trainStep.take({
        inputs: { [features.inputName]: input, ...inputs },
        weights,
        rates: at,
        step: firstStep + step,
      });
      const what = !Number.isFinite(loss) ? 'loss' : !Number.isFinite(gradientNorm) ? 'gradient' : undefined;
      if (what) throw new UserError('notFinite', { stage: stageIndex + 1, epoch, step, what });
      weightedLoss += loss * weight;
      totalWeight += weight;
      images.slice(0, batch.count).forEach((image, i) => {
        if (lostHere.has(image)) return;
        collected.add(image, rowsOfImage(outputs, i, batchSize));
        imageCount++;
      });
    }
    context.onStep({
      phase: 'training',
      done: Math.min(step * batchSize, train.length),
      total: train.length,
      epoch,
      images: batch.count,
      computed,
    });
  }
  return {
    loss: weightedLoss / totalWeight,
    imageCount,
    collected,
    learningRates: { head: at.head.learningRate, backbone: at.backbone?.learningRate ?? null },
  };
}

/** Numbers of the views that an epoch shows of each image: new ones until all of the recipe's were shown. */
export function viewsOf(
  { trainViews: { count } }: Pick<Recipe, 'trainViews'>,
  epoch: number,
  perImage: number,
): number[] {
  const first = (epoch - 1) * perImage;
  return Array.from({ length: perImage }, (_, i) => (count === 'fresh' ? first + i : (first + i) % count));
}

const validate = (context: StageContext, parameters: Parameters, epoch: number): Promise<Prediction | undefined> =>
  context.learning.predict({
    engine: context.engine,
    imagesAtOnce: context.imagesAtOnce,
    features: context.features,
    parameters,
    images: context.dataset.splits.val,
    lost: context.lost,
    control: context.control,
    onBatch: (batch) => context.onStep({ phase: 'validating', epoch, ...batch }),
  });
