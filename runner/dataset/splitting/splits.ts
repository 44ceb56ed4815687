// Division of items into splits that the folder does not define. Pure: labels and groups in, positions out.

import { groupedBy } from '../../../shared/groupedBy.ts';
import { appendAll, indexOfLargest, largest } from '../../../shared/lists.ts';
import { type Random, shuffled } from '../../../shared/random.ts';

/**
 * Divides each class separately, in random order, by the shares (largest remainders; every part gets one item if there are enough).
 *
 * @param labels  one per item
 * @param shares  one per part; they sum to 1
 * @returns positions of the items of each part, ascending
 */
export function splitStratified(labels: readonly number[], shares: readonly number[], random: Random): number[][] {
  const parts: number[][] = shares.map(() => []);
  for (const [, items] of [...groupedBy(labels.keys(), (item) => labels[item]!)].sort(([a], [b]) => a - b)) {
    const order = shuffled(items, random);
    let from = 0;
    for (const [part, count] of countsOf(order.length, shares).entries()) {
      appendAll(parts[part]!, order.slice(from, from + count));
      from += count;
    }
  }
  return parts.map((part) => part.sort((a, b) => a - b));
}

/** `total` divided by the shares into whole numbers that sum to it. */
export function countsOf(total: number, shares: readonly number[]): number[] {
  const counts = shares.map((share) => Math.floor(total * share + 1e-9));
  const byRemainder = shares
    .map((share, part) => ({ part, remainder: total * share - counts[part]! }))
    .sort((a, b) => b.remainder - a.remainder || a.part - b.part);
  let left = total - counts.reduce((sum, count) => sum + count, 0);
  for (const { part } of byRemainder) if (left-- > 0) counts[part]!++;
  if (total >= shares.length)
    for (const [part, count] of counts.entries())
      if (count === 0) {
        counts[part]!++;
        counts[indexOfLargest(counts)]!--;
      }
  return counts;
}

/**
 * Deals whole groups, the largest first (ties in random order), each to the part that lacks most of its classes; then, while a part lacks
 * a class that another part has in at least two groups, the smallest such group moves.
 *
 * @param labels,groups  one per item; a group may contain several classes
 * @returns positions of the items of each part, ascending; no group is in two parts
 */
export function splitByGroup(
  labels: readonly number[],
  groups: readonly (string | number)[],
  shares: readonly number[],
  random: Random,
): number[][] {
  const totals = countLabels(labels.keys(), labels);
  const classCount = Math.max(largest(totals.keys()), -1) + 1;
  const units = shuffled([...groupedBy(labels.keys(), (item) => groups[item]!).values()], random)
    .map((items): Unit => ({ items, counts: countLabels(items, labels) }))
    .sort((a, b) => b.items.length - a.items.length);
  const parts = shares.map(
    (share): Part => ({
      targets: Array.from({ length: classCount }, (_, label) => (totals.get(label) ?? 0) * share),
      units: new Map(),
      came: 0,
      counts: new Array<number>(classCount).fill(0),
    }),
  );
  for (const unit of units)
    add(
      parts.reduce((best, part) => (lack(part, unit) > lack(best, unit) ? part : best)),
      unit,
    );
  const unitsOf = unitsByLabel(units);
  for (const part of parts)
    for (const label of totals.keys()) if (part.counts[label] === 0) borrow(parts, part, label, unitsOf.get(label)!);
  return parts.map((part) => [...part.units.keys()].flatMap(({ items }) => items).sort((a, b) => a - b));
}

interface Unit {
  readonly items: readonly number[];
  /** Items by label, for the labels that occur. */
  readonly counts: ReadonlyMap<number, number>;
}

interface Part {
  /** By label. */
  readonly targets: readonly number[];
  readonly counts: number[];
  /** Each with a number that grows in the order of arrival. */
  readonly units: Map<Unit, number>;
  came: number;
}

function unitsByLabel(units: readonly Unit[]): ReadonlyMap<number, readonly Unit[]> {
  const byLabel = new Map<number, Unit[]>();
  for (const unit of units)
    for (const label of unit.counts.keys()) {
      const own = byLabel.get(label);
      if (own) own.push(unit);
      else byLabel.set(label, [unit]);
    }
  return byLabel;
}

function countLabels(items: Iterable<number>, labels: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const item of items) counts.set(labels[item]!, (counts.get(labels[item]!) ?? 0) + 1);
  return counts;
}

/** Emptiness of a part, as a share of its target, for the classes of this unit. */
function lack(part: Part, unit: Unit): number {
  let sum = 0;
  for (const [label, n] of unit.counts) sum += n * (1 - part.counts[label]! / part.targets[label]!);
  return sum;
}

function add(part: Part, unit: Unit): void {
  part.units.set(unit, part.came++);
  for (const [label, n] of unit.counts) part.counts[label]! += n;
}

/**
 * Takes the smallest group of a class from a part that keeps all its classes without it.
 *
 * @param units  all units of the class, in any part
 */
function borrow(parts: readonly Part[], poor: Part, label: number, units: readonly Unit[]): void {
  const offers = parts.flatMap((part) =>
    part === poor || part.counts[label] === 0
      ? []
      : units
          .filter((unit) => part.units.has(unit) && [...unit.counts].every(([other, n]) => part.counts[other]! > n))
          .sort((a, b) => part.units.get(a)! - part.units.get(b)!)
          .map((unit) => ({ part, unit })),
  );
  const smallest = offers.sort((a, b) => a.unit.items.length - b.unit.items.length)[0];
  if (!smallest) return;
  const { part, unit } = smallest;
  part.units.delete(unit);
  for (const [other, n] of unit.counts) part.counts[other]! -= n;
  add(poor, unit);
}
