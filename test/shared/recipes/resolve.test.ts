import assert from 'node:assert/strict';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../../shared/contracts/errors.ts';
import { Recipe } from '../../../shared/contracts/recipe.ts';
import { bundledRecipes } from '../../../shared/contracts/recipes.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';

async function fileWith(content: unknown): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'recipe-')), 'mine.shoulders.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const refusal = (code: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, pattern);
  return true;
};

test('the bundled recipes are valid by the schema', () => {
  for (const recipe of Object.values(bundledRecipes)) assert.deepEqual(Recipe.parse(recipe), recipe);
});

test('resolveRecipe() applies settings to a copy of a bundled recipe', async () => {
  const recipe = await resolveRecipe({
    recipe: 'photos',
    sets: ['seed=7', 'stages.1.epochs=2', 'network=resnet34', 'trainViews.count=fresh', 'batchSize.train=8'],
  });
  assert.equal(recipe.seed, 7);
  assert.equal(recipe.stages[1]!.epochs, 2);
  assert.equal(recipe.network, 'resnet34');
  assert.equal(recipe.trainViews.count, 'fresh');
  assert.deepEqual(recipe.batchSize, { train: 8, eval: 64 });
  assert.equal(bundledRecipes.photos.seed, 42);
});

test('resolveRecipe() merges a recipe file over its base: objects merge, lists replace', async () => {
  const stage = bundledRecipes.photos.stages[0]!;
  const file = await fileWith({
    $schema: 'x',
    base: 'chest-xray',
    name: 'mine',
    trainViews: { randomRotation: 3 },
    stages: [stage],
    weights: 'w/mine.pth',
  });
  const recipe = await resolveRecipe({ recipe: file });
  assert.equal(recipe.network, 'resnet50');
  assert.equal(recipe.trainViews.randomRotation, 3);
  assert.equal(recipe.trainViews.randomHorizontalFlip, 0.5);
  assert.equal(recipe.stages.length, 1);
  assert.equal(recipe.weights, join(file, '..', 'w/mine.pth'));
});

test('"fc", which older recipes call the head, is read as "head" wherever a recipe is written', async () => {
  const file = await fileWith({ stages: [{ ...bundledRecipes.photos.stages[0]!, unfreeze: 'fc' }] });
  const fromFile = await resolveRecipe({ recipe: file });
  const fromSetting = await resolveRecipe({ recipe: 'photos', sets: ['stages.0.unfreeze=fc'] });
  assert.deepEqual(
    [fromFile, fromSetting].map(({ stages }) => stages[0]!.unfreeze),
    ['head', 'head'],
  );
  for (const [setting, seen] of [
    ['layer9', '"layer9"'],
    ['3', '3'],
  ])
    await assert.rejects(
      resolveRecipe({ recipe: 'photos', sets: [`stages.0.unfreeze=${setting}`] }),
      refusal(
        'recipeInvalid',
        new RegExp(`it is ${seen}; use one of "head", "layer4", "layer3", "layer2", "layer1", "all"`),
      ),
    );
});

test('an unknown field is refused with the nearest known name', async () => {
  await assert.rejects(
    resolveRecipe({ recipe: 'photos', sets: ['sed=3'] }),
    refusal('recipeUnknownField', /no field "sed": did you mean "seed"/),
  );
  await assert.rejects(
    resolveRecipe({ recipe: 'photos', sets: ['stages.1.epoch=3'] }),
    refusal('recipeUnknownField', /"stages.1.epoch": did you mean "stages.1.epochs"/),
  );
  await assert.rejects(
    resolveRecipe({ recipe: 'photos', sets: ['stage.1.epochs=3'] }),
    refusal('recipeUnknownField', /did you mean "stages.1.epochs"/),
  );
  await assert.rejects(
    resolveRecipe({ recipe: await fileWith({ trainViews: { randomRotate: 3 } }) }),
    refusal('recipeUnknownField', /did you mean "trainViews.randomRotation"/),
  );
  await assert.rejects(
    resolveRecipe({ recipe: 'photos', sets: ['stages.0.optimizer.learningRate.hed=1'] }),
    refusal('recipeUnknownField', /did you mean "stages.0.optimizer.learningRate.head"/),
  );
});

const refused: [name: string, sets: string[], code: string, pattern: RegExp][] = [
  [
    'a wrong word',
    ['network=resnet99'],
    'recipeInvalid',
    /"network" is invalid: it is "resnet99"; use one of "resnet18"/,
  ],
  ['a word for a number', ['seed=many'], 'recipeInvalid', /"seed" is invalid: it is "many"; a number is expected/],
  ['a number out of range', ['batchSize.train=0'], 'recipeInvalid', /batchSize.train.*it is 0; it must be at least 1/],
  ['a size that the network cannot take', ['imageSize=100'], 'recipeInvalid', /multiple of 32/],
  ['no stages', ['stages=[]'], 'recipeInvalid', /"stages".*at least 1 entries/],
  ['shares that do not sum to 1', ['split.train=0.5'], 'recipeInvalid', /"split".*must sum to 1/],
  ['a broken pattern', ['groupPattern=("'], 'recipeInvalid', /groupPattern.*regular expression/],
  ['a pattern that looks behind', ['groupPattern=(?<=ID)\\d+'], 'recipeInvalid', /groupPattern.*looks behind by/],
  [
    'training of BatchNorm in a head',
    ['stages.0.batchNorm=train'],
    'recipeInvalid',
    /"stages.0.batchNorm" is invalid: it is "train"; with unfreeze "head" there is no BatchNorm to train/,
  ],
  ['a setting without =', ['seed'], 'badSetting', /key=value/],
  ['a setting into the prototype', ['__proto__.x=1'], 'badSetting', /key=value/],
];
for (const [name, sets, code, pattern] of refused)
  test(`resolveRecipe() refuses ${name} in one sentence`, () =>
    assert.rejects(resolveRecipe({ recipe: 'photos', sets }), refusal(code, pattern)));

test('resolveRecipe() lets every stage train BatchNorm from random weights, which train the whole network', async () => {
  const sets = ['stages.0.batchNorm=train', 'stages.1.batchNorm=train', 'weights=none'];
  for (const order of [sets, sets.toReversed()]) {
    const { stages } = await resolveRecipe({ recipe: 'photos', sets: order });
    assert.deepEqual(
      stages.map(({ batchNorm }) => batchNorm),
      ['train', 'train'],
    );
  }
});

test('resolveRecipe() refuses a recipe that is missing, not JSON, or on an unknown base', async () => {
  await assert.rejects(
    resolveRecipe({ recipe: 'fotos' }),
    refusal('recipeNotFound', /no recipe "fotos": use one of photos, chest-xray/),
  );
  await assert.rejects(
    resolveRecipe({ recipe: await fileWith('{ seed: 1') }),
    refusal('recipeNotJson', /Cannot read the recipe/),
  );
  await assert.rejects(resolveRecipe({ recipe: await fileWith('[1]') }), refusal('recipeNotJson', /JSON object/));
  await assert.rejects(resolveRecipe({ recipe: await fileWith({ base: 'cats' }) }), refusal('recipeInvalid', /"base"/));
});

test('resolveRecipe() drops fields of the old type when a setting changes a type', async () => {
  const { stages } = await resolveRecipe({
    recipe: 'photos',
    sets: ['stages.0.schedule.type=constant', 'stages.1.optimizer.type=sgd', 'stages.1.optimizer.momentum=0.8'],
  });
  assert.deepEqual(stages[0]!.schedule, { type: 'constant' });
  assert.deepEqual(stages[1]!.optimizer, {
    type: 'sgd',
    learningRate: { head: 5e-4, backbone: 5e-5 },
    weightDecay: 1e-4,
    momentum: 0.8,
  });
  await assert.rejects(
    resolveRecipe({ recipe: 'photos', sets: ['stages.0.schedule.type=cosin'] }),
    refusal('recipeInvalid', /stages.0.schedule.*"cosin".*"cosine"/),
  );
});

test('an unnamed recipe file takes the name of its file, and may start with a byte order mark', async () => {
  assert.equal((await resolveRecipe({ recipe: await fileWith('\uFEFF{"seed": 3}') })).name, 'mine');
});

test('every recipe in samples/recipes resolves', async () => {
  const folder = new URL('../../../samples/recipes/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.shoulders.json'));
  assert.ok(names.length > 0);
  for (const name of names) await resolveRecipe({ recipe: fileURLToPath(new URL(name, folder)) });
});

test('a word that looks like a number or a boolean stays a word where the recipe expects one', async () => {
  const positiveClassOf = async (text: string) =>
    (await resolveRecipe({ recipe: 'photos', sets: [`positiveClass=${text}`] })).positiveClass;
  for (const name of ['1', '-1', '+1', '0', '1.0', '007', 'true']) assert.equal(await positiveClassOf(name), name);
  assert.equal(await positiveClassOf('"1"'), '1');
  assert.equal(await positiveClassOf('null'), null);
  await assert.rejects(positiveClassOf('[1]'), /positiveClass/);
  assert.equal((await resolveRecipe({ recipe: 'photos', sets: ['seed=7'] })).seed, 7);
});

test('a recipe without a task is one of classification, and an unknown task is refused with the known ones', async () => {
  const { task, ...older } = bundledRecipes.photos;
  assert.equal(task, 'classification');
  assert.deepEqual(Recipe.parse(older), bundledRecipes.photos);
  assert.equal((await resolveRecipe({ recipe: await fileWith({ seed: 7 }) })).task, 'classification');
  const sentence = 'The recipe field "task" is invalid: it is "segmentation"; use "classification".';
  for (const choice of [
    { recipe: 'photos', sets: ['task=segmentation'] },
    { recipe: await fileWith({ task: 'segmentation' }) },
  ])
    await assert.rejects(resolveRecipe(choice), { code: 'recipeInvalid', message: sentence });
});
