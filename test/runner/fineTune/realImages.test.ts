import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fineTune } from '../../../runner/commands/fineTune.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url));
const xrays = join(shared, 'data/chest_xray');
const weights = join(shared, 'weights/resnet50-pruned-imagenet.safetensors');
const missing = [xrays, weights].filter((path) => !existsSync(path));
const skip =
  missing.length > 0 &&
  'real X-rays and weights are not on this machine (../shared/data/chest_xray, ../shared/weights)';

test('the chest-xray recipe on 160 real X-rays reaches a validation AUROC of 0.95', { skip }, async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'real-xrays-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const [split, count] of [
    ['train', 80],
    ['val', 40],
    ['test', 30],
  ] as const)
    for (const className of ['NORMAL', 'PNEUMONIA']) {
      const [from, to] = [join(xrays, split, className), join(root, 'data', split, className)];
      await mkdir(to, { recursive: true });
      const names = (await readdir(from)).sort();
      const step = Math.floor(names.length / count);
      for (let i = 0; i < count; i++) await copyFile(join(from, names[i * step]!), join(to, names[i * step]!));
    }
  const recipe = await resolveRecipe({
    recipe: 'chest-xray',
    sets: [`weights=${JSON.stringify(weights)}`, 'trainViews.count=1', 'stages.0.epochs=8', 'stages.1.epochs=1'],
  });
  const { state } = await fineTune(
    {
      dataset: join(root, 'data'),
      recipe,
      runsFolder: join(root, 'runs'),
      runId: '20260101-000000-real-resnet50-0000',
      engine: 'cpu',
      allowDownload: false,
      weightsMirror: null,
      cacheFolder: join(root, 'cache'),
      cacheLimitBytes: 5e9,
      useFeatureCache: true,
      parallelRuns: 1,
      attended: false,
      tensorboard: false,
      threads: null,
    },
    { on: () => {}, signal: new AbortController().signal },
  );
  assert.equal(state.status, 'finished');
  const { val, test: held } = state.evaluation!;
  assert.ok(val.auroc! >= 0.95, `validation AUROC ${val.auroc}`);
  assert.equal(held.imageCount, 60);
});
