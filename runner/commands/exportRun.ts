// `shoulders export`: the kept weights of a run as a file for other programs. Made in memory, checked against the run on the run's own
// images, and only then written, with everything needed to use it: a sidecar, programs, a model card.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../../shared/contracts/errors.ts';
import {
  besideNames,
  type ExportAnswer,
  type ExportFormat,
  type ExportRecord,
} from '../../shared/contracts/exports.ts';
import { modelHash } from '../../shared/contracts/fileHashes.ts';
import type { ModelMetadata } from '../../shared/contracts/modelMetadata.ts';
import { files } from '../../shared/contracts/run.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { storedThreshold } from '../../shared/contracts/scores.ts';
import { replaceFile } from '../../shared/files/atomicFile.ts';
import { readRun } from '../../shared/runFolder/readRun.ts';
import { keptDecision } from '../classification/evaluation/keptDecision.ts';
import {
  type Answers,
  largestDifference,
  mostDifferenceWhole,
  ofUnchangedImages,
  recordedAnswers,
  refuseIfOtherwise,
} from '../classification/evaluation/recordedAnswers.ts';
import { createCpuEngine } from '../engine/onnx/onnxEngine.ts';
import { readImageList } from '../evaluation/ownImages.ts';
import { modelFile } from '../exports/exports.ts';
import { docOf, modelMetadataOf } from '../exports/metadata.ts';
import { type Candidate, type Compared, compare, refuseIfOff } from '../exports/parity.ts';
import { imagesOf, patterns } from '../exports/probeImages.ts';
import { predictedPaths, temperatureOf } from '../exports/runFiles.ts';
import { snippetsOf } from '../exports/snippets.ts';
import type { Network } from '../programs/inference.ts';
import { modelCardOf } from '../reports/modelCard.ts';
import { renderMarkdown } from '../reports/renderMarkdown.ts';
import { versions } from '../versions.ts';
import { readTrainedModel } from '../weights/trained.ts';
import { readReportInput } from './report.ts';

export interface ExportRequest {
  readonly runFolder: string;
  readonly format: ExportFormat;
  /** `<run id>.<format>` in the working folder when left out. */
  readonly out?: string | undefined;
  /** ONNX: weights stored as float16. */
  readonly fp16?: boolean | undefined;
  /** ONNX: the graph takes an image of any size. */
  readonly withPreprocessing?: boolean | undefined;
  /** Replace existing files. */
  readonly force?: boolean | undefined;
}

/** Most images compared. */
const mostImages = 16;

/**
 * @throws UserError runNotFound, runBroken, runNewer, runWithoutWeights, weightsBroken and its like, badArgument, exportExists,
 * exportOntoRun, exportDiffers, cannotSave, diskFull; the signal's reason. Nothing is written before the check has passed; from then on
 * the signal is ignored, so that either all files are written or none.
 */
export async function exportRun(request: ExportRequest, signal?: AbortSignal): Promise<ExportAnswer> {
  const { format, fp16 = false, withPreprocessing = false } = request;
  if (format !== 'onnx' && (fp16 || withPreprocessing))
    throw new UserError('badArgument', {
      reason: '--fp16 and --with-preprocessing are for ONNX files: add --format onnx.',
    });
  const runFolder = resolve(request.runFolder);
  const { state } = await readRun(runFolder);
  const file = resolve(request.out ?? `${state.runId}.${format === 'card' ? 'MODEL_CARD.md' : format}`);
  await checkTargets(runFolder, [file, ...besideNames(format).map((name) => file + name)], request.force ?? false);
  if (format === 'card') return writeCard(runFolder, file);

  const { recipe, depth, classNames } = state;
  if (recipe === null || classNames.length < 2)
    throw new UserError('runWithoutWeights', { run: state.runId, file: files.model });
  const trained = await readTrainedModel(runFolder, recipe.network, state);
  const network = { architecture: recipe.network, parameters: trained.parameters };
  const decision = await keptDecision(runFolder, state, trained.epoch);
  // A damaged evaluation.json provides no calibration.
  const temperature = state.evaluation ? await temperatureOf(runFolder, state) : decision.temperature;
  const { positiveClass, threshold } = decision;
  const metadata = modelMetadataOf(
    { runId: state.runId, recipe, depth, classNames, positiveClass, threshold, temperature, weights: state.weights },
    { input: withPreprocessing ? 'image' : 'normalized', weightType: fp16 ? 'float16' : 'float32' },
  );
  const made = await modelFile({ format, network, metadata, doc: docOf(recipe), keptEpoch: trained.epoch });
  signal?.throwIfAborted();
  const kept = { candidate: made.candidate, keptEpoch: trained.epoch };
  const { compared, comparedOn } = await checked(runFolder, state, format, network, metadata, kept, signal);
  if (made.maxWeightDifference !== null && made.maxWeightDifference !== 0)
    throw new UserError('exportDiffers', {
      format,
      image: 'its weights',
      difference: made.maxWeightDifference,
      tolerance: 0,
    });

  const record: ExportRecord = {
    version: 1,
    file: basename(file),
    format,
    sizeBytes: made.bytes.length,
    sha256: createHash('sha256').update(made.bytes).digest('hex'),
    createdAt: new Date().toISOString(),
    shoulders: versions.shoulders ?? '',
    keptEpoch: trained.epoch,
    model: metadata,
    parity: { comparedOn, ...compared.parity, maxWeightDifference: made.maxWeightDifference },
  };
  signal?.throwIfAborted();
  await writeChecked(file, made.bytes, record.sha256);
  const beside = await writeBeside(runFolder, file, record);
  return {
    file,
    beside,
    sizeBytes: record.sizeBytes,
    parity: record.parity,
    changed: compared.changed.slice(0, 5),
  };
}

/** No file is replaced without --force, and none of the run's own ever. */
async function checkTargets(runFolder: string, targets: readonly string[], force: boolean): Promise<void> {
  const ownNames: readonly string[] = Object.values(files).filter((name) => typeof name === 'string');
  const own = targets.find((file) => dirname(file) === runFolder && ownNames.includes(basename(file)));
  if (own !== undefined) throw new UserError('exportOntoRun', { file: own });
  if (force) return;
  const existing: string[] = [];
  for (const file of targets) if (await isThere(file)) existing.push(`"${basename(file)}"`);
  if (existing.length > 0)
    throw new UserError('exportExists', { files: existing.join(', '), folder: dirname(targets[0]!) });
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** A folded graph repeats our arithmetic; float16 weights and a resize by the runtime deviate a little. */
const toleranceOf = ({ input, weightType }: ModelMetadata): number =>
  input === 'image' || weightType === 'float16' ? 0.02 : 1e-4;

/** @throws UserError exportDiffers; the signal's reason */
async function checked(
  runFolder: string,
  state: RunState,
  format: ExportFormat,
  network: Network,
  metadata: ModelMetadata,
  { candidate, keptEpoch }: { readonly candidate: Candidate; readonly keptEpoch: number },
  signal: AbortSignal | undefined,
): Promise<{ compared: Compared; comparedOn: 'images' | 'patterns' }> {
  const { classNames, positiveClass, threshold, thresholdLogOdds, temperature, preprocessing } = metadata;
  const { centerCrop: size, color, depth } = preprocessing;
  const view = { size, color, depth };
  const engine = createCpuEngine(availableParallelism());
  try {
    const options = {
      engine,
      network,
      candidate,
      imageSize: view.size,
      positiveLabel: positiveClass === null ? null : classNames.indexOf(positiveClass),
      threshold: threshold === null ? null : storedThreshold(threshold, thresholdLogOdds),
      temperature,
      signal,
    };
    const images = imagesOf(state.dataset ?? '', await predictedPaths(runFolder, state), mostImages, view);
    const onImages = await compare({ ...options, images });
    const areThere = onImages.parity.count > 0;
    const compared = areThere ? onImages : await compare({ ...options, images: patterns(view) });
    if (areThere && modelHash(state, keptEpoch) === undefined)
      await refuseChangedWeights(runFolder, state, keptEpoch, onImages.own);
    refuseIfOff(format, compared, toleranceOf(metadata));
    return { compared, comparedOn: areThere ? 'images' : 'patterns' };
  } finally {
    await engine.dispose();
  }
}

/** Weights without a checksum in the log are verified by their predictions. @throws UserError weightsAnswerOtherwise */
async function refuseChangedWeights(runFolder: string, state: RunState, keptEpoch: number, own: Answers) {
  const list = (await readImageList(runFolder, state).catch(() => undefined)) ?? [];
  const recorded = new Map([
    ...(await recordedAnswers(runFolder, state, 'val', keptEpoch)),
    ...(await recordedAnswers(runFolder, state, 'test', keptEpoch)),
  ]);
  const unchanged = await ofUnchangedImages(recorded, state.dataset ?? '', list, [...own.keys()]);
  refuseIfOtherwise(state.runId, largestDifference(unchanged, own), mostDifferenceWhole);
}

/** Verifies that the file on the disk is the one that was checked. */
async function writeChecked(file: string, bytes: Uint8Array, sha256: string): Promise<void> {
  await save(file, bytes);
  const written = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  if (written !== sha256)
    throw new UserError('cannotSave', { file, reason: 'the disk does not return what was written' });
}

async function writeBeside(runFolder: string, file: string, record: ExportRecord): Promise<string[]> {
  const snippets = snippetsOf(record.format, record.model.input);
  for (const { suffix, text } of snippets) await save(file + suffix, text);
  await save(`${file}.json`, `${JSON.stringify(record, undefined, 2)}\n`);
  await save(`${file}.MODEL_CARD.md`, await cardText(runFolder, record));
  return besideNames(record.format).map((name) => file + name);
}

async function writeCard(runFolder: string, file: string): Promise<ExportAnswer> {
  const text = await cardText(runFolder, null);
  await save(file, text);
  return { file, beside: [], sizeBytes: Buffer.byteLength(text), parity: null, changed: [] };
}

async function cardText(runFolder: string, exported: ExportRecord | null): Promise<string> {
  const input = await readReportInput(runFolder);
  return renderMarkdown(
    modelCardOf({
      ...input,
      temperature: exported?.model.temperature ?? (await temperatureOf(runFolder, input.run)),
      exported,
    }),
  );
}

/** Writes anywhere that the user chose. */
async function save(file: string, content: Uint8Array | string): Promise<void> {
  try {
    await replaceFile(file, content);
  } catch (error) {
    if (error instanceof UserError && error.code === 'cannotWrite')
      throw new UserError('cannotSave', error.params, { cause: error });
    throw error;
  }
}
