// Divides checked images into train, val and test: as the folder has them, and made here where it has none. Validation never serves as
// the test split: a set with only train and val gets its test images from train.
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { type SplitName, splitNames } from '../../../shared/contracts/splits.ts';
import { unitsOf } from '../../../shared/dataset/groups.ts';
import { groupedBy } from '../../../shared/groupedBy.ts';
import { largest, smallest } from '../../../shared/lists.ts';
import { type Random, stream } from '../../../shared/random.ts';
import type { Strata } from '../targets.ts';
import { type NoGroupSplit, searchGroupSplit } from './groupSearch.ts';
import { splitByGroup, splitStratified } from './splits.ts';

export type SplitOrigin = 'given' | 'made' | 'validationMade' | 'testMade';

/** Positions in the list of images, ascending. */
export type Splits = Readonly<Record<SplitName, readonly number[]>>;

/** Reason why images cannot be divided. `stratum` is an index of Strata. */
export type SplitProblem =
  | {
      readonly kind: 'tooFewImages' | 'tooFewGroups';
      readonly stratum: number;
      readonly count: number;
      readonly needed: number;
    }
  /** A split without usable images of a stratum. */
  | { readonly kind: 'missing'; readonly stratum: number; readonly split: SplitName }
  | {
      readonly kind: 'noGroupSplit';
      /** false: none was found, but one may exist. */
      readonly proven: boolean;
      readonly groupCount: number;
      readonly splits: readonly SplitName[];
      readonly strata: readonly { readonly stratum: number; readonly groupCount: number }[];
    };

interface Assignable {
  readonly givenSplit: SplitName | null;
  readonly group: string;
  readonly sha256: string;
  /** Equal numbers look almost the same. */
  readonly look?: number;
}

/**
 * Splits made here keep each group, and copies of one file, in one split, and contain about the intended share of every stratum.
 *
 * @param shares  of the whole; if only one split is made, of train and that split
 * @throws UserError from the refusal of the strata
 */
export function assignSplits<Target extends object>(
  images: readonly (Assignable & Target)[],
  strata: Strata<Target>,
  givenSplits: readonly SplitName[],
  shares: Recipe['split'],
  seed: number,
): { readonly splits: Splits; readonly origin: SplitOrigin } {
  const given = positions(images.map(({ givenSplit }) => givenSplit));
  const stratumOf = images.map((image) => strata.stratumOf(image));
  const missing = splitNames.filter((split) => !givenSplits.includes(split));
  const made = missing.length === 0 ? [] : missing.length === 1 ? (['train', missing[0]!] as const) : splitNames;
  const splits = made.length === 0 ? given : { ...given, ...divide(images, stratumOf, strata, made, shares, seed) };
  refuseMissing(splits, stratumOf, strata);
  return { splits, origin: originOf(missing) };
}

/** The splits recorded by a run; undefined if it recorded none, or not for exactly these paths. */
export function recordedSplits(
  images: readonly { readonly relativePath: string }[],
  givenSplits: readonly SplitName[],
  splitOf: ReadonlyMap<string, SplitName> | undefined,
): { readonly splits: Splits; readonly origin: SplitOrigin } | undefined {
  if (splitOf?.size !== images.length || images.some(({ relativePath }) => !splitOf.has(relativePath)))
    return undefined;
  return {
    splits: positions(images.map(({ relativePath }) => splitOf.get(relativePath)!)),
    origin: originOf(splitNames.filter((split) => !givenSplits.includes(split))),
  };
}

const originOf = (missing: readonly SplitName[]): SplitOrigin => {
  if (missing.length === 0) return 'given';
  if (missing.length > 1) return 'made';
  return missing[0] === 'val' ? 'validationMade' : 'testMade';
};

function positions(splitOf: readonly (SplitName | null)[]): Splits {
  const of = (name: SplitName) => splitOf.flatMap((split, i) => (split === name ? [i] : []));
  return { train: of('train'), val: of('val'), test: of('test') };
}

type Refusal = Pick<Strata<object>, 'stratumCount' | 'refusal'>;

/** Divides the train images, or all of a dataset without splits, into the splits to be made. @param stratumOf  by image */
function divide(
  images: readonly Assignable[],
  stratumOf: readonly number[],
  { stratumCount, refusal }: Refusal,
  made: readonly SplitName[],
  shares: Recipe['split'],
  seed: number,
): Partial<Splits> {
  const from = images.flatMap(({ givenSplit }, i) => (givenSplit === null || givenSplit === 'train' ? [i] : []));
  const pool = from.map((i) => images[i]!);
  const strata = from.map((i) => stratumOf[i]!);
  const units = unitsFor(pool, strata, made.length);
  const tooFew = tooFewIn(strata, units, stratumCount, made.length);
  if (tooFew) throw refusal(tooFew);
  const sum = made.reduce((total, split) => total + shares[split], 0);
  const parts = made.map((split) => shares[split] / sum);
  const random = stream(seed, 'split');
  const alone = new Set(units).size === units.length;
  const divided = alone ? splitStratified(strata, parts, random) : splitGroups(strata, units, parts, random);
  if ('proven' in divided) throw refusal(noGroupSplit(divided, strata, units, made));
  return Object.fromEntries(made.map((split, part) => [split, divided[part]!.map((i) => from[i]!)]));
}

/** splitByGroup()'s split; searches only if that leaves a part without a stratum, so that the splits of earlier versions stay. */
function splitGroups(
  strata: readonly number[],
  units: readonly number[],
  shares: readonly number[],
  random: Random,
): readonly (readonly number[])[] | NoGroupSplit {
  const divided = splitByGroup(strata, units, shares, random);
  const stratumCount = new Set(strata).size;
  if (divided.every((part) => new Set(part.map((i) => strata[i])).size === stratumCount)) return divided;
  const found = searchGroupSplit(strata, units, shares, random);
  return 'parts' in found ? found.parts : found;
}

function noGroupSplit(
  { proven, labels: short }: NoGroupSplit,
  strata: readonly number[],
  units: readonly number[],
  made: readonly SplitName[],
): SplitProblem {
  return {
    kind: 'noGroupSplit',
    proven,
    groupCount: new Set(units).size,
    splits: made,
    strata: short.map((stratum) => ({
      stratum,
      groupCount: new Set(units.filter((_, i) => strata[i] === stratum)).size,
    })),
  };
}

/** Largest share of all images in one unit of look-alikes, so that the shares of the splits can be kept. */
const mostShareOfAlike = 0.05;

/**
 * Images that look almost the same stay together if the strata remain divisible: frames of one film may all form one unit, and
 * are then only reported.
 */
function unitsFor(pool: readonly Assignable[], strata: readonly number[], made: number): number[] {
  const apart = unitsOf(pool.map(({ group, sha256 }) => ({ group, sha256 })));
  const together = unitsOf(pool);
  const sizesOf = (units: readonly number[]) =>
    [...groupedBy(units.keys(), (i) => units[i]!).values()].map(({ length }) => length);
  const limit = Math.max(2, mostShareOfAlike * pool.length, largest(sizesOf(apart)));
  if (largest(sizesOf(together)) > limit) return apart;
  const unitsIn = (units: readonly number[]) =>
    [...groupedBy(units.keys(), (i) => strata[i]!).values()].map((own) => new Set(own.map((i) => units[i]!)).size);
  return smallest(unitsIn(together)) < made ? apart : together;
}

function tooFewIn(
  strata: readonly number[],
  units: readonly number[],
  stratumCount: number,
  needed: number,
): SplitProblem | undefined {
  const byStratum = groupedBy(units.keys(), (i) => strata[i]!);
  for (let stratum = 0; stratum < stratumCount; stratum++) {
    const own = (byStratum.get(stratum) ?? []).map((i) => units[i]!);
    if (own.length < needed) return { kind: 'tooFewImages', stratum, count: own.length, needed };
    const count = new Set(own).size;
    if (count < needed) return { kind: 'tooFewGroups', stratum, count, needed };
  }
  return undefined;
}

function refuseMissing(splits: Splits, stratumOf: readonly number[], { stratumCount, refusal }: Refusal): void {
  for (const split of splitNames) {
    const present = new Set(splits[split].map((i) => stratumOf[i]!));
    for (let stratum = 0; stratum < stratumCount; stratum++)
      if (!present.has(stratum)) throw refusal({ kind: 'missing', stratum, split });
  }
}
