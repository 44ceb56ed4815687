import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mapClasses } from '../../../../runner/classification/classes/classMapping.ts';
import type { UserError } from '../../../../shared/contracts/errors.ts';
import { assertProperty } from '../../../support/property.ts';

const labelsOf = (folders: readonly string[], classNames: readonly string[]) => {
  const { labelOf, normalised, unknown } = mapClasses('/data', folders, classNames);
  return { labels: Object.fromEntries(labelOf), normalised, unknown };
};

for (const [what, folders, classNames, expected] of [
  [
    'by the same name',
    ['bees', 'ants'],
    ['ants', 'bees'],
    { labels: { bees: 1, ants: 0 }, normalised: [], unknown: [] },
  ],
  [
    'in other letters',
    ['BEES', 'Fire_ants'],
    ['bees', 'fire ants'],
    { labels: { BEES: 0, Fire_ants: 1 }, normalised: ['BEES', 'Fire_ants'], unknown: [] },
  ],
  [
    'whose accents are stored otherwise',
    ['Gru\u0308n'],
    ['Gr\u00fcn', 'rot'],
    { labels: { 'Gru\u0308n': 0 }, normalised: ['Gru\u0308n'], unknown: [] },
  ],
  [
    'not at all, when two classes could be meant',
    ['CAT'],
    ['cat', 'c-at'],
    { labels: {}, normalised: [], unknown: ['CAT'] },
  ],
  [
    'exactly, when two could be meant but one is the same',
    ['cat'],
    ['cat', 'c-at'],
    { labels: { cat: 0 }, normalised: [], unknown: [] },
  ],
  ['not at all, when it is only alike', ['dogs'], ['dog', 'cat'], { labels: {}, normalised: [], unknown: ['dogs'] }],
  [
    'not at all, when it is called like a property of every object',
    ['constructor'],
    ['a', 'b'],
    { labels: {}, normalised: [], unknown: ['constructor'] },
  ],
] as const)
  test(`mapClasses() matches a folder ${what}`, () => assert.deepEqual(labelsOf(folders, classNames), expected));

test('mapClasses() refuses two folders that match one class, and names them', () => {
  assert.throws(
    () => mapClasses('/data', ['bees', 'Bees'], ['ants', 'bees']),
    (error: UserError) =>
      error.code === 'classesAmbiguous' &&
      error.message.includes('"bees" and "Bees"') &&
      error.params.className === 'bees',
  );
});

test('mapClasses() gives every class its own label, whatever the order of the folders', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/);
  const classes = fc.uniqueArray(name, { minLength: 2, maxLength: 8 });
  assertProperty(
    fc.property(
      classes.chain((classNames) => fc.tuple(fc.constant(classNames), fc.shuffledSubarray(classNames))),
      ([classNames, folders]) => {
        const { labelOf } = mapClasses('/data', folders, classNames);
        for (const folder of folders) assert.equal(classNames[labelOf.get(folder)!], folder);
        assert.equal(labelOf.size, folders.length);
      },
    ),
  );
});
