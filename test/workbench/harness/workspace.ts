// A workspace for a journey: a few animals and recipes that take seconds, in its own folder.
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const samples = fileURLToPath(new URL('../../../samples/', import.meta.url));

export interface Workspace {
  readonly folder: string;
  /** For XDG_CACHE_HOME: contains no weights, whatever the machine has. */
  readonly cacheHome: string;
  remove(): Promise<void>;
}

const perClass = { train: 12, val: 6, test: 6 } as const;

/** `animals/` beside `quick.shoulders.json` (2 epochs) and `endless.shoulders.json` (for stopping), both at 64 px. */
export async function createWorkspace(): Promise<Workspace> {
  const scratch = await mkdtemp(join(tmpdir(), 'shoulders-journey-'));
  const folder = join(scratch, 'workspace');
  for (const [split, count] of Object.entries(perClass))
    for (const className of ['cat', 'dog']) {
      const from = join(samples, 'animals', split, className);
      const to = join(folder, 'animals', split, className);
      await mkdir(to, { recursive: true });
      for (const name of (await readdir(from)).sort().slice(0, count)) await cp(join(from, name), join(to, name));
    }
  await writeFile(join(folder, 'quick.shoulders.json'), recipeText('quick', 2));
  await writeFile(join(folder, 'endless.shoulders.json'), recipeText('endless', 5000));
  return {
    folder,
    cacheHome: join(scratch, 'cache'),
    remove: () => rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

export const recipeText = (name: string, epochs: number): string =>
  JSON.stringify(
    {
      base: 'photos',
      name,
      imageSize: 64,
      batchSize: { train: 8, eval: 12 },
      stages: [
        {
          name: 'head',
          unfreeze: 'head',
          epochs,
          // Without pretrained weights all layers train: at a new head's rates, a few steps would leave BatchNorm's statistics far behind.
          optimizer: { type: 'adamw', learningRate: { head: 0.001, backbone: 0.0001 } },
          schedule: { type: 'constant' },
        },
      ],
    },
    null,
    2,
  );
