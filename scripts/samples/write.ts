// npm run samples: redraws samples/animals and samples/chest_xray. The same seed gives the same files.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleFiles } from './sets.ts';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));
for (const set of ['animals', 'chest_xray']) await rm(join(samples, set), { recursive: true, force: true });

let bytes = 0;
const files = sampleFiles();
for (const { relativePath, draw } of files) {
  const image = await draw();
  const file = join(samples, relativePath);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, image);
  bytes += image.length;
}
console.log(
  `${files.length} images, ${(bytes / files.length / 1000).toFixed(1)} kB each on average, ${(bytes / 1e6).toFixed(1)} MB in all.`,
);
