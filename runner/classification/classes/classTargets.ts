// Answers of class folders to the check of a dataset: classes are the strata, and the target of an image is its label.
import { UserError } from '../../../shared/contracts/errors.ts';
import { groupingBy, refuseOuterPattern } from '../../../shared/dataset/groups.ts';
import { splitsByImage } from '../../dataset/dataset.ts';
import type { IndexedImage } from '../../dataset/indexed.ts';
import type { SplitProblem } from '../../dataset/splitting/assign.ts';
import type { Targets } from '../../dataset/targets.ts';
import { groupFindings } from './groupFindings.ts';
import { checkImbalance } from './imbalance.ts';

export interface Labelled {
  /** Index into `classNames`. */
  readonly label: number;
}

export const classTargets = (classNames: readonly string[]): Targets<Labelled> => ({
  stratumCount: classNames.length,
  stratumOf: ({ label }) => label,
  refusal: (problem) => refusalOf(problem, classNames),
  async groupingBy(rule, images) {
    const placed = ({ relativePath, givenSplit }: IndexedImage) => ({ relativePath, split: givenSplit });
    await refuseOuterPattern(rule, images.map(placed));
    const groupOf = await groupingBy(rule);
    return (image) => groupOf(placed(image));
  },
  namesIn: (images) =>
    [...new Set(images.map(({ label }) => label))].sort((a, b) => a - b).map((label) => classNames[label]!),
  whereAlike: 'class and split',
  folderNames: classNames,
  folderNameOf: ({ label }) => classNames[label]!,
  fingerprintOf: ({ label }) => label,
  findings({ images, splits }, rule) {
    const trainCounts = new Array<number>(classNames.length).fill(0);
    for (const image of splits.train) trainCounts[images[image]!.label]!++;
    const usedIn = splitsByImage(splits);
    const placed = images.map(({ relativePath, givenSplit, group }, i) => ({
      relativePath,
      split: givenSplit,
      group,
      usedIn: usedIn.get(i)!,
    }));
    return [...checkImbalance(trainCounts, classNames), ...groupFindings(placed, rule)];
  },
});

function refusalOf(problem: SplitProblem, classNames: readonly string[]): UserError {
  const nameOf = (stratum: number) => classNames[stratum]!;
  switch (problem.kind) {
    case 'tooFewImages':
    case 'tooFewGroups': {
      const { kind, stratum, count, needed } = problem;
      return new UserError(kind, { className: nameOf(stratum), count, needed });
    }
    case 'missing':
      return new UserError('classMissingInSplit', { className: nameOf(problem.stratum), split: problem.split });
    case 'noGroupSplit': {
      const { proven, groupCount, splits, strata } = problem;
      const named = strata
        .slice(0, namedAtMost)
        .map(({ stratum, groupCount: own }) => `"${nameOf(stratum)}" (in ${own} groups)`);
      const more = strata.length - named.length;
      return new UserError(proven ? 'noGroupSplit' : 'groupSplitNotFound', {
        groups: groupCount,
        splits: `${splits.slice(0, -1).join(', ')} and ${splits.at(-1)}`,
        classes: [...named, ...(more > 0 ? [`${more} more`] : [])].join(', '),
      });
    }
  }
}

const namedAtMost = 8;
