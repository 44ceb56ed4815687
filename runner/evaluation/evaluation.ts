// evaluation/: a trained model on images, as far as every task goes about it alike: what is opened, a run's own images by its list, the
// check of the images, the engine. What the answers are, and the record of them, is the task's (classification/evaluation).
// Absent: training. Called by commands/evaluate.ts.

import type { Architecture } from '../../shared/contracts/architectures.ts';
import type { EvaluateProgress } from '../../shared/contracts/classification/evaluateOutput.ts';
import type {
  EvaluatedModel,
  EvaluationRecord,
  Overlap,
} from '../../shared/contracts/classification/evaluationRecord.ts';
import type { Depth, DepthChoice } from '../../shared/contracts/depth.ts';
import type { ListedImage } from '../../shared/contracts/imageList.ts';
import type { FineTuneJob, NamedEngine } from '../../shared/contracts/job.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import type { SplitName } from '../../shared/contracts/splits.ts';
import type { FoundFile } from '../dataset/walk.ts';
import type { Engine } from '../engine/engine.ts';
import type { FeatureCache } from '../features/featureCache.ts';
import type { PixelSource } from '../views/threads/pixels.ts';

export interface EvaluateJob
  extends Pick<FineTuneJob, 'cacheFolder' | 'cacheLimitBytes' | 'useFeatureCache' | 'threads'> {
  /** Absolute path of a run folder or an .onnx file. */
  readonly model: string;
  /** On another than the CPU the run's own images give numbers that differ in the last digits. */
  readonly engine: NamedEngine;
  /** Absolute path of a folder; null: the run's own images. */
  readonly data: string | null;
  /** null: all images of `data`; of the run's own images, those of validation. */
  readonly split: SplitName | null;
  /** null: the model's own. */
  readonly threshold: number | null;
  /** Absolute; null: in the run folder, or below `workingFolder`. */
  readonly out: string | null;
  readonly workingFolder: string;
  readonly ignoreUnknownClasses: boolean;
  readonly unlabelled: boolean;
  /** Absolute paths of folders outside of `data` that its symbolic links may lead into. */
  readonly linkFolders?: readonly string[];
}

export interface EvaluateIo {
  on(progress: EvaluateProgress): void;
  /** Aborted: nothing is written. */
  readonly signal: AbortSignal;
  readonly createEngine?: (threads: number) => Engine;
  readonly now?: () => Date;
}

/** What is known of any model that Shoulders has trained. */
export interface EvaluationModel {
  readonly identity: EvaluatedModel;
  readonly network: Architecture;
  /** Its name. */
  readonly recipe: string;
  readonly medical: boolean;
  readonly imageSize: number;
  readonly color: Recipe['color'];
  /** How the training read 16-bit images. */
  readonly depth: Depth;
  /** Absolute; null: the model's run is not here. */
  readonly runFolder: string | null;
  /** null as `runFolder` is. */
  readonly runState: RunState | null;
  /** The log's checksum says that these are the run's weights. false: it has none, as in runs of older versions. */
  readonly isVerified: boolean;
  /** Version of the reading of files into pixels (images/pixelsVersion.ts); null: not known. */
  readonly pixelsVersion: string | null;
  /** Absolute: the dataset that the run trained on; null where it is not known. */
  readonly dataset: string | null;
}

export type EvaluationFile = Omit<FoundFile, 'folder'>;

export interface Skipped {
  readonly relativePath: string;
  readonly reason: string;
}

/** @template Target  what is known of an image: by its folder, or by the run's list */
export interface Chosen<Target extends object = object> {
  readonly folder: string;
  readonly origin: 'run' | 'folder';
  /** null: all of the folder. */
  readonly split: SplitName | null;
  readonly images: readonly (EvaluationFile & Target)[];
  readonly skipped: readonly Skipped[];
  /** Of the run's own images: the content that they had, by path. */
  readonly listed?: ReadonlyMap<string, string>;
}

export type Checked<Target extends object = object> = EvaluationFile & Target & { readonly sha256: string };

/** Images that can be read, and are those of the run's list if they are to be. */
export interface CheckedImages<Target extends object = object> {
  readonly images: readonly Checked<Target>[];
  readonly skipped: readonly Skipped[];
  readonly depth: DepthChoice;
  /** Paths of images that gave other pixels when the model's run was made. */
  readonly readOtherwise: ReadonlySet<string>;
}

export interface EngineParts {
  readonly engine: Engine;
  readonly pixels: PixelSource;
  readonly cache: FeatureCache;
}

export interface Answers {
  /** Positions of the images that have an answer. */
  readonly images: readonly number[];
  /** The others, with the reason. */
  readonly skipped: readonly Skipped[];
}

/** Everything that a record is made of, but for the model. */
export interface Facts<Target extends object, C extends Chosen<Target>, A extends Answers> {
  readonly id: string;
  readonly createdAt: string;
  readonly chosen: C;
  readonly checked: CheckedImages<Target>;
  readonly answers: A;
  /** Images that have an answer, in the order of `answers.images`. */
  readonly answered: readonly Checked<Target>[];
  readonly skipped: readonly Skipped[];
  /** null: the list of the run's images is not here. */
  readonly overlap: Overlap | null;
  readonly device: Engine['device'];
  elapsedMs(): number;
}

/** A record before it is written. */
export interface Unwritten {
  readonly record: EvaluationRecord;
  /** It says how good the model is, which counts as a look at the images. */
  readonly hasFigures: boolean;
  write(folder: string): Promise<void>;
}

/** One evaluation, as its task goes about it. */
export interface TaskEvaluation<
  Target extends object = object,
  C extends Chosen<Target> = Chosen<Target>,
  A extends Answers = Answers,
> {
  readonly model: EvaluationModel;
  /** @throws UserError where the folder holds nothing that the task can evaluate */
  imagesIn(folder: string, signal: AbortSignal): Promise<C>;
  ownImages(chosen: Chosen<ListedImage>): C;
  /** @throws the signal's reason when aborted; UserError engineFailed, or where no answer can be used */
  answer(images: readonly Checked<Target>[], parts: EngineParts, io: EvaluateIo): Promise<A>;
  /** @throws UserError weightsAnswerOtherwise */
  record(facts: Facts<Target, C, A>): Promise<Unwritten>;
}
