// Warnings to show beside the figures of an evaluation.

import type { EvaluationRecord } from '../../../shared/contracts/classification/evaluationRecord.ts';
import { type DepthChoice, whiteOf } from '../../../shared/contracts/depth.ts';
import type { ErrorCode, ErrorParams } from '../../../shared/contracts/errors.ts';
import type { Problem } from '../../../shared/contracts/events.ts';
import { reasonNotAnImage } from '../../../shared/dataset/imageNames.ts';
import { type Difference, mostDifference, paramsOf } from './recordedAnswers.ts';

export interface AboutEvaluation extends Pick<EvaluationRecord, 'data' | 'overlap' | 'skipped'> {
  readonly depth: DepthChoice;
  /** Folders whose class is spelled differently. */
  readonly normalised: readonly string[];
  /** Paths of images with scores that are not finite. */
  readonly notFinite: readonly string[];
  /** Difference from the run's recorded predictions, if it is more than rounding; null: it is not. */
  readonly differs: Difference | null;
  /** Paths of images that decoded to other pixels when the model's run was made. */
  readonly readOtherwise: readonly string[];
}

/** The most serious first. */
export function warningsOf(
  { data, overlap, skipped, depth, normalised, notFinite, differs, readOtherwise }: AboutEvaluation,
  classNames: readonly string[],
): Problem[] {
  const { imageCount: total, labelled, missingClasses, ignoredClasses, classMapping } = data;
  const warnings: Problem[] = [];
  const warn = (code: ErrorCode, params: ErrorParams) => warnings.push({ code, params });
  const present = classNames.filter((name) => !missingClasses.includes(name));

  if (overlap && overlap.train > 0) warn('trainedOn', { count: overlap.train, total });
  if (overlap && overlap.val > 0 && labelled) warn('chosenOn', { count: overlap.val, total });
  if (!overlap) warn('overlapUnknown', {});
  const { largest, clippedCount, imageCount, needed } = depth;
  if (largest && clippedCount > 0)
    warn('depthExceeded', {
      count: clippedCount,
      depth: depth.depth,
      largest: largest.sample,
      relativePath: largest.relativePath,
      white: whiteOf(depth.depth),
    });
  // The run's own images are as dark as in its training.
  if (data.origin === 'folder' && imageCount > 0 && needed < depth.depth)
    warn('depthUnfilled', { count: imageCount, needed, depth: depth.depth });
  if (notFinite.length > 0) warn('scoresNotFinite', { count: notFinite.length, relativePath: notFinite[0]! });
  if (differs) warn('computesOtherwise', paramsOf(differs, mostDifference));
  if (readOtherwise.length > 0)
    warn('readOtherwise', { count: readOtherwise.length, total, relativePath: readOtherwise[0]! });
  if (labelled && present.length === 1) warn('oneClassOnly', { className: present[0]! });
  else if (missingClasses.length > 0) warn('classesMissing', { names: quoted(missingClasses) });
  if (ignoredClasses.length > 0)
    warn('unknownClassesIgnored', {
      count: ignoredClasses.reduce((sum, { imageCount }) => sum + imageCount, 0),
      names: quoted(ignoredClasses.map(({ folder }) => folder)),
    });
  const pairs = classMapping.filter(({ folder }) => normalised.includes(folder));
  if (pairs.length > 0)
    warn('classNamesNormalised', {
      pairs: pairs.map(({ folder, className }) => `"${folder}" → "${className}"`).join(', '),
    });
  // Files that are no images by their names are listed in the record, without a warning.
  const unusable = skipped.filter(
    ({ relativePath }) => !notFinite.includes(relativePath) && reasonNotAnImage(relativePath) === undefined,
  );
  const [first] = unusable;
  if (first) warn('imagesSkipped', { count: unusable.length, ...first });
  return warnings;
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
