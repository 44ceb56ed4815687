// evaluation/: a trained model on images, the part that all tasks share: opening the model, a run's own images by its list, the
// check of the images, the engine. The task makes the answers and the record of them (classification/evaluation).
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
  /** With an engine other than the CPU, the run's own images give figures that differ in the last digits. */
  readonly engine: NamedEngine;
  /** Absolute path of a folder; null: the run's own images. */
  readonly data: string | null;
  /** null: all images of `data`; for the run's own images, those of validation. */
  readonly split: SplitName | null;
  /** null: the model's own. */
  readonly threshold: number | null;
  /** Absolute path; null: in the run folder, or below `workingFolder`. */
  readonly out: string | null;
  readonly workingFolder: string;
  readonly ignoreUnknownClasses: boolean;
  readonly unlabelled: boolean;
  /** Absolute paths of outside folders that symbolic links of `data` may lead into. */
  readonly linkFolders?: readonly string[];
}

export interface EvaluateIo {
  on(progress: EvaluateProgress): void;
  /** When aborted, nothing is written. */
  readonly signal: AbortSignal;
  readonly createEngine?: (threads: number) => Engine;
  readonly now?: () => Date;
}

/** Facts about any model that Shoulders trained. */
export interface EvaluationModel {
  readonly identity: EvaluatedModel;
  readonly network: Architecture;
  /** Name of the recipe. */
  readonly recipe: string;
  readonly medical: boolean;
  readonly imageSize: number;
  readonly color: Recipe['color'];
  /** Depth of 16-bit images in the training. */
  readonly depth: Depth;
  /** Absolute path; null: the model's run is not here. */
  readonly runFolder: string | null;
  /** null if `runFolder` is. */
  readonly runState: RunState | null;
  /** True if the log's checksum confirms the weights. false: there is none, as in runs of older versions. */
  readonly isVerified: boolean;
  /** Version of the rules by which files become pixels (images/pixelsVersion.ts); null: unknown. */
  readonly pixelsVersion: string | null;
  /** Absolute path of the dataset that the run was trained on; null if unknown. */
  readonly dataset: string | null;
}

export type EvaluationFile = Omit<FoundFile, 'folder'>;

export interface Skipped {
  readonly relativePath: string;
  readonly reason: string;
}

/** @template Target  target of an image: by its folder, or by the run's list */
export interface Chosen<Target extends object = object> {
  readonly folder: string;
  readonly origin: 'run' | 'folder';
  /** null: all images of the folder. */
  readonly split: SplitName | null;
  readonly images: readonly (EvaluationFile & Target)[];
  readonly skipped: readonly Skipped[];
  /** For the run's own images: hashes of their former content, by path. */
  readonly listed?: ReadonlyMap<string, string>;
}

export type Checked<Target extends object = object> = EvaluationFile & Target & { readonly sha256: string };

/** Images that can be read, and are unchanged if they are the run's own. */
export interface CheckedImages<Target extends object = object> {
  readonly images: readonly Checked<Target>[];
  readonly skipped: readonly Skipped[];
  readonly depth: DepthChoice;
  /** Paths of images that decoded to other pixels when the model's run was made. */
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
  /** The other images, with the reason. */
  readonly skipped: readonly Skipped[];
}

/** Contents of a record, except those about the model. */
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
  /** True if it contains results, so that it counts as a look at the images. */
  readonly hasFigures: boolean;
  write(folder: string): Promise<void>;
}

/** One evaluation, as defined by its task. */
export interface TaskEvaluation<
  Target extends object = object,
  C extends Chosen<Target> = Chosen<Target>,
  A extends Answers = Answers,
> {
  readonly model: EvaluationModel;
  /** @throws UserError if the folder contains nothing that the task can evaluate */
  imagesIn(folder: string, signal: AbortSignal): Promise<C>;
  ownImages(chosen: Chosen<ListedImage>): C;
  /** @throws the signal's reason when aborted; UserError engineFailed, or one for answers that are all unusable */
  answer(images: readonly Checked<Target>[], parts: EngineParts, io: EvaluateIo): Promise<A>;
  /** @throws UserError weightsAnswerOtherwise */
  record(facts: Facts<Target, C, A>): Promise<Unwritten>;
}
