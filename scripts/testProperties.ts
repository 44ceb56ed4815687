// npm run test:properties [-- --minutes 60] [WORDS...]: the tests that assert properties, again and again with new random cases, up to thirty
// times as many in each round as `npm test` draws. Prints each round's seed, and how to repeat a failure: -- --seed SEED FILE.
// Completes at least one round. The exit code is 1 after any failure.
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { propertyVariables } from '../test/support/property.ts';
import { runTestFiles, seconds } from './runTestFiles.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes is "${values.minutes}": a number above 0 is needed`);
const givenSeed = values.seed === undefined ? undefined : Number(values.seed);
if (givenSeed !== undefined && !Number.isSafeInteger(givenSeed))
  throw new Error(`--seed is "${values.seed}": a whole number is needed`);

const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => readFileSync(join(root, file), 'utf8').includes('assertProperty('))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) throw new Error('No test file with these words in its path asserts a property');

// A slow property (it writes files or runs programs) draws as many new cases as time permits.
process.env[propertyVariables.times] = '30';
process.env[propertyVariables.limitMs] = '5000';

const start = performance.now();
const failed = new Map<string, number>();
let rounds = 0;
do {
  const seed = givenSeed ?? randomInt(2 ** 31);
  process.env[propertyVariables.seed] = String(seed);
  const began = performance.now();
  const seen = await runTestFiles(files, {
    concurrency: Math.max(1, Math.min(4, availableParallelism())),
    fileEnded: () => {},
  });
  rounds++;
  for (const { file, name, text } of seen.failures) {
    const key = `${file}: ${name}`;
    const times = (failed.get(key) ?? 0) + 1;
    failed.set(key, times);
    console.log(times === 1 ? `\n${text}` : `✖ ${key}: failed ${times} times`);
    console.log(`Again: npm run test:properties -- --seed ${seed} ${file}\n`);
  }
  console.log(
    `round ${rounds}, seed ${seed}: ${files.length} files, ${seen.passed} passed, ${seen.failures.length} failed (${seconds(performance.now() - began)})`,
  );
} while (givenSeed === undefined && performance.now() - start < minutes * 60_000);

for (const [name, times] of failed) console.log(`✖ ${name}: failed in ${times} of ${rounds} rounds`);
console.log(`${rounds} rounds, ${failed.size} tests failed`);
process.exit(failed.size === 0 ? 0 : 1);
