// An exported ONNX model, from a file that may come from anywhere: recognized as one of ours, and only then loaded.
import { basename, dirname, join } from 'node:path';
import { architectureRow } from '../../../../shared/contracts/architectures.ts';
import { UserError } from '../../../../shared/contracts/errors.ts';
import { loggedHash } from '../../../../shared/contracts/fileHashes.ts';
import { files } from '../../../../shared/contracts/run.ts';
import { storedThreshold } from '../../../../shared/contracts/scores.ts';
import { readRun } from '../../../../shared/runFolder/readRun.ts';
import { hashOf } from '../../../../shared/runFolder/verified.ts';
import { type OnnxSubject, refusedModel } from '../../../evaluation/subject.ts';
import { wholeImages } from '../../../evaluation/wholeImages.ts';
import { pixelFeatures } from '../../../features/features.ts';
import { RefusedModel } from '../../../graph/readOnnx.ts';
import { pixelsVersionOf } from '../../../images/pixelsVersion.ts';
import { type ImportedModel, importModel } from '../../../programs/imported.ts';
import { normalizedPlanes } from '../../../programs/preprocess.ts';
import { sealBroken } from '../../../seal.ts';
import { resizeSide } from '../../../views/evaluationView.ts';
import type { ClassModel } from './model.ts';

const batch = 16;

/** @throws UserError onnxRefused */
export async function onnxModel({ file, bytes }: OnnxSubject): Promise<ClassModel> {
  const model = readModel(file, bytes);
  const { told } = model;
  const run = await runBeside(file, told.runId);
  const sha256 = hashOf(bytes);
  const logged = run && loggedHash(run.state, files.onnx);
  if (logged !== undefined && logged !== sha256) throw refusedModel(file, sealBroken);
  const { classNames } = told;
  return {
    identity: { kind: 'onnx', file, sha256, runId: told.runId },
    network: told.architecture,
    recipe: told.recipe,
    medical: told.notForDiagnosticUse,
    classNames,
    positiveClass: told.positiveClass,
    threshold: told.threshold === null ? null : storedThreshold(told.threshold, told.thresholdLogOdds),
    thresholdMissing: told.threshold === null && told.positiveClass !== null ? 'notInModel' : null,
    temperature: told.temperature,
    imageSize: model.imageSize,
    color: told.preprocessing.color,
    depth: told.preprocessing.depth,
    classWeights: classNames.map(() => 1),
    runFolder: run?.folder ?? null,
    runState: run?.state ?? null,
    isVerified: false,
    pixelsVersion: run?.pixelsVersion ?? null,
    dataset: run?.state.dataset ?? null,
    async open({ engine, pixels, images }) {
      const takesWhole = told.input === 'image';
      const batchSize = takesWhole ? 1 : batch;
      const program = await engine.load(model.program(batchSize));
      return {
        program,
        features: takesWhole ? wholeImages(images, told.preprocessing.depth) : pixelFeatures(pixels, model.imageSize),
        batchSize,
        feedsOf: (input) =>
          takesWhole ? { image: input } : { input: normalizedPlanes(input, architectureRow(told.architecture).input) },
        dispose: () => program.dispose(),
      };
    },
  };
}

/** @throws UserError onnxRefused for any bytes that are not such a model */
export function readModel(file: string, bytes: Uint8Array): ImportedModel {
  try {
    const model = importModel(bytes);
    checkTold(model);
    return model;
  } catch (error) {
    if (error instanceof RefusedModel) throw refusedModel(file, error.reason, error);
    throw error;
  }
}

/** @throws RefusedModel where what the file says does not fit to what it computes, or to the views that it would be shown */
function checkTold({ told, imageSize, classCount }: ImportedModel): void {
  const { architecture, classNames, positiveClass, preprocessing } = told;
  const expected = architectureRow(architecture).input;
  if (classNames.length !== classCount)
    throw new RefusedModel(`it names ${classNames.length} classes but distinguishes ${classCount}`);
  if (positiveClass !== null && classCount !== 2) throw new RefusedModel('it has a positive class among more than two');
  const { resizeShortSide, centerCrop, colorOrder = 'rgb', range = [0, 1], mean, std } = preprocessing;
  const isOurs =
    centerCrop === imageSize &&
    resizeShortSide === resizeSide(imageSize) &&
    colorOrder === expected.colorOrder &&
    range.join() === expected.range.join() &&
    mean.join() === expected.mean.join() &&
    std.join() === expected.std.join();
  if (!isOurs) throw new RefusedModel('it requires a preprocessing that no export uses');
}

/** The run of a model in its own run's folder; it lists the images that the model was trained on. */
async function runBeside(file: string, runId: string | null) {
  const folder = dirname(file);
  if (runId === null || basename(file) !== files.onnx || basename(folder) !== runId) return undefined;
  try {
    const { state, summary } = await readRun(folder);
    return { folder: join(folder), state, pixelsVersion: pixelsVersionOf(summary) };
  } catch (error) {
    if (error instanceof UserError) return undefined; // the model is used without its run
    throw error;
  }
}
