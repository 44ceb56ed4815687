// A folder as a task reads it: names, splits, and targets of its images. No image is opened yet.
import type { Finding } from '../../shared/contracts/finding.ts';
import type { SplitName } from '../../shared/contracts/splits.ts';

export interface IndexedFile {
  /** /-separated, as stored on disk. */
  readonly relativePath: string;
  readonly file: string;
  /** The split folder that contains it; null in a dataset without splits. */
  readonly givenSplit: SplitName | null;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** @template Target  facts about an image beside its file, such as its label, for the task alone. Rooms that serve every task omit it */
export type IndexedImage<Target extends object = object> = IndexedFile & Target;

export interface DatasetIndex<Target extends object = object> {
  readonly folder: string;
  /** Names that targets refer to, in code-point order like torchvision's ImageFolder; empty for a task without classes. */
  readonly classNames: readonly string[];
  /** In code-point order of `relativePath`. */
  readonly images: readonly IndexedImage<Target>[];
  /** The splits in the folder; empty: it has none. */
  readonly givenSplits: readonly SplitName[];
}

export interface IndexedFolder<Target extends object = object> {
  readonly index: DatasetIndex<Target>;
  /** Reasons for left-out files, and the links that were followed. */
  readonly findings: readonly Finding[];
}
