// The folder that `npm run editor` opens and `npm start` trains in, so that the editor shows that run.
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** A copy of samples/, because runs are stored beside the data and the checkout must stay clean. Kept between starts. */
export async function playground(): Promise<string> {
  const copy = join(root, '.cache', 'samples');
  await mkdir(copy, { recursive: true });
  for (const name of await readdir(join(root, 'samples')))
    await cp(join(root, 'samples', name), join(copy, name), { recursive: true });
  return copy;
}
