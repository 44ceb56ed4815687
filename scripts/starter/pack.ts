// node scripts/starter/pack.ts RUN_FOLDER|model.safetensors OUT: packs the backbone of a trained network as starter weights.
// OUT in runner/weights/starter/ also writes the catalogue, shared/contracts/starterFiles.json, by which the program accepts the file.
//
// --before RUN_FOLDER  a run that the weights came from earlier (repeatable): its epochs and samples count, too
// --network NAME, --classes N, --samples N, --epochs N  what a model.safetensors alone does not say, or instead of the run's own
// --learned-from TEXT  instead of "drawn images of N classes"
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import product from '../../package.json' with { type: 'json' };
import { parametersOf } from '../../runner/network/parameters.ts';
import type { Parameters } from '../../runner/tensor.ts';
import { fitBackbone } from '../../runner/weights/fit.ts';
import { openFile } from '../../runner/weights/formats/byteSource.ts';
import { encodeCompact, quantizationErrors } from '../../runner/weights/formats/compact.ts';
import { openWeightsFile } from '../../runner/weights/formats/weightsFile.ts';
import { starterFile } from '../../runner/weights/starter/starterFile.ts';
import { readTrainedModel } from '../../runner/weights/trained.ts';
import { Architecture, headOf, type StarterWeights } from '../../shared/contracts/architectures.ts';
import starterFiles from '../../shared/contracts/starterFiles.json' with { type: 'json' };
import { nodeFileSystem } from '../../shared/files/fileSystem.ts';
import { readRun } from '../../shared/runFolder/readRun.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const catalogueFile = join(root, 'shared', 'contracts', 'starterFiles.json');
const mostBytes = 12e6;

/** Training of the packed network, as the metadata describe it. */
interface Facts {
  readonly network: Architecture;
  readonly classCount: number;
  readonly epochs: number;
  /** Training images of all epochs together. */
  readonly sampleCount: number;
}

interface Trained extends Facts {
  readonly backbone: Parameters;
}

/** The kept weights of a run, with its epochs up to these. @throws UserError like readRun() and readTrainedModel() */
async function trainedIn(runFolder: string): Promise<Trained> {
  const { state } = await readRun(resolve(runFolder), nodeFileSystem);
  const { recipe, counts, classNames } = state;
  if (!recipe || !counts) throw new Error(`${runFolder} records neither its recipe nor its images`);
  const { network } = recipe;
  const { parameters, epoch } = await readTrainedModel(resolve(runFolder), network, state);
  const head = new Set(parametersOf(network, 1).flatMap(({ name, part }) => (part === headOf(network) ? [name] : [])));
  return {
    network,
    backbone: new Map([...parameters].filter(([name]) => !head.has(name))),
    classCount: classNames.length,
    epochs: epoch,
    sampleCount: epoch * counts.train.reduce((total, count) => total + count, 0),
  };
}

async function backboneIn(file: string, network: Architecture): Promise<Parameters> {
  const source = openFile(file);
  try {
    return fitBackbone(file, network, await openWeightsFile(source)).parameters;
  } finally {
    source.close();
  }
}

/** The file, and its row in the catalogue. Equal input gives equal bytes. */
export function packed(
  { backbone, network, classCount, epochs, sampleCount }: Trained,
  fileName: string,
  learnedFrom: string,
): { readonly bytes: Uint8Array; readonly row: StarterWeights } {
  const bytes = encodeCompact(backbone, {
    network,
    learnedFrom,
    classCount: String(classCount),
    sampleCount: String(sampleCount),
    epochs: String(epochs),
    shoulders: product.version,
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, row: { fileName, sha256, sizeBytes: bytes.length, classCount, sampleCount } };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      before: { type: 'string', multiple: true, default: [] },
      network: { type: 'string' },
      classes: { type: 'string' },
      samples: { type: 'string' },
      epochs: { type: 'string' },
      'learned-from': { type: 'string' },
    },
  });
  const [from, out] = positionals;
  if (from === undefined || out === undefined)
    throw new Error('Usage: node scripts/starter/pack.ts RUN_FOLDER|model.safetensors OUT [options, see the script]');

  const own = statSync(from).isDirectory() ? await trainedIn(from) : undefined;
  const earlier = await Promise.all(values.before.map(trainedIn));
  const given = (name: 'classes' | 'samples' | 'epochs', otherwise: number | undefined): number => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (value === undefined || !Number.isSafeInteger(value) || value < 1)
      throw new Error(`--${name} is needed, as a whole number: ${from} does not say it`);
    return value;
  };
  const sum = (key: 'epochs' | 'sampleCount') => own && [own, ...earlier].reduce((total, run) => total + run[key], 0);
  const network = own?.network ?? Architecture.parse(values.network ?? 'resnet18');
  const trained: Trained = {
    network,
    backbone: own?.backbone ?? (await backboneIn(from, network)),
    classCount: given('classes', own?.classCount),
    epochs: given('epochs', sum('epochs')),
    sampleCount: given('samples', sum('sampleCount')),
  };
  const { bytes, row } = packed(
    trained,
    basename(out),
    values['learned-from'] ?? `drawn images of ${trained.classCount} classes`,
  );
  if (bytes.length > mostBytes) throw new Error(`${bytes.length} bytes are more than the ${mostBytes} that may ship`);
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, bytes);

  console.log('filter                         largest error   RMS error (both relative to the filter)');
  for (const { name, largest, rms } of quantizationErrors(trained.backbone))
    console.log(
      `${name.padEnd(32)} ${(100 * largest).toFixed(3).padStart(9)} % ${(100 * rms).toFixed(3).padStart(9)} %`,
    );
  console.log(`${out}: ${bytes.length} bytes, SHA-256 ${row.sha256}`);
  console.log(`${trained.classCount} classes, ${trained.sampleCount} samples in ${trained.epochs} epochs`);
  if (resolve(out) === starterFile(row)) {
    await writeFile(catalogueFile, `${JSON.stringify({ ...starterFiles, [network]: row }, null, 2)}\n`);
    console.log(`${catalogueFile} names it now`);
  } else console.log(`For the catalogue, write it to ${starterFile({ fileName: `${network}-starter.safetensors` })}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
