// Searches a split of whole groups in which every part has every class, for cases where dealing groups one by one finds none. Pure.

import { groupedBy } from '../../../shared/groupedBy.ts';
import { smallest } from '../../../shared/lists.ts';
import { type Random, shuffled } from '../../../shared/random.ts';

export interface NoGroupSplit {
  readonly proven: boolean;
  /** Proven: classes that no split can give to every part, all of them necessary; otherwise the class in the fewest groups. */
  readonly labels: readonly number[];
}

/** Positions of the items of each part, ascending. */
export interface GroupSplit {
  readonly parts: readonly (readonly number[])[];
}

/**
 * Among the splits in which every part has every class, the one with the least imbalance: the sum over parts and classes of the squared
 * difference between the part's actual and intended share of the class. Few groups are searched exhaustively
 * (3^13 ways to split), more of them by local search: minimum conflicts with a tabu list (Minton et al. 1992), then descent.
 *
 * @param labels,groups  one per item; every label below the largest occurs
 * @param shares  one per part; they sum to 1
 */
export function searchGroupSplit(
  labels: readonly number[],
  groups: readonly (string | number)[],
  shares: readonly number[],
  random: Random,
): GroupSplit | NoGroupSplit {
  const members = shuffled([...groupedBy(labels.keys(), (item) => groups[item]!).values()], random);
  const problem = problemOf(members, labels, shares);
  const ways = shares.length ** members.length;
  const best =
    ways <= mostWays && ways * problem.totals.length <= mostCells ? exhaustive(problem) : localSearch(problem, random);
  if (best === undefined) return unsplittable(problem);
  const parts = shares.map((_, part) => members.filter((_, unit) => best[unit] === part).flat());
  return { parts: parts.map((part) => part.sort((a, b) => a - b)) };
}

const mostWays = 3 ** 13;
const mostCells = 2e8;

interface Problem {
  readonly shares: readonly number[];
  /** Number of items of each label. */
  readonly totals: readonly number[];
  /** For each unit its labels, with the number of items of each. */
  readonly units: readonly (readonly (readonly [label: number, count: number])[])[];
  /** For each label the units that contain it. */
  readonly holders: readonly (readonly number[])[];
}

function problemOf(
  members: readonly (readonly number[])[],
  labels: readonly number[],
  shares: readonly number[],
): Problem {
  const classCount = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const totals = new Array<number>(classCount).fill(0);
  for (const label of labels) totals[label]!++;
  const units = members.map((items) =>
    [...groupedBy(items, (item) => labels[item]!)].map(([label, own]) => [label, own.length] as const),
  );
  const holders = totals.map((): number[] => []);
  for (const [unit, own] of units.entries()) for (const [label] of own) holders[label]!.push(unit);
  return { shares, totals, units, holders };
}

/** Counts of each label in each part, updated as units move. */
class Division {
  readonly partOf: number[];
  readonly counts: readonly number[][];
  /** Number of pairs of a part and a label that it lacks. */
  missing: number;
  readonly #problem: Problem;

  /** At first every unit is in no part (-1). */
  constructor(problem: Problem) {
    this.#problem = problem;
    this.partOf = new Array<number>(problem.units.length).fill(-1);
    this.counts = problem.shares.map(() => new Array<number>(problem.totals.length).fill(0));
    this.missing = problem.shares.length * problem.totals.length;
  }

  /** @param part  -1: none */
  move(unit: number, part: number): void {
    const from = this.counts[this.partOf[unit]!];
    const to = this.counts[part];
    for (const [label, count] of this.#problem.units[unit]!) {
      if (from && (from[label]! -= count) === 0) this.missing++;
      if (to && (to[label]! += count) === count) this.missing--;
    }
    this.partOf[unit] = part;
  }

  /** Change of `missing` and of the imbalance by a move. */
  changeBy(unit: number, part: number): { readonly missing: number; readonly imbalance: number } {
    const { units, totals, shares } = this.#problem;
    const own = this.partOf[unit]!;
    const [from, to] = [this.counts[own]!, this.counts[part]!];
    let [missing, imbalance] = [0, 0];
    for (const [label, count] of units[unit]!) {
      if (from[label] === count) missing++;
      if (to[label] === 0) missing--;
      const total = totals[label]!;
      const off = (n: number, share: number) => (n / total - share) ** 2;
      imbalance +=
        off(from[label]! - count, shares[own]!) -
        off(from[label]!, shares[own]!) +
        off(to[label]! + count, shares[part]!) -
        off(to[label]!, shares[part]!);
    }
    return { missing, imbalance };
  }

  imbalance(): number {
    const { totals, shares } = this.#problem;
    return shares.reduce(
      (sum, share, part) =>
        totals.reduce((inner, total, label) => inner + (this.counts[part]![label]! / total - share) ** 2, sum),
      0,
    );
  }
}

/** A part per unit; undefined: there is no split. Among ties the first. */
function exhaustive(problem: Problem): number[] | undefined {
  let best: number[] | undefined;
  let least = Number.POSITIVE_INFINITY;
  everySplit(problem, Number.POSITIVE_INFINITY, (division) => {
    const imbalance = division.imbalance();
    if (imbalance < least - 1e-12) {
      least = imbalance;
      best = [...division.partOf];
    }
    return false;
  });
  return best;
}

/**
 * Visits every split in which each part has each label, until `visit` returns true.
 *
 * @param mostSteps  assignments of one unit
 * @returns false if the steps ran out before the end
 */
function everySplit(problem: Problem, mostSteps: number, visit: (division: Division) => boolean): boolean {
  const { units, shares, totals } = problem;
  const division = new Division(problem);
  // Remaining units per label: there must be as many as there are parts without it.
  const left = totals.map((_, label) => problem.holders[label]!.length);
  const lacking = (label: number) => division.counts.reduce((sum, counts) => sum + (counts[label] === 0 ? 1 : 0), 0);
  let steps = 0;
  let ended = false;
  const place = (unit: number): void => {
    if (unit === units.length) {
      ended = division.missing === 0 && visit(division);
      return;
    }
    for (const [label] of units[unit]!) left[label]!--;
    for (let part = 0; part < shares.length && !ended && steps < mostSteps; part++) {
      steps++;
      division.move(unit, part);
      if (units[unit]!.every(([label]) => lacking(label) <= left[label]!)) place(unit + 1);
    }
    division.move(unit, -1);
    for (const [label] of units[unit]!) left[label]!++;
  };
  place(0);
  return ended || steps < mostSteps;
}

const restarts = 12;
const stepsPerStart = 4000;
const mostCandidates = 200;

function localSearch(problem: Problem, random: Random): number[] | undefined {
  let best: number[] | undefined;
  let least = Number.POSITIVE_INFINITY;
  const wanted = problem.units.length > 1000 ? 1 : 4; // splits to choose from
  for (let start = 0, found = 0; start < restarts && found < wanted; start++) {
    const division = randomDivision(problem, random);
    if (!mend(problem, division, random)) continue;
    found++;
    descend(problem, division);
    const imbalance = division.imbalance();
    if (imbalance < least - 1e-12) {
      least = imbalance;
      best = [...division.partOf];
    }
  }
  return best;
}

/** Deals units by the shares. */
function randomDivision(problem: Problem, random: Random): Division {
  const division = new Division(problem);
  for (const unit of problem.units.keys()) {
    let rest = random();
    const part = problem.shares.findIndex((share) => (rest -= share) < 0);
    division.move(unit, part === -1 ? 0 : part);
  }
  return division;
}

/** Moves units until no part lacks a label. @returns false if the steps ran out */
function mend({ shares, totals, holders, units }: Problem, division: Division, random: Random): boolean {
  const tenure = Math.min(10, Math.ceil(units.length / 4));
  const freeFrom = new Map<number, number>(); // tabu: the step from which a unit may move again
  let fewest = division.missing;
  for (let step = 0; step < stepsPerStart && division.missing > 0; step++) {
    const gaps = shares.flatMap((_, part) =>
      totals.flatMap((_, label) => (division.counts[part]![label] === 0 ? [{ part, label }] : [])),
    );
    const { part, label } = gaps[Math.floor(random() * gaps.length)]!;
    const own = holders[label]!.filter((unit) => division.partOf[unit] !== part);
    const candidates = own.length > mostCandidates ? shuffled(own, random).slice(0, mostCandidates) : own;
    let chosen: { readonly unit: number; readonly missing: number; readonly imbalance: number } | undefined;
    for (const unit of candidates) {
      const change = division.changeBy(unit, part);
      if ((freeFrom.get(unit) ?? 0) > step && division.missing + change.missing >= fewest) continue;
      const isBetter =
        chosen === undefined ||
        change.missing < chosen.missing ||
        (change.missing === chosen.missing && change.imbalance < chosen.imbalance);
      if (isBetter) chosen = { unit, ...change };
    }
    if (chosen === undefined) continue;
    division.move(chosen.unit, part);
    freeFrom.set(chosen.unit, step + 1 + tenure + Math.floor(random() * tenure));
    fewest = Math.min(fewest, division.missing);
  }
  return division.missing === 0;
}

const mostPasses = 50;

/** Moves single units as long as that lowers the imbalance and no part loses its last image of a label. */
function descend({ units, shares }: Problem, division: Division): void {
  for (let pass = 0, moved = true; moved && pass < mostPasses; pass++) {
    moved = false;
    for (const unit of units.keys())
      for (const part of shares.keys()) {
        if (division.partOf[unit] === part) continue;
        const { missing, imbalance } = division.changeBy(unit, part);
        if (missing > 0 || imbalance > -1e-12) continue;
        division.move(unit, part);
        moved = true;
      }
  }
}

/** Most steps of a proof that some classes cannot be split; about a second. */
const mostProofSteps = 1e6;
/** Most units in a proof, which is the depth of its recursion. */
const mostProofUnits = 500;

function unsplittable(problem: Problem): NoGroupSplit {
  const byHolders = [...problem.totals.keys()].sort(
    (a, b) => problem.holders[a]!.length - problem.holders[b]!.length || a - b,
  );
  const cannot = (labels: readonly number[]) => isImpossible(restrictedTo(problem, labels));
  for (let count = 1; count < 2 * byHolders.length; count *= 2) {
    let labels = byHolders.slice(0, count);
    if (!cannot(labels)) continue;
    // Labels that can be left out, the most frequent first, are not the reason.
    for (const label of labels.toReversed()) {
      const others = labels.filter((other) => other !== label);
      if (others.length > 0 && cannot(others)) labels = others;
    }
    return { proven: true, labels };
  }
  return { proven: false, labels: byHolders.slice(0, 1) };
}

/** Only these labels, and the units that contain one of them, those with the rarest labels first. */
function restrictedTo({ shares, totals, units, holders }: Problem, labels: readonly number[]): Problem {
  const position = new Map(labels.map((label, i) => [label, i]));
  const rarest = (unit: Problem['units'][number]) => smallest(unit.map(([label]) => holders[labels[label]!]!.length));
  const kept = units
    .map((own) => own.flatMap(([label, n]) => (position.has(label) ? [[position.get(label)!, n] as const] : [])))
    .filter((own) => own.length > 0)
    .sort((a, b) => rarest(a) - rarest(b));
  return {
    shares,
    totals: labels.map((label) => totals[label]!),
    units: kept,
    holders: labels.map((_, label) => [...kept.keys()].filter((unit) => kept[unit]!.some(([own]) => own === label))),
  };
}

/** false also if the steps did not suffice to find out. */
function isImpossible(problem: Problem): boolean {
  if (problem.units.length > mostProofUnits) return false;
  let found = false;
  const complete = everySplit(problem, mostProofSteps, () => {
    found = true;
    return true;
  });
  return complete && !found;
}
