import { whiteOf } from '../../shared/contracts/depth.ts';
import type { ErrorCode, ErrorParams } from '../../shared/contracts/errors.ts';
import type { RunEvent } from '../../shared/contracts/events.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { fixed } from '../../shared/fixed.ts';
import { sidesIn } from '../dataset/checks/sides.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { missedImagesIn, reasonsText } from '../dataset/reasons.ts';
import { changedSince } from '../images/pixelsVersion.ts';
import { innerFoldersParams, markWords } from '../words/findings.ts';

type Warning = Extract<RunEvent, { type: 'warning' }>;

export const warning = (code: ErrorCode, params: ErrorParams): Warning => ({
  type: 'warning',
  problem: { code, params },
});

/** Warning that a run which began under `pixelsVersion` decodes some images differently from now on; empty if there are none. */
export function readOtherwiseSince(
  pixelsVersion: string | undefined,
  { images, conversions }: Pick<Dataset, 'images' | 'conversions'>,
): Warning[] {
  const changed = pixelsVersion === undefined ? [] : changedSince(pixelsVersion);
  const otherwise = images.filter((_, i) => conversions[i]!.some((each) => changed.includes(each)));
  const [first] = otherwise;
  if (!first) return [];
  const params = { count: otherwise.length, total: images.length, relativePath: first.relativePath };
  return [warning('resumedReadOtherwise', params)];
}

/** Warnings before training starts, from the recipe and the data alone. */
export function warningsOf(recipe: Recipe, dataset: Dataset): Warning[] {
  const warnings: Warning[] = [];
  const { classWeights, balancedSampling } = recipe.imbalance;
  if (classWeights && balancedSampling) warnings.push(warning('doubleBalancing', {}));
  const leaks = dataset.findings.filter(
    (f) => f.kind === 'groupOverlap' || (f.kind === 'duplicate' && new Set(f.splits).size > 1),
  );
  if (leaks.length > 0) warnings.push(warning('leak', { count: leaks.length }));
  const alike = dataset.findings.flatMap((f) => (f.kind === 'nearDuplicate' && f.splits.length > 1 ? [f] : []));
  if (alike.length > 0)
    warnings.push(
      warning('nearLeak', {
        count: alike.reduce((sum, { imageCount }) => sum + imageCount, 0),
        example: alike[0]!.relativePaths.slice(0, 2).join(' ~ '),
      }),
    );
  for (const finding of dataset.findings)
    if (finding.kind === 'innerFolders') warnings.push(warning('innerFolders', innerFoldersParams(finding)));
  for (const split of ['val', 'test'] as const) {
    const count = dataset.splits[split].length;
    if (count < smallSplit)
      warnings.push(
        warning('smallSplit', {
          split: split === 'val' ? 'validation' : 'test',
          count,
          step: fixed(100 / count, 1),
        }),
      );
  }
  const passedOver = missedImagesIn(dataset.findings);
  if (passedOver.length > 0)
    warnings.push(warning('filesPassedOver', { reasons: reasonsText(passedOver), used: dataset.images.length }));
  const { depth, from, clippedCount, largest, outliers, imageCount } = dataset.depth;
  if (largest && outliers && from === 'images')
    warnings.push(
      warning('depthOutliers', {
        ...outliers,
        total: imageCount,
        depth,
        largest: largest.sample,
        relativePath: largest.relativePath,
      }),
    );
  if (largest && clippedCount > 0)
    warnings.push(
      warning('depthClips', {
        count: clippedCount,
        depth,
        relativePath: largest.relativePath,
        largest: largest.sample,
        white: whiteOf(depth),
      }),
    );
  if (recipe.trainViews.randomHorizontalFlip > 0) {
    const sides = sidesIn(dataset);
    if (sides.length > 0) warnings.push(warning('flipSides', { names: sides.join(', ') }));
    else if (recipe.medical) warnings.push(warning('flipLaterality', {}));
  }
  const marks = dataset.findings.flatMap((f) => (f.kind === 'identifyingMarks' ? [markWords[f.mark]] : []));
  if (marks.length > 0) warnings.push(warning('identifyingMarks', { marks: marks.join(', ') }));
  return warnings;
}

/** Below this size, one image changes the accuracy by more than a percentage point. */
const smallSplit = 100;
