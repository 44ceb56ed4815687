import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UserError } from '../../../shared/contracts/errors.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';
import { gridRuns, gridSize, mostRuns, parseGrid } from '../../../src/training/grid.ts';
import { assertProperty } from '../../support/property.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return 'nothing wrong';
};

test('parseGrid() reads fields separated by lines or semicolons, and values separated by commas', () => {
  assert.deepEqual(parseGrid('stages.0.optimizer.learningRate.head = 1e-3, 3e-3\nseed = 1,2 ;network=resnet50;'), [
    { path: 'stages.0.optimizer.learningRate.head', values: ['1e-3', '3e-3'] },
    { path: 'seed', values: ['1', '2'] },
    { path: 'network', values: ['resnet50'] },
  ]);
});

test('parseGrid() does not split inside brackets and quotes', () => {
  assert.deepEqual(parseGrid('trainViews.randomResizedCrop.scale = [0.8, 1], [0.5,1]; name = "a, b; \\"c\\"", d'), [
    { path: 'trainViews.randomResizedCrop.scale', values: ['[0.8, 1]', '[0.5,1]'] },
    { path: 'name', values: ['"a, b; \\"c\\""', 'd'] },
  ]);
});

test('parseGrid() reports invalid parts by name', () => {
  for (const text of ['seed', '= 3', 'seed = 1,,2', 'seed =', 'se ed = 1', '1, 2'])
    assert.equal(
      codeOf(() => parseGrid(text)),
      'badSetting',
      text,
    );
  assert.equal(
    codeOf(() => parseGrid('seed = 1; seed = 2')),
    'gridFieldTwice',
  );
});

const field = fc.record(
  {
    path: fc.stringMatching(/^[a-z]{1,8}(\.[a-z0-9]{1,8}){0,3}$/),
    values: fc.uniqueArray(
      fc.oneof(
        fc.integer().map(String),
        fc.stringMatching(/^[a-z]{1,10}$/),
        fc.json({ maxDepth: 2 }).filter((text) => text.trim() === text && text !== ''),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { noNullPrototype: true },
);
const fields = fc.uniqueArray(field, { maxLength: 3, selector: ({ path }) => path });

test('parseGrid() returns the fields as written', () => {
  assertProperty(
    fc.property(fields, fc.constantFrom('; ', ';', '\n'), (written, between) => {
      const text = written.map(({ path, values }) => `${path} = ${values.join(', ')}`).join(between);
      assert.deepEqual(parseGrid(text), written);
    }),
  );
});

test('gridRuns() yields every combination once, each with one value per field', () => {
  assertProperty(
    fc.property(
      fields.filter((some) => gridSize(some) <= mostRuns),
      (some) => {
        const runs = gridRuns(some);
        assert.equal(runs.length, gridSize(some));
        assert.equal(new Set(runs.map(({ settings }) => settings.join('\n'))).size, runs.length);
        for (const { settings } of runs)
          assert.ok(some.every(({ path, values }, i) => values.some((value) => settings[i] === `${path}=${value}`)));
      },
    ),
  );
});

test('gridRuns() varies the last field fastest and names the runs by their differences', () => {
  const runs = gridRuns(
    parseGrid('stages.0.epochs = 1, 2; stages.1.epochs = 3, 4; seed = 7; stages.0.optimizer.learningRate.head = 0.01'),
  );
  assert.deepEqual(
    runs.map(({ name }) => name),
    ['0.epochs 1, 1.epochs 3', '0.epochs 1, 1.epochs 4', '0.epochs 2, 1.epochs 3', '0.epochs 2, 1.epochs 4'],
  );
  assert.ok(runs.every(({ settings }) => settings.includes('seed=7')));
});

test('gridRuns() refuses more runs than it may start at once', () => {
  const values = Array.from({ length: mostRuns + 1 }, (_, i) => i);
  assert.equal(gridRuns(parseGrid(`seed = ${values.slice(1).join()}`)).length, mostRuns);
  assert.equal(
    codeOf(() => gridRuns(parseGrid(`seed = ${values.join()}`))),
    'gridTooLarge',
  );
});

test('the settings of gridRuns() apply to a recipe as written, and a typo is answered with the nearest field', async () => {
  const [, run] = gridRuns(parseGrid('stages.0.optimizer.learningRate.head = 1e-3, 3e-3; seed = 5'));
  const recipe = await resolveRecipe({ recipe: 'photos', sets: run!.settings });
  assert.deepEqual([recipe.stages[0]!.optimizer.learningRate.head, recipe.seed], [3e-3, 5]);
  const [slip] = gridRuns(parseGrid('stages.0.optimiser.learningRate.head = 1e-3'));
  await assert.rejects(
    resolveRecipe({ recipe: 'photos', sets: slip!.settings }),
    /stages\.0\.optimizer\.learningRate\.head/,
  );
});
