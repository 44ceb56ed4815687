import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeName, nameProblem } from '../../../src/datasets/sampleName.ts';

const taken =
  (...names: string[]) =>
  async (name: string) =>
    names.includes(name);

test('freeName() counts from 2 to the first free name', async () => {
  assert.equal(await freeName('animals', taken('animals')), 'animals-2');
  assert.equal(await freeName('animals', taken('animals', 'animals-2', 'animals-3')), 'animals-4');
});

test('nameProblem() accepts one free folder name, in any script', async () => {
  for (const name of ['pets', ' pets ', 'my pets', 'Tiere-2', '動物', '.hidden'])
    assert.equal(await nameProblem(name, taken('animals')), undefined, name);
  assert.equal(await nameProblem(' animals ', taken('animals')), 'taken');
});

test('nameProblem() refuses names that lead elsewhere or that a system does not allow', async () => {
  for (const name of ['', '  ', '.', '..', '../pets', 'a/b', 'a\\b', '/abs', 'C:x', 'what?', 'a\u0000b', 'pets.'])
    assert.equal(await nameProblem(name, taken()), 'notAName', JSON.stringify(name));
});
