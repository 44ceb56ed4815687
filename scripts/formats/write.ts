// npm run formats: measures what Shoulders, Pillow, OpenCV and torchvision read from every variant of every format, and writes it into
// docs/formats.md and test/reference/formats.json. --check writes nothing and fails on a difference. --own keeps the measured columns of
// the other readers, so it needs no Python.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { installDebianPackages } from '../debianPackages.ts';
import type { Environment } from '../python.ts';
import { formatsEnvironment, openCv4Environment } from './environment.ts';
import {
  documentFile,
  type Measured,
  type Reference,
  readReference,
  referenceFile,
  type Variant,
  withTables,
} from './table.ts';

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, own: { type: 'boolean', default: false } },
});
const reference = values.own ? await readReference() : await measure();
const before = await readFile(documentFile, 'utf8');
const after = await withTables(before, reference);
if (!values.check) {
  await writeFile(documentFile, after);
  await writeFile(referenceFile, jsonOf(reference));
}
const changed = after.split('\n').filter((line) => !before.includes(line));
console.log(changed.length === 0 ? 'docs/formats.md is up to date.' : `New in docs/formats.md:\n${changed.join('\n')}`);
if (values.check && changed.length > 0) process.exitCode = 1;

async function measure(): Promise<Reference> {
  installDebianPackages(['libjpeg-turbo-progs'], console.log); // cjpeg writes arithmetic coding
  for (const environment of [formatsEnvironment, openCv4Environment]) environment.install(console.log);
  const folder = await mkdtemp(join(tmpdir(), 'formats-'));
  try {
    const run = ({ python }: Environment, script: string, ...readers: string[]) =>
      execFileSync(python, [fileURLToPath(new URL(script, import.meta.url)), folder, ...readers], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString();
    const jsonLines = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    run(formatsEnvironment, 'inputs.py');
    const [{ versions }, ...seen] = jsonLines(run(formatsEnvironment, 'readers.py'));
    const [older, ...seenByOlder] = jsonLines(run(openCv4Environment, 'readers.py', 'opencv'));
    const variants: readonly Variant[] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    const measured: Measured[] = [];
    for (const [i, variant] of variants.entries()) {
      const bytes = await readFile(join(folder, variant.file));
      const brotli = brotliCompressSync(bytes).toString('base64');
      measured.push({ ...variant, ...seen[i], openCv4: seenByOlder[i].opencv, brotli });
    }
    return { versions: { ...versions, openCv4: older.versions.opencv }, variants: measured };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One line per variant. */
function jsonOf({ versions, variants }: Reference): string {
  const lines = variants.map((each) => `  ${JSON.stringify(each)}`).join(',\n');
  return `{\n"versions": ${JSON.stringify(versions)},\n"variants": [\n${lines}\n]\n}\n`;
}
