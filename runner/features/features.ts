// features/: the output of the frozen part of the network for an image, computed once per (weights, image, view, cut). This file: features
// at a cut for (image, view), from the cache if present, otherwise through the frozen trunk. Absent: labels, gradients, the order
// of training. Called by training/, classification/ and evaluation/.
import { createHash } from 'node:crypto';
import { type Architecture, architectureRow, type Cut } from '../../shared/contracts/architectures.ts';
import type { Depth } from '../../shared/contracts/depth.ts';
import type { TrainViews } from '../../shared/contracts/recipe.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { pixelsVersion } from '../images/pixelsVersion.ts';
import { cutBelow, featureShape, isBelow } from '../network/cut.ts';
import { partOf } from '../network/parameters.ts';
import { inputNameOf, inputTypeAt } from '../programs/inference.ts';
import { trunkProgram } from '../programs/trunk.ts';
import { cacheKey } from '../store/boundedFolder.ts';
import { type Parameters, sixteenBitValues, sizeOf, type Tensor } from '../tensor.ts';
import type { PixelSource } from '../views/threads/pixels.ts';
import type { FeatureCache } from './featureCache.ts';

/** `view` is a number for a training view, 'eval' for the one without randomness. */
export interface Sample {
  readonly image: number;
  readonly view: number | 'eval';
}

export interface FeatureOptions {
  readonly engine: Engine;
  readonly pixels: PixelSource;
  readonly cache: FeatureCache;
  readonly architecture: Architecture;
  /** SHA-256 of each image's bytes, by image index. */
  readonly imageHashes: readonly string[];
  readonly imageSize: number;
  readonly color: 'rgb' | 'grayscale';
  /** Bits of 16-bit images that are used. */
  readonly depth: Depth;
  readonly trainViews: TrainViews;
  readonly seed: number;
  /** Images per run of the trunk; a smaller batch is padded. */
  readonly trunkBatch: number;
}

/** Samples whose image is gone or changed since the check are listed in `lost`; their features are zeros. */
export interface FeatureBatch {
  readonly features: Tensor;
  readonly lost: readonly Sample[];
  /** Number of samples that passed the trunk. */
  readonly computed: number;
}

/** Everything that a batch needs before the engine runs, read ahead while the engine works on the batch before it. */
export interface PreparedBatch {
  readonly samples: readonly Sample[];
  readonly stored: readonly (Uint8Array | undefined)[];
  readonly pixels: readonly (Uint8Array | undefined)[];
  readonly lost: readonly Sample[];
}

export interface FrozenFeatures {
  readonly cut: Cut;
  /** Element type of finish()'s result and of the input of a program that starts at the cut. */
  readonly featureType: 'uint8' | 'float16';
  readonly inputName: string;
  prepare(samples: readonly Sample[]): Promise<PreparedBatch>;
  /** [N, ...featureShape(cut)], float16; cut 'all': the pixels, uint8 [N, S, S, 3]. Repeats the last sample's row up to `batch` rows. */
  finish(prepared: PreparedBatch, batch: number): Promise<FeatureBatch>;
  dispose(): Promise<void>;
}

/**
 * @param cut    start of the part that trains
 * @param later  cuts of later stages that start from the same frozen weights: computed and cached in the same pass
 */
export async function frozenFeatures(
  options: FeatureOptions,
  parameters: Parameters,
  cut: Cut,
  later: readonly Cut[],
): Promise<FrozenFeatures> {
  const { pixels, cache, imageSize, trunkBatch } = options;
  if (cut === 'all') return pixelFeatures(pixels, imageSize);
  const cuts = [...new Set([cut, ...later.filter((other) => other !== 'all')])];
  const shape = featureShape(options.architecture, cut, imageSize);
  const keyOf = keysFor(options, parameters);
  let trunk: Program | undefined; // loaded for the first missing sample: a second run may never need it

  return {
    ...inputAtCut(cut),
    async prepare(samples) {
      const stored = await Promise.all(
        samples.map(async (sample) => (isCached(options, sample) ? cache.get(keyOf(sample, cut)) : undefined)),
      );
      const views = await Promise.all(
        samples.map(async (sample, i) => (stored[i] ? undefined : pixels.view(sample.image, sample.view))),
      );
      return {
        samples,
        stored,
        pixels: views.map((view) => (typeof view === 'string' ? undefined : view)),
        lost: samples.filter((_, i) => typeof views[i] === 'string'),
      };
    },
    async finish(prepared, batch) {
      const rowLength = sizeOf(shape);
      const out = new Uint16Array(batch * rowLength);
      const missing: number[] = [];
      prepared.samples.forEach((_, i) => {
        const stored = prepared.stored[i];
        if (stored && stored.byteLength === rowLength * 2) out.set(sixteenBitValues(stored), i * rowLength);
        else if (prepared.pixels[i]) missing.push(i);
      });
      for (let start = 0; start < missing.length; start += trunkBatch) {
        const rows = missing.slice(start, start + trunkBatch);
        trunk ??= await options.engine.load(
          trunkProgram({
            architecture: options.architecture,
            parameters,
            cuts,
            batch: trunkBatch,
            imageSize,
            input: 'pixels',
            featureType: 'float16',
          }),
        );
        const answer = await trunk.run({
          pixels: packPixels(
            rows.map((i) => prepared.pixels[i]!),
            trunkBatch,
            imageSize,
          ),
        });
        await Promise.all(
          rows.flatMap((i, row) => {
            const sample = prepared.samples[i]!;
            return cuts.map(async (each) => {
              const value = rowOf(answer[each]!, row);
              if (each === cut) out.set(value, i * rowLength);
              if (isCached(options, sample))
                await cache.put(keyOf(sample, each), new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
            });
          }),
        );
      }
      repeatLastRow(out, prepared.samples.length, batch, rowLength);
      return {
        features: { dtype: 'float16', shape: [batch, ...shape], data: out },
        lost: prepared.lost,
        computed: missing.length,
      };
    },
    async dispose() {
      await trunk?.dispose();
    },
  };
}

/** Cuts of later stages below which nothing trains until then: their features can be cached now. */
export function cutsAfter(
  architecture: Architecture,
  stages: readonly { readonly unfreeze: Cut }[],
  index: number,
): Cut[] {
  return stages.slice(index + 1).flatMap(({ unfreeze }, i) => {
    const between = stages.slice(index, index + 1 + i);
    return unfreeze !== 'all' && between.every((stage) => !isBelow(architecture, stage.unfreeze, unfreeze))
      ? [unfreeze]
      : [];
  });
}

const inputAtCut = (cut: Cut) => {
  const featureType = inputTypeAt(cut);
  return { cut, featureType, inputName: inputNameOf(featureType) };
};

/** Features without a frozen part: the network's first operation is the cut, and its input is the image. */
export function pixelFeatures(pixels: PixelSource, imageSize: number): FrozenFeatures {
  const rowLength = imageSize * imageSize * 3;
  return {
    ...inputAtCut('all'),
    async prepare(samples) {
      const views = await Promise.all(samples.map((sample) => pixels.view(sample.image, sample.view)));
      return {
        samples,
        stored: [],
        pixels: views.map((view) => (typeof view === 'string' ? undefined : view)),
        lost: samples.filter((_, i) => typeof views[i] === 'string'),
      };
    },
    async finish(prepared, batch) {
      const out = new Uint8Array(batch * rowLength);
      prepared.pixels.forEach((view, i) => {
        if (view) out.set(view, i * rowLength);
      });
      repeatLastRow(out, prepared.samples.length, batch, rowLength);
      return {
        features: { dtype: 'uint8', shape: [batch, imageSize, imageSize, 3], data: out },
        lost: prepared.lost,
        computed: 0,
      };
    },
    async dispose() {},
  };
}

/** A fresh view is used once: caching it would fill the disk for nothing. */
const isCached = ({ trainViews }: FeatureOptions, sample: Sample) =>
  sample.view === 'eval' || trainViews.count !== 'fresh';

// Raise when views or the trunk's arithmetic change, so that old entries are no longer found; the decoding of files has its own
// version. Devices round differently: each has its own entries.
const formatVersion = '2';

function keysFor(options: FeatureOptions, parameters: Parameters): (sample: Sample, cut: Cut) => string {
  const { engine, architecture, imageHashes, imageSize, color, depth, trainViews, seed } = options;
  const hashes = new Map<Cut, string>();
  const trunkHash = (cut: Cut) =>
    hashes.get(cut) ?? hashes.set(cut, hashBelow(architecture, parameters, cut)).get(cut)!;
  const { count: _, ...chances } = trainViews;
  const training = JSON.stringify({ chances, seed });
  const input = JSON.stringify(architectureRow(architecture).input);
  return ({ image, view }, cut) =>
    cacheKey([
      formatVersion,
      pixelsVersion,
      engine.device.engine,
      architecture,
      input,
      trunkHash(cut),
      imageHashes[image]!,
      String(imageSize),
      color,
      String(depth),
      String(view),
      view === 'eval' ? '' : training,
      String(cut),
    ]);
}

/** SHA-256 of every parameter that the features at `cut` depend on. */
function hashBelow(architecture: Architecture, parameters: Parameters, cut: Cut): string {
  const hash = createHash('sha256');
  for (const [name, { data }] of [...parameters].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (isBelow(architecture, cutBelow(architecture, partOf(architecture, name)), cut))
      hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

function packPixels(views: readonly Uint8Array[], batch: number, size: number): Tensor {
  const length = size * size * 3;
  const data = new Uint8Array(batch * length);
  views.forEach((view, i) => {
    data.set(view, i * length);
  });
  return { dtype: 'uint8', shape: [batch, size, size, 3], data };
}

function rowOf(tensor: Tensor, row: number): Uint16Array {
  const length = sizeOf(tensor.shape.slice(1));
  return (tensor.data as Uint16Array).subarray(row * length, (row + 1) * length);
}

function repeatLastRow(data: Uint16Array | Uint8Array, rows: number, batch: number, rowLength: number): void {
  for (let i = rows; i < batch; i++) data.copyWithin(i * rowLength, (rows - 1) * rowLength, rows * rowLength);
}
