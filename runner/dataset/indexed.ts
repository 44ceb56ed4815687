// A folder as a task reads it: names, classes, and splits of its files. No image is opened yet.
import type { Finding } from '../../shared/contracts/finding.ts';
import type { SplitName } from '../../shared/contracts/splits.ts';

export interface IndexedImage {
  /** /-separated, as stored on disk. */
  readonly relativePath: string;
  readonly file: string;
  /** Index into `classNames`. */
  readonly label: number;
  /** null in a flat set. */
  readonly split: SplitName | null;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface DatasetIndex {
  readonly folder: string;
  /** In code-point order, as torchvision's ImageFolder has them. */
  readonly classNames: readonly string[];
  /** In code-point order of `relativePath`. */
  readonly images: readonly IndexedImage[];
  /** The splits that the folder has; empty: one flat set of class folders. */
  readonly givenSplits: readonly SplitName[];
}

export interface IndexedFolder {
  readonly index: DatasetIndex;
  /** Why files were left out, and which links were followed. */
  readonly findings: readonly Finding[];
}
