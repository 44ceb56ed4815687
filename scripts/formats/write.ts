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
import { formatsEnvironment } from './environment.ts';
import {
  documentFile,
  type Measured,
  type OtherReader,
  type Reference,
  readReference,
  referenceFile,
  type Seen,
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
  formatsEnvironment.install(console.log);
  const folder = await mkdtemp(join(tmpdir(), 'formats-'));
  try {
    const python = (script: string) =>
      execFileSync(formatsEnvironment.python, [fileURLToPath(new URL(script, import.meta.url)), folder], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString();
    python('inputs.py');
    const [head, ...lines] = python('readers.py').trim().split('\n');
    const variants: readonly Variant[] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    const measured: Measured[] = [];
    for (const [i, variant] of variants.entries()) {
      const seen: Record<OtherReader, Seen> = JSON.parse(lines[i]!);
      const bytes = await readFile(join(folder, variant.file));
      measured.push({ ...variant, ...seen, brotli: brotliCompressSync(bytes).toString('base64') });
    }
    return { ...JSON.parse(head!), variants: measured };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One line per variant. */
function jsonOf({ versions, variants }: Reference): string {
  const lines = variants.map((each) => `  ${JSON.stringify(each)}`).join(',\n');
  return `{\n"versions": ${JSON.stringify(versions)},\n"variants": [\n${lines}\n]\n}\n`;
}
