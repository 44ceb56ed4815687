// From checked images to train, val and test: as the folder has them, and made here as far as it has none. Validation is never taken
// for a test: a set with train and val alone gets its test images from train.
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { type SplitName, splitNames } from '../../../shared/contracts/splits.ts';
import { unitsOf } from '../../../shared/dataset/groups.ts';
import { groupedBy } from '../../../shared/groupedBy.ts';
import { largest, smallest } from '../../../shared/lists.ts';
import { type Random, stream } from '../../../shared/random.ts';
import { type NoGroupSplit, searchGroupSplit } from './groupSearch.ts';
import { splitByGroup, splitStratified } from './splits.ts';

export type SplitOrigin = 'given' | 'made' | 'validationMade' | 'testMade';

/** Positions in the list of images, ascending. */
export type Splits = Readonly<Record<SplitName, readonly number[]>>;

interface Assignable {
  readonly label: number;
  readonly split: SplitName | null;
  readonly group: string;
  readonly sha256: string;
  /** Equal numbers look almost the same. */
  readonly look?: number;
}

/**
 * Splits that are made here keep each group, and copies of one file, in one split, and hold every class in about its share.
 *
 * @param shares  of the whole; of train and the made split alone when only one is made
 * @throws UserError tooFewImages, tooFewGroups, noGroupSplit, groupSplitNotFound, classMissingInSplit
 */
export function assignSplits(
  images: readonly Assignable[],
  classNames: readonly string[],
  givenSplits: readonly SplitName[],
  shares: Recipe['split'],
  seed: number,
): { readonly splits: Splits; readonly origin: SplitOrigin } {
  const given = { train: positions(images, 'train'), val: positions(images, 'val'), test: positions(images, 'test') };
  const missing = splitNames.filter((split) => !givenSplits.includes(split));
  const made = missing.length === 0 ? [] : missing.length === 1 ? (['train', missing[0]!] as const) : splitNames;
  const splits = made.length === 0 ? given : { ...given, ...divide(images, classNames, made, shares, seed) };
  refuseMissingClass(images, classNames, splits);
  return { splits, origin: originOf(missing) };
}

/** The splits that a run has recorded; undefined when it recorded none, or not for the very same paths. */
export function recordedSplits(
  images: readonly { readonly relativePath: string }[],
  givenSplits: readonly SplitName[],
  splitOf: ReadonlyMap<string, SplitName> | undefined,
): { readonly splits: Splits; readonly origin: SplitOrigin } | undefined {
  if (splitOf?.size !== images.length || images.some(({ relativePath }) => !splitOf.has(relativePath)))
    return undefined;
  const placed = images.map(({ relativePath }) => ({ split: splitOf.get(relativePath)! }));
  return {
    splits: { train: positions(placed, 'train'), val: positions(placed, 'val'), test: positions(placed, 'test') },
    origin: originOf(splitNames.filter((split) => !givenSplits.includes(split))),
  };
}

const originOf = (missing: readonly SplitName[]): SplitOrigin => {
  if (missing.length === 0) return 'given';
  if (missing.length > 1) return 'made';
  return missing[0] === 'val' ? 'validationMade' : 'testMade';
};

const positions = (images: readonly Pick<Assignable, 'split'>[], split: SplitName): number[] =>
  images.flatMap((image, i) => (image.split === split ? [i] : []));

/** Cuts the train images, or all of a flat set, into the splits to be made. */
function divide(
  images: readonly Assignable[],
  classNames: readonly string[],
  made: readonly SplitName[],
  shares: Recipe['split'],
  seed: number,
): Partial<Splits> {
  const from = images.flatMap(({ split }, i) => (split === null || split === 'train' ? [i] : []));
  const pool = from.map((i) => images[i]!);
  const labels = pool.map(({ label }) => label);
  const units = unitsFor(pool, labels, made.length);
  refuseTooFew(labels, units, classNames, made.length);
  const sum = made.reduce((total, split) => total + shares[split], 0);
  const parts = made.map((split) => shares[split] / sum);
  const random = stream(seed, 'split');
  const alone = new Set(units).size === units.length;
  const divided = alone
    ? splitStratified(labels, parts, random)
    : splitGroups(labels, units, parts, random, (found) => refusal(found, classNames, labels, units, made));
  return Object.fromEntries(made.map((split, part) => [split, divided[part]!.map((i) => from[i]!)]));
}

/** splitByGroup()'s split; a search only where that leaves a part without a class, so that splits of earlier versions stay. */
function splitGroups(
  labels: readonly number[],
  units: readonly number[],
  shares: readonly number[],
  random: Random,
  refuse: (found: NoGroupSplit) => UserError,
): readonly (readonly number[])[] {
  const divided = splitByGroup(labels, units, shares, random);
  const classCount = new Set(labels).size;
  if (divided.every((part) => new Set(part.map((i) => labels[i])).size === classCount)) return divided;
  const found = searchGroupSplit(labels, units, shares, random);
  if (!('parts' in found)) throw refuse(found);
  return found.parts;
}

function refusal(
  { proven, labels: short }: NoGroupSplit,
  classNames: readonly string[],
  labels: readonly number[],
  units: readonly number[],
  made: readonly SplitName[],
): UserError {
  const groupsOf = (label: number) => new Set(units.filter((_, i) => labels[i] === label)).size;
  const named = short.slice(0, namedAtMost).map((label) => `"${classNames[label]}" (in ${groupsOf(label)} groups)`);
  const more = short.length - named.length;
  return new UserError(proven ? 'noGroupSplit' : 'groupSplitNotFound', {
    groups: new Set(units).size,
    splits: `${made.slice(0, -1).join(', ')} and ${made.at(-1)}`,
    classes: [...named, ...(more > 0 ? [`${more} more`] : [])].join(', '),
  });
}

const namedAtMost = 8;

/** The largest share of all images that one unit of look-alikes may hold, so that the shares of the splits can be kept. */
const mostShareOfAlike = 0.05;

/**
 * Images that look almost the same stay together where that leaves the classes divisible: frames of one film may all be one unit, and
 * are then only reported.
 */
function unitsFor(pool: readonly Assignable[], labels: readonly number[], made: number): number[] {
  const apart = unitsOf(pool.map(({ group, sha256 }) => ({ group, sha256 })));
  const together = unitsOf(pool);
  const sizesOf = (units: readonly number[]) =>
    [...groupedBy(units.keys(), (i) => units[i]!).values()].map(({ length }) => length);
  const limit = Math.max(2, mostShareOfAlike * pool.length, largest(sizesOf(apart)));
  if (largest(sizesOf(together)) > limit) return apart;
  const unitsIn = (units: readonly number[]) =>
    [...groupedBy(units.keys(), (i) => labels[i]!).values()].map((own) => new Set(own.map((i) => units[i]!)).size);
  return smallest(unitsIn(together)) < made ? apart : together;
}

function refuseTooFew(
  labels: readonly number[],
  units: readonly number[],
  classNames: readonly string[],
  needed: number,
): void {
  const unitsByLabel = groupedBy(units.keys(), (i) => labels[i]!);
  for (const [label, className] of classNames.entries()) {
    const own = (unitsByLabel.get(label) ?? []).map((i) => units[i]!);
    if (own.length < needed) throw new UserError('tooFewImages', { className, count: own.length, needed });
    const count = new Set(own).size;
    if (count < needed) throw new UserError('tooFewGroups', { className, count, needed });
  }
}

function refuseMissingClass(images: readonly Assignable[], classNames: readonly string[], splits: Splits): void {
  for (const split of splitNames) {
    const present = new Set(splits[split].map((i) => images[i]!.label));
    for (const [label, className] of classNames.entries())
      if (!present.has(label)) throw new UserError('classMissingInSplit', { className, split });
  }
}
