// What a run learns, as questions that its story asks: what is known of an image, how an epoch is put together and judged, what is shown
// beside it, and what the last word is; what a step minimizes is its objective (programs/objective.ts). Segmentation, detection, and
// pretraining are further rows of commands/tasks.ts, each a room like classification/. Absent: which device computes, attempts, checkpoints,
// the log; they serve every task alike.
import type { EpochMetrics, Problem, RunEvent } from '../shared/contracts/events.ts';
import type { ListedImage } from '../shared/contracts/imageList.ts';
import type { FineTuneJob } from '../shared/contracts/job.ts';
import type { Recipe } from '../shared/contracts/recipe.ts';
import type { RunState } from '../shared/contracts/runState.ts';
import type { TaskType } from '../shared/contracts/task.ts';
import type { CheckOptions, Dataset, DatasetIo } from './dataset/dataset.ts';
import type { IndexedFolder } from './dataset/indexed.ts';
import type { WalkOptions } from './dataset/walk.ts';
import type { Engine } from './engine/engine.ts';
import type { EvaluateJob, TaskEvaluation } from './evaluation/evaluation.ts';
import type { Subject } from './evaluation/subject.ts';
import type { ViewsDone } from './features/evaluationViews.ts';
import type { FrozenFeatures } from './features/features.ts';
import type { LostImages } from './features/lostImages.ts';
import type { ParameterSpec } from './network/parameters.ts';
import type { ImageRows, Objective } from './programs/objective.ts';
import type { Control } from './run/control.ts';
import type { Reporter } from './run/progress.ts';
import type { RunFolder } from './store/store.ts';
import type { Parameters, Tensor } from './tensor.ts';
import type { PixelSource } from './views/threads/pixels.ts';

/**
 * @template D  images with what the task knows of them (dataset/targets.ts)
 * @template P  what the network says of images, as the task keeps it
 */
export interface Task<D extends Dataset = Dataset, P extends Prediction = Prediction> {
  readonly type: TaskType;
  /** Index of a folder's images, from names alone. @throws UserError if they form no dataset of the task */
  indexFolder(folder: string, options: IndexOptions): Promise<IndexedFolder>;
  /** Decodes the images of an index, splits them, and looks for what is wrong with them: checkDataset(), with the task's targets. */
  checkDataset(indexed: IndexedFolder, options: CheckOptions, io?: DatasetIo): Promise<D>;
  /** The task's part of the report of `check`. */
  describe(dataset: D): DatasetWords;
  /** The list of images that the run folder stores. */
  imageList(dataset: D): ListedImage[];
  /** @throws UserError where the recipe asks for what the images do not have */
  learn(recipe: Recipe, dataset: D): Learning<P>;
  /** Every parameter of the network that a run trains, from the images in its log. */
  parameters(recipe: Recipe, state: RunState): readonly Omit<ParameterSpec, 'part'>[];
  /** Keeps what a panel shows of a few images from epoch to epoch. @throws UserError cannotWrite, diskFull */
  keepSamples(options: SampleOptions<D>): Promise<Samples>;
  /** Alarms that the latest epoch of a run raises. */
  newAlarms(state: RunState): readonly Problem[];
  /** The last word, with the kept weights, recorded. @returns false: asked to stop */
  finalEvaluation(trained: TrainedRun<D, P>): Promise<boolean>;
  /** A trained model on images. @throws UserError for a model, or a wish, that does not fit the task */
  evaluation(subject: Subject, job: EvaluateJob): Promise<TaskEvaluation>;
}

export interface IndexOptions extends WalkOptions {
  /** known: by the recipe, or an earlier start of the run, the outer folders are what the task takes them for; unknown when left out */
  readonly innerFolders?: 'known' | 'unknown';
  /** Images of an earlier start of the run: it keeps the layout in which an older version may have read them. */
  readonly recorded?: readonly ListedImage[] | undefined;
}

export interface DatasetWords {
  /** Behind the number of images: "in 2 classes". */
  readonly extent: string;
  /** Rows of cells, escaped, under a head: how many images of what there are in each split. */
  readonly counts: readonly (readonly string[])[];
  /** Behind "The same image": copies of which different things are known. "in more than one class" */
  readonly contradicting: string;
  /** Behind "The same image more than once": copies that agree. "in its class and split" */
  readonly alike: string;
}

/** A task on the images of a run. */
export interface Learning<P extends Prediction = Prediction> {
  /** The objective that each training step minimizes. */
  readonly objective: Objective;
  /**
   * The objective's inputs for a batch, by name: [N, ...shape].
   * @param views  their numbers, the same of every image
   */
  inputsOf(images: readonly number[], views: readonly number[]): Promise<Readonly<Record<string, Tensor>>>;
  /** Parameters of a new head, drawn from the recipe's seed. */
  newHead(): Parameters;
  /** Positions in the training split, in the order of an epoch; epochs count from 1. */
  order(epoch: number): readonly number[];
  /** Weight of an image in the loss, above 0. */
  weightOf(image: number): number;
  collect(): Collector<P>;
  /** Evaluation views through the frozen features and the given weights. undefined: asked to stop. */
  predict(options: PredictOptions): Promise<P | undefined>;
  /** Path of the first image whose output is not a number; undefined: all are. */
  imageWithoutOutput(prediction: P): string | undefined;
  /** Writes a prediction of validation images after an epoch. @returns the file, relative to the run */
  writePrediction(run: RunFolder, epoch: number, prediction: P): Promise<string>;
  /** The task's metadata in model and checkpoint, as text. */
  readonly metadata: Readonly<Record<string, string>>;
  /** All parameters as a safetensors file that other tools load. */
  encodeModel(parameters: Parameters, metadata: Readonly<Record<string, string>>): Uint8Array;
}

/** Collects the outputs for the training images of an epoch. */
export interface Collector<P extends Prediction = Prediction> {
  /** @param outputs  what the objective reads, of the weights that the image's batch met */
  add(image: number, outputs: ImageRows): void;
  /** @param loss  of the epoch, over the training images */
  metrics(loss: number, validation: P): EpochMetrics;
}

export interface Prediction {
  /** Image indices, in the order of the rows; images lost since the check are left out. */
  readonly images: readonly number[];
  /** Loss that decides the best epoch. */
  readonly loss: number;
}

export interface PredictOptions {
  readonly engine: Engine;
  /** The most that the engine takes in one run. */
  readonly imagesAtOnce: number;
  readonly features: FrozenFeatures;
  readonly parameters: Parameters;
  /** Image indices. */
  readonly images: readonly number[];
  readonly lost: LostImages;
  readonly control: Control;
  onBatch(batch: ViewsDone): void;
}

/** A run after its stages. */
export interface TrainedRun<D extends Dataset = Dataset, P extends Prediction = Prediction> {
  readonly job: FineTuneJob;
  readonly run: RunFolder;
  readonly dataset: D;
  /** The one that trained. */
  readonly engine: Engine;
  readonly lost: LostImages;
  readonly control: Control;
  readonly report: Reporter;
  record(event: RunEvent): Promise<void>;
  /** The kept weights. */
  readonly parameters: Parameters;
  readonly keptEpoch: number;
  /** With the kept weights, by the engine that trained; undefined: they are those of an earlier process. */
  readonly validation: P | undefined;
  /** Parts for predictions with the kept weights on an engine. The caller disposes of the features. */
  evaluationOn(engine: Engine): Promise<Pick<PredictOptions, 'engine' | 'imagesAtOnce' | 'features'>>;
}

export interface SampleOptions<D extends Dataset = Dataset> {
  readonly run: RunFolder;
  readonly dataset: Pick<D, 'images' | 'splits' | 'classNames'>;
  readonly pixels: Pick<PixelSource, 'view'>;
  readonly imageSize: number;
  readonly seed: number;
  record(event: RunEvent): Promise<void>;
}

export interface Samples {
  /** Records the samples again when their rows in the predictions have moved: an image was lost in the meantime. */
  follow(predictedImages: readonly number[]): Promise<void>;
}
