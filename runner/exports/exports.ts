// exports/: a run's kept weights as files for other programs, checked against the run before they are written. This file: the bytes of an
// export, and a program made from these bytes, so that what is checked is what is written. Absent: training, labels. Called by
// commands/exportRun.ts; metadata.ts also by classification/finalEvaluation.ts for the run's own model.onnx.
import { architectureRow } from '../../shared/contracts/architectures.ts';
import type { ModelFormat } from '../../shared/contracts/exports.ts';
import { encodeModelMetadata, type ModelMetadata } from '../../shared/contracts/modelMetadata.ts';
import { exportedProgram, imageProgram } from '../programs/exported.ts';
import type { Network } from '../programs/inference.ts';
import { normalizedPlanes } from '../programs/preprocess.ts';
import { segmentProgram } from '../programs/segment.ts';
import type { Parameters, Tensor } from '../tensor.ts';
import { stateDict } from '../weights/encodeModel.ts';
import { encodeSafetensors, readSafetensors } from '../weights/formats/safetensors.ts';
import { encodeTorchFile } from '../weights/torch/encodeTorchFile.ts';
import { readTorchFile } from '../weights/torch/torchFile.ts';
import type { Candidate } from './parity.ts';

export interface ModelFile {
  readonly bytes: Uint8Array;
  /** Made from `bytes` alone, without the run's weights. */
  readonly candidate: Candidate;
  /** Largest difference of any weight or statistic after reading it back; null: they were folded. */
  readonly maxWeightDifference: number | null;
}

export interface ModelFileOptions {
  readonly format: ModelFormat;
  readonly network: Network;
  readonly metadata: ModelMetadata;
  readonly doc: string;
  readonly keptEpoch: number;
}

export async function modelFile(options: ModelFileOptions): Promise<ModelFile> {
  const { format, network, metadata, keptEpoch } = options;
  if (format === 'onnx') return onnxFile(options);
  const entries = stateDict(network.architecture, network.parameters, metadata.classNames.length);
  const { architecture, classNames, runId } = metadata;
  const bytes =
    format === 'pth'
      ? encodeTorchFile(entries)
      : encodeSafetensors(entries, {
          format: 'pt',
          architecture,
          classNames: JSON.stringify(classNames),
          runId: runId ?? '',
          epoch: String(keptEpoch),
        });
  const { tensors } = format === 'pth' ? await readTorchFile(bytes) : readSafetensors(bytes);
  return {
    bytes,
    candidate: weightsCandidate(network, tensors, metadata.preprocessing.centerCrop),
    maxWeightDifference: largestDifference(entries, tensors),
  };
}

function onnxFile({ network, metadata, doc }: ModelFileOptions): ModelFile {
  const { temperature, weightType, preprocessing, input } = metadata;
  const { centerCrop: imageSize, color } = preprocessing;
  const common = { ...network, imageSize, doc, metadata: encodeModelMetadata(metadata), weightType };
  const program = input === 'image' ? imageProgram({ ...common, color, temperature }) : exportedProgram(common);
  return {
    bytes: program.model,
    maxWeightDifference: null,
    candidate: {
      program,
      feedsOf: ({ view, whole }) =>
        input === 'image'
          ? { image: { dtype: 'uint8', shape: [1, whole.height, whole.width, 3], data: new Uint8Array(whole.data) } }
          : { input: normalizedPlanes(view, architectureRow(network.architecture).input) },
    },
  };
}

/** The file read back as a network; a missing tensor counts as a difference. */
function weightsCandidate(
  { architecture, parameters }: Network,
  tensors: ReadonlyMap<string, Tensor>,
  imageSize: number,
): Candidate {
  const read = new Map([...parameters].map(([name, own]) => [name, tensors.get(name) ?? own])) as Parameters;
  return {
    program: segmentProgram({
      architecture,
      parameters: read,
      batch: 1,
      from: 'all',
      to: 'logits',
      imageSize,
      featureType: 'uint8',
    }),
    feedsOf: ({ view }) => ({ pixels: { ...view, data: view.data.slice() } }),
  };
}

/** Infinity if a tensor is missing, superfluous, of another shape, or contains NaN. */
export function largestDifference(
  expected: readonly (readonly [string, Tensor])[],
  seen: ReadonlyMap<string, Tensor>,
): number {
  if (seen.size !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [name, { shape, data }] of expected) {
    const other = seen.get(name);
    if (!other || other.shape.join() !== shape.join() || other.data.length !== data.length)
      return Number.POSITIVE_INFINITY;
    for (let i = 0; i < data.length; i++) {
      const off = Math.abs(Number(data[i]) - Number(other.data[i]));
      if (!(off <= most)) most = Number.isFinite(off) ? off : Number.POSITIVE_INFINITY;
    }
  }
  return most;
}
