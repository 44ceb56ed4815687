// A folder as a task reads it: names, splits, and what is known of its images. No image is opened yet.
import type { Finding } from '../../shared/contracts/finding.ts';
import type { SplitName } from '../../shared/contracts/splits.ts';

export interface IndexedFile {
  /** /-separated, as stored on disk. */
  readonly relativePath: string;
  readonly file: string;
  /** The split folder that holds it; null in a flat set. */
  readonly givenSplit: SplitName | null;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** @template Target  what is known of an image beside its file, such as its label; the task's alone. Rooms that serve every task leave it out */
export type IndexedImage<Target extends object = object> = IndexedFile & Target;

export interface DatasetIndex<Target extends object = object> {
  readonly folder: string;
  /** Names that targets refer to, in code-point order, as torchvision's ImageFolder has them; none where the task has no classes. */
  readonly classNames: readonly string[];
  /** In code-point order of `relativePath`. */
  readonly images: readonly IndexedImage<Target>[];
  /** The splits that the folder has; empty: one flat set. */
  readonly givenSplits: readonly SplitName[];
}

export interface IndexedFolder<Target extends object = object> {
  readonly index: DatasetIndex<Target>;
  /** Why files were left out, and which links were followed. */
  readonly findings: readonly Finding[];
}
