// Counts of a dataset's images by class and split, and warnings that follow from the counts alone. Pure.
import { z } from 'zod';
import { compareCodePoints } from '../../../shared/codePoints.ts';
import { type SplitName, splitNames } from '../../../shared/contracts/splits.ts';
import { type InnerFolders, innerFoldersOf, sameFoldersInEach } from '../../../shared/dataset/innerFolders.ts';
import { classesNamedLikeSplits } from '../../../shared/dataset/splitFolders.ts';
import type { ImageList } from './listImages.ts';

/** Counted by name, so undecodable images are included. */
export const DatasetCounts = z.object({
  /** In code-point order. */
  classNames: z.array(z.string()),
  /** Splits in their usual order; a single one with `split` null for a flat dataset. `counts` by label; null: the split has no such folder. */
  splits: z.array(z.object({ split: z.enum(splitNames).nullable(), counts: z.array(z.int().min(0).nullable()) })),
  /** false: the folder is too large to count completely. */
  complete: z.boolean(),
  /** Folders that every class folder of a flat dataset contains, and nothing else: the outer folders are probably no classes. */
  sameFolders: z.array(z.string()).default([]),
  /** Class folders of a flat dataset that are probably splits. */
  namedLikeSplits: z.array(z.string()).default([]),
  /** Folders within class folders that may be patients and have, or may get, images in more than one split. */
  innerFolders: z.object({ folderCount: z.int(), example: z.string() }).nullable().default(null),
});
export type DatasetCounts = z.infer<typeof DatasetCounts>;

export function countsOf({ groups, complete }: ImageList): DatasetCounts {
  const classNames = [...new Set(groups.map(({ className }) => className))].sort(compareCodePoints);
  const given = [null, ...splitNames].filter((split) => groups.some((group) => group.split === split));
  const splits = given.map((split) => ({
    split,
    counts: classNames.map((className) => {
      const own = groups.filter((group) => group.split === split && group.className === className);
      return own.length === 0 ? null : own.reduce((sum, { relativePaths }) => sum + relativePaths.length, 0);
    }),
  }));
  const images = groups.flatMap(({ split, relativePaths }) =>
    relativePaths.map((relativePath) => ({ relativePath, split })),
  );
  return {
    classNames,
    splits,
    complete,
    sameFolders: [...sameFoldersInEach(images)],
    namedLikeSplits: [...classesNamedLikeSplits(classNames, images)],
    innerFolders: tearable(innerFoldersOf(images.map((image) => ({ ...image, usedIn: image.split }))), given),
  };
}

/** With all three splits given, only folders that are in more than one of them matter. */
function tearable(inner: InnerFolders | null, given: readonly (SplitName | null)[]): DatasetCounts['innerFolders'] {
  const isSplit = splitNames.every((name) => given.includes(name));
  if (inner === null || (isSplit && inner.splitCount === 0)) return null;
  return { folderCount: isSplit ? inner.splitCount : inner.folderCount, example: inner.example };
}

export const sum = (counts: readonly (number | null)[]): number => counts.reduce<number>((all, n) => all + (n ?? 0), 0);

export const imageCount = ({ splits }: DatasetCounts): number => sum(splits.map(({ counts }) => sum(counts)));

/** Sum over all splits. */
export const classCount = ({ splits }: DatasetCounts, label: number): number =>
  sum(splits.map(({ counts }) => counts[label] ?? 0));

export const isFlat = ({ splits }: DatasetCounts): boolean => splits.every(({ split }) => split === null);

/** "train+val+test"; null for a flat dataset. */
export const layoutText = (counts: DatasetCounts): string | null =>
  isFlat(counts) ? null : counts.splits.map(({ split }) => split).join('+');

export interface Imbalance {
  readonly most: string;
  readonly least: string;
  /** Size ratio of the largest to the smallest class; at least 1. */
  readonly ratio: number;
  /** Proportion of training images in the largest class, which is the accuracy of always predicting it. */
  readonly share: number;
}

/** Based on the training images, or on all images without splits; null: fewer than two classes have images there. */
export function imbalanceOf({ classNames, splits }: DatasetCounts): Imbalance | null {
  const trained = splits.find(({ split }) => split === 'train') ?? splits[0];
  const filled = classNames
    .map((className, label) => ({ className, count: trained?.counts[label] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  const [most, least] = [filled[0], filled.at(-1)];
  if (!most || !least || filled.length < 2) return null;
  const share = most.count / sum(filled.map(({ count }) => count));
  return { most: most.className, least: least.className, ratio: most.count / least.count, share };
}

export type DatasetWarning =
  /** Training refuses this folder. */
  | { readonly kind: 'oneClass'; readonly className: string }
  /** Training refuses this folder unless the recipe defines the inner folders. */
  | { readonly kind: 'sameFolders'; readonly classNames: readonly string[]; readonly inner: readonly string[] }
  /** Training refuses this folder unless the recipe defines the inner folders. */
  | { readonly kind: 'namedLikeSplits'; readonly names: readonly string[] }
  | ({ readonly kind: 'innerFolders' } & NonNullable<DatasetCounts['innerFolders']>)
  | { readonly kind: 'missing' | 'empty'; readonly className: string; readonly split: SplitName | null }
  /** Figures from so few images are unreliable. `split` null: the dataset has no splits, and generated ones would be this small. */
  | { readonly kind: 'fewImages'; readonly split: SplitName | null; readonly classes: readonly ClassCount[] }
  | ({ readonly kind: 'unbalanced' } & Imbalance)
  | { readonly kind: 'notAllCounted' };

export interface ClassCount {
  readonly className: string;
  readonly count: number;
}

/** Images of a class in validation or test. With fewer, a sensitivity near 0.5 may be off by 17 points either way (95 %, Wilson). */
export const fewImages = 30;
/** Proportion that the bundled recipes assign to validation and to test when a dataset has no splits. */
const shareOfMadeSplit = 0.15;
/** Images of a class in a dataset without splits. */
export const fewImagesInAll = fewImages / shareOfMadeSplit;
const veryUnbalanced = 10;

/** The most serious first. */
export function warningsOf(counts: DatasetCounts): DatasetWarning[] {
  const { classNames, splits, complete, sameFolders, namedLikeSplits, innerFolders } = counts;
  const each = splits.flatMap(({ split, counts: own }) =>
    classNames.map((className, label) => ({ split, className, count: own[label] ?? null })),
  );
  const unusable = each.flatMap(({ split, className, count }): DatasetWarning[] => {
    if (count === null) return [{ kind: 'missing', className, split }];
    return count === 0 ? [{ kind: 'empty', className, split }] : [];
  });
  const few = splits.flatMap(({ split }): DatasetWarning[] => {
    if (split === 'train') return [];
    const enough = split === null ? fewImagesInAll : fewImages;
    const classes = each.flatMap(({ split: own, className, count }) =>
      own === split && count !== null && count > 0 && count < enough ? [{ className, count }] : [],
    );
    return classes.length > 0 ? [{ kind: 'fewImages', split, classes }] : [];
  });
  const imbalance = imbalanceOf(counts);
  return [
    ...(classNames.length === 1 ? [{ kind: 'oneClass', className: classNames[0]! } as const] : []),
    ...(sameFolders.length > 0 ? [{ kind: 'sameFolders', classNames, inner: sameFolders } as const] : []),
    ...(namedLikeSplits.length > 0 && sameFolders.length === 0
      ? [{ kind: 'namedLikeSplits', names: namedLikeSplits } as const]
      : []),
    ...unusable,
    ...(innerFolders !== null && sameFolders.length === 0 ? [{ kind: 'innerFolders', ...innerFolders } as const] : []),
    ...(imbalance !== null && imbalance.ratio >= veryUnbalanced ? [{ kind: 'unbalanced', ...imbalance } as const] : []),
    ...few,
    ...(complete ? [] : [{ kind: 'notAllCounted' } as const]),
  ];
}

/** Compares numbers of images only, so renaming an image is no change. */
export const sameCounts = (a: DatasetCounts, b: DatasetCounts): boolean =>
  JSON.stringify([a.classNames, a.splits]) === JSON.stringify([b.classNames, b.splits]);
