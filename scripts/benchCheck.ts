// npm run bench:check: cost of checking 20,000 images in 500 classes, in CPU time of all threads (other work on the machine affects it
// less than wall time) and in seconds. Give a folder to keep the images for the next time, and with it the digest of the findings.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { check } from '../runner/commands/check.ts';
import { writeManyClasses } from '../test/support/manyClasses.ts';

const [given, imageCount = '20000', classCount = '500'] = process.argv.slice(2);
const scratch = given === undefined ? await mkdtemp(join(tmpdir(), 'shoulders-check-')) : undefined;
const folder = given ?? scratch!;
try {
  const isThere = await readdir(folder).then(
    (names) => names.length > 0,
    () => false,
  );
  if (!isThere) await writeManyClasses(folder, Number(imageCount), Number(classCount));
  const { split, seed } = { split: { train: 0.7, val: 0.15, test: 0.15 }, seed: 1 };
  const began = performance.now();
  const before = process.cpuUsage();
  const { images, findings, fingerprint } = await check(folder, {
    task: 'classification',
    groupPattern: null,
    split,
    seed,
  });
  const { user, system } = process.cpuUsage(before);
  const digest = createHash('sha256').update(JSON.stringify(findings)).digest('hex').slice(0, 16);
  console.log(
    `${images.length} images: ${seconds(user)} s of user, ${seconds(system)} s of system time, ${((performance.now() - began) / 1000).toFixed(1)} s; ${findings.length} findings ${digest}, fingerprint ${fingerprint.slice(0, 16)}`,
  );
} finally {
  if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
}

function seconds(micros: number): string {
  return (micros / 1e6).toFixed(1);
}
