// The committed samples: complete, balanced as documented, patients in one split, and reproducible.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { sampleFiles } from '../../scripts/samples/sets.ts';
import { chestXray } from '../../shared/contracts/recipes.ts';
import { namePattern } from '../../shared/dataset/namePattern.ts';
import { resolveRecipe } from '../../shared/recipes/recipes.ts';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));

const filesOf = (set: string): string[] =>
  readdirSync(join(samples, set), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(samples, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));

const countsOf = (set: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const file of filesOf(set)) {
    const folder = file.split('/').slice(1, 3).join('/');
    counts[folder] = (counts[folder] ?? 0) + 1;
  }
  return counts;
};

test('samples/animals has as many cats as dogs in every split', () => {
  assert.deepEqual(countsOf('animals'), {
    'train/cat': 100,
    'train/dog': 100,
    'val/cat': 20,
    'val/dog': 20,
    'test/cat': 50,
    'test/dog': 50,
  });
});

test('samples/chest_xray is as imbalanced in training as the real datasets', () => {
  assert.deepEqual(countsOf('chest_xray'), {
    'train/NORMAL': 60,
    'train/PNEUMONIA': 180,
    'val/NORMAL': 16,
    'val/PNEUMONIA': 16,
    'test/NORMAL': 40,
    'test/PNEUMONIA': 60,
  });
});

test('no patient of samples/chest_xray appears in two splits, by the group pattern of the chest-xray recipe', async () => {
  const pattern = await namePattern(chestXray.groupPattern!);
  const splitsOfPatient = new Map<string, Set<string>>();
  for (const file of filesOf('chest_xray')) {
    const patient = pattern(basename(file))?.first;
    assert.ok(patient, `${file} bears no patient's id`);
    splitsOfPatient.set(patient, (splitsOfPatient.get(patient) ?? new Set()).add(file.split('/')[1]!));
  }
  assert.ok(splitsOfPatient.size > 100);
  assert.ok(splitsOfPatient.size < filesOf('chest_xray').length, 'some patients must have several images');
  for (const [patient, splits] of splitsOfPatient)
    assert.equal(splits.size, 1, `${patient} is in ${[...splits].join(' and ')}`);
});

test('file names of the samples are unique, and the generator lists exactly the existing files', () => {
  const here = [...filesOf('animals'), ...filesOf('chest_xray')].sort();
  assert.equal(new Set(here.map((file) => basename(file))).size, here.length);
  assert.deepEqual(
    sampleFiles()
      .map(({ relativePath }) => relativePath)
      .sort(),
    here,
  );
});

test('a redrawn sample has the same pixels as the committed one', async () => {
  const files = sampleFiles();
  for (const i of [0, 150, 339, 340, 500, files.length - 1]) {
    const { relativePath, draw } = files[i]!;
    const again = await pixels(await draw());
    const committed = await pixels(readFileSync(join(samples, relativePath)));
    assert.equal(again.length, committed.length, relativePath);
    assert.ok(
      again.equals(committed),
      `${relativePath} is drawn differently: run npm run samples and look at the change`,
    );
  }
});

test('every sample is a small JPEG labelled as synthetic; radiographs are grey', async () => {
  for (const file of [...filesOf('animals'), ...filesOf('chest_xray')]) {
    const bytes = readFileSync(join(samples, file));
    const { format, width, height, channels, exif } = await sharp(bytes).metadata();
    assert.equal(format, 'jpeg', file);
    assert.ok(Math.min(width, height) >= 160 && Math.max(width, height) <= 256, `${file} is ${width} x ${height}`);
    assert.ok(bytes.length < 14_000, `${file} has ${bytes.length} bytes`);
    assert.match(String(exif), /Synthetic picture/, file);
    assert.equal(channels, file.startsWith('chest_xray') ? 1 : 3, file);
  }
});

test('the README calls the samples synthetic', () => {
  assert.match(readFileSync(join(samples, 'README.md'), 'utf8'), /\*\*synthetic\*\*/);
});

for (const name of readdirSync(join(samples, 'recipes')))
  test(`samples/recipes/${name} is a valid recipe`, async () => {
    const recipe = await resolveRecipe({ recipe: join(samples, 'recipes', name), sets: [] });
    assert.equal(recipe.network, 'resnet18');
  });

const pixels = (jpeg: Buffer): Promise<Buffer> => sharp(jpeg).raw().toBuffer();
