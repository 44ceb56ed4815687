import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classTargets } from '../../../../runner/classification/classes/classTargets.ts';
import { assignSplits } from '../../../../runner/dataset/splitting/assign.ts';
import { searchGroupSplit } from '../../../../runner/dataset/splitting/groupSearch.ts';
import { splitByGroup } from '../../../../runner/dataset/splitting/splits.ts';
import { UserError } from '../../../../shared/contracts/errors.ts';
import { stream } from '../../../../shared/random.ts';
import { assertProperty } from '../../../support/property.ts';

const shares = [0.7, 0.15, 0.15];
const share = { train: 0.7, val: 0.15, test: 0.15 };
const randomOf = (seed: number) => stream(seed, 'split');

/** Group -> label -> number of items. */
type Groups = Readonly<Record<string, Readonly<Record<number, number>>>>;

const itemsOf = (groups: Groups) =>
  Object.entries(groups).flatMap(([group, counts]) =>
    Object.entries(counts).flatMap(([label, count]) =>
      Array.from({ length: count }, () => ({ label: Number(label), group })),
    ),
  );

/** Labels without a gap, like those of class folders. */
function dense(groups: Groups): Groups {
  const labels = [...new Set(itemsOf(groups).map(({ label }) => label))].sort((a, b) => a - b);
  return Object.fromEntries(
    Object.entries(groups).map(([group, counts]) => [
      group,
      Object.fromEntries(Object.entries(counts).map(([label, n]) => [labels.indexOf(Number(label)), n])),
    ]),
  );
}

/** Sum over splits and labels of (actual - wanted proportion)²; undefined: a split lacks a label. */
function imbalanceOf(groups: Groups, partOf: Readonly<Record<string, number>>, wanted: readonly number[]) {
  const items = itemsOf(groups);
  let sum = 0;
  for (const label of new Set(items.map((item) => item.label))) {
    const own = items.filter((item) => item.label === label);
    for (const [part, one] of wanted.entries()) {
      const count = own.filter(({ group }) => partOf[group] === part).length;
      if (count === 0) return undefined;
      sum += (count / own.length - one) ** 2;
    }
  }
  return sum;
}

/** Tries every assignment: the number of valid ones, and the least imbalance among them. */
function bruteForce(groups: Groups, wanted: readonly number[]): { readonly valid: number; readonly least: number } {
  const names = Object.keys(groups);
  let [valid, least] = [0, Number.POSITIVE_INFINITY];
  for (let way = 0; way < wanted.length ** names.length; way++) {
    const partOf = Object.fromEntries(
      names.map((name, i) => [name, Math.floor(way / wanted.length ** i) % wanted.length]),
    );
    const imbalance = imbalanceOf(groups, partOf, wanted);
    if (imbalance === undefined) continue;
    valid++;
    least = Math.min(least, imbalance);
  }
  return { valid, least };
}

function search(groups: Groups, wanted: readonly number[], seed: number) {
  const items = itemsOf(groups);
  const labels = items.map(({ label }) => label);
  const found = searchGroupSplit(
    labels,
    items.map(({ group }) => group),
    wanted,
    randomOf(seed),
  );
  if (!('parts' in found)) return { found, imbalance: undefined };
  assert.deepEqual(
    found.parts.flat().sort((a, b) => a - b),
    [...items.keys()],
    'every item in one part',
  );
  const partOf: Record<string, number> = {};
  for (const [part, own] of found.parts.entries())
    for (const i of own) assert.equal((partOf[items[i]!.group] ??= part), part, 'a group in two parts');
  return { found, imbalance: imbalanceOf(groups, partOf, wanted) };
}

/** Six camera sites, five species: boar, deer, fox, hare, owl. */
const cameras: Groups = {
  north: { 1: 3, 2: 6, 3: 1, 4: 6 },
  creek: { 0: 8, 3: 4, 4: 5 },
  ridge: { 0: 3, 2: 3, 3: 3, 4: 3 },
  meadow: { 2: 6, 3: 5, 4: 9 },
  gate: { 0: 15, 1: 4, 3: 5, 4: 3 },
  pond: { 1: 2, 2: 4 },
};

const anyGroups = (most: number) =>
  fc
    .array(fc.dictionary(fc.constantFrom('0', '1', '2', '3'), fc.integer({ min: 1, max: 9 }), { minKeys: 1 }), {
      minLength: 2,
      maxLength: most,
    })
    .map((groups) => dense(Object.fromEntries(groups.map((counts, i) => [`g${i}`, counts]))));

test('searchGroupSplit() finds a split exactly when one exists, and the one of least imbalance', () => {
  let [possible, impossible] = [0, 0];
  assertProperty(
    fc.property(anyGroups(6), fc.constantFrom(shares, [0.8, 0.2]), fc.nat(), (groups, wanted, seed) => {
      const { valid, least } = bruteForce(groups, wanted);
      const { found, imbalance } = search(groups, wanted, seed);
      assert.equal('parts' in found, valid > 0);
      if (imbalance === undefined) {
        impossible++;
        return;
      }
      possible++;
      assert.ok(Math.abs(imbalance - least) < 1e-9, `${imbalance} instead of ${least}`);
    }),
    { numRuns: 150 },
  );
  // The longer run of the properties may be cut short by its time limit, and a few cases prove nothing.
  const fewest = Math.floor((possible + impossible) / 150) * 18;
  assert.ok(possible >= fewest && impossible >= fewest, `${possible} possible, ${impossible} impossible`);
});

test('the classes named as unsplittable are a minimal set: removing any one of them allows a split', () => {
  assertProperty(
    fc.property(anyGroups(6), fc.nat(), (groups, seed) => {
      const { found } = search(groups, shares, seed);
      if ('parts' in found) return;
      const only = (labels: readonly number[]) =>
        dense(
          Object.fromEntries(
            Object.entries(groups)
              .map(([group, counts]) => [
                group,
                Object.fromEntries(Object.entries(counts).filter(([label]) => labels.includes(Number(label)))),
              ])
              .filter(([, counts]) => Object.keys(counts!).length > 0),
          ) as Groups,
        );
      assert.equal(found.proven, true);
      assert.equal(bruteForce(only(found.labels), shares).valid, 0);
      for (const label of found.labels) {
        const others = found.labels.filter((other) => other !== label);
        if (others.length > 0) assert.ok(bruteForce(only(others), shares).valid > 0);
      }
    }),
  );
});

test('a class with fewer groups than splits is named alone', () => {
  const { found } = search({ g0: { 0: 1, 1: 2 }, g1: { 0: 1 }, g2: { 1: 4 }, g3: { 1: 1 } }, shares, 0);
  assert.deepEqual(found, { proven: true, labels: [0] });
  assert.deepEqual(search({ g0: { 0: 1 }, g1: { 0: 1 } }, shares, 0).found, { proven: true, labels: [0] });
});

test('splits found by the group-by-group pass skip the search', () => {
  assertProperty(
    fc.property(anyGroups(8), fc.nat(), (groups, seed) => {
      const items = itemsOf(groups);
      const labels = items.map(({ label }) => label);
      const before = splitByGroup(
        labels,
        items.map(({ group }) => group),
        shares,
        randomOf(seed),
      );
      const classCount = new Set(labels).size;
      fc.pre(before.every((part) => new Set(part.map((i) => labels[i])).size === classCount));
      fc.pre(new Set(items.map(({ group }) => group)).size < items.length);
      const { splits } = assigned(groups, seed);
      assert.deepEqual([splits.train, splits.val, splits.test], before);
    }),
  );
});

const assigned = (groups: Groups, seed: number) => {
  const items = itemsOf(groups);
  const images = items.map((item, i) => ({ ...item, givenSplit: null, sha256: `${i}` }));
  const classCount = new Set(items.map(({ label }) => label)).size;
  const classNames = ['boar', 'deer', 'fox', 'hare', 'owl'].slice(0, classCount);
  return assignSplits(images, classTargets(classNames), [], share, seed);
};

test('assignSplits() finds one of the 12 ways to split five species at six sites', () => {
  const { valid, least } = bruteForce(cameras, shares);
  assert.equal(valid, 12);
  for (let seed = 0; seed < 10; seed++) {
    const { splits } = assigned(cameras, seed);
    const items = itemsOf(cameras);
    const partOf = Object.fromEntries(
      [splits.train, splits.val, splits.test].flatMap((own, part) => own.map((i) => [items[i]!.group, part])),
    );
    assert.ok(Math.abs(imbalanceOf(cameras, partOf, shares)! - least) < 1e-9);
  }
});

test('assignSplits() names the classes that cannot be in every split, with their numbers of groups', () => {
  // Boar puts g1, g2 and g3 into three splits, and deer g1, g2 and g4; so g3 and g4 share one, and foxes reach at most two.
  const groups: Groups = {
    g1: { 0: 2, 1: 3, 3: 1 },
    g2: { 0: 2, 1: 1, 3: 2 },
    g3: { 0: 5, 2: 2 },
    g4: { 1: 4, 2: 2, 3: 4 },
    g5: { 2: 6, 3: 2 },
    g6: { 3: 9 },
  };
  assert.equal(bruteForce(groups, shares).valid, 0);
  assert.throws(
    () => assigned(groups, 1),
    (error) => {
      assert.ok(error instanceof UserError && error.code === 'noGroupSplit', String(error));
      assert.deepEqual(error.params, {
        groups: 6,
        splits: 'train, val and test',
        classes: '"boar" (in 3 groups), "deer" (in 3 groups), "fox" (in 3 groups)',
      });
      return true;
    },
  );
});

test('searchGroupSplit() finds planted splits of many groups, the same ones for the same seed', () => {
  for (let seed = 0; seed < 8; seed++) {
    const random = stream(seed, 'planted');
    // Three groups per rare class, one in each part of a hidden split; each of them contains several rare classes.
    const hidden = Array.from({ length: 60 }, (_, i) => i % 3);
    const groups: Record<string, Record<number, number>> = Object.fromEntries(hidden.map((_, i) => [`g${i}`, {}]));
    for (let label = 0; label < 12; label++)
      for (let part = 0; part < 3; part++) {
        const own = hidden.flatMap((one, i) => (one === part && i < 24 ? [i] : []));
        groups[`g${own[Math.floor(random() * own.length)]!}`]![label] = 1 + Math.floor(random() * 5);
      }
    for (const counts of Object.values(groups)) counts[12] = 1 + Math.floor(random() * 9);
    const { found, imbalance } = search(groups, shares, seed);
    assert.ok(imbalance !== undefined, `seed ${seed}: none found`);
    assert.deepEqual(search(groups, shares, seed).found, found);
  }
});
