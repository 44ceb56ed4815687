// explain/: maps from activations and gradients, overlays, and checks of whether a map can be believed. This file: a network prepared
// to explain batches of views, with one map per image. Absent: files, run folders, the command line. Called by commands/explain.ts.
import type { Explanation } from '../../shared/contracts/explanation.ts';
import { softmaxRows } from '../../shared/contracts/scores.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { gradCamProgram } from '../programs/gradCam.ts';
import type { Network } from '../programs/inference.ts';
import { labelsTensor } from '../programs/labels.ts';
import { segmentProgram } from '../programs/segment.ts';
import type { Tensor } from '../tensor.ts';
import type { ScoreViews } from './checks/deletion.ts';
import { type ClassMap, classMap } from './classMaps.ts';

/** The question to the network, the same for all images of a command. */
export type Question = Pick<Explanation, 'of' | 'layer' | 'method'>;

export interface ExplainedNetwork extends Network {
  readonly imageSize: number;
}

export interface MappedView {
  readonly logits: readonly number[];
  /** Side of the map, [side, side]. */
  readonly side: number;
  readonly map: ClassMap;
}

export interface MapMaker {
  /** Most views per call. */
  readonly batch: number;
  /**
   * @param views   8-bit RGB, [size, size, 3] each
   * @param labels  the class to explain in each, or `predictedClass`
   */
  maps(
    views: readonly Uint8Array[],
    labels: readonly number[],
    method: Question['method'],
  ): Promise<readonly MappedView[]>;
  dispose(): Promise<void>;
}

/** Views per batch at 224 pixels per side. The lower the layer, the more of the network is kept for its gradient. */
const batches = { layer4: 8, layer3: 8, layer2: 4, layer1: 2 } as const;

/** Views per batch, chosen to bound memory (docs/benchmarks.md). */
export const batchFor = (layer: Question['layer'], imageSize: number): number =>
  Math.max(1, Math.floor(batches[layer] * Math.min(1, (224 / imageSize) ** 2)));

export async function mapMaker(
  engine: Engine,
  network: ExplainedNetwork,
  { of, layer }: Pick<Question, 'of' | 'layer'>,
  batch: number,
): Promise<MapMaker> {
  const program = await engine.load(gradCamProgram({ ...network, layer, of, batch, featureType: 'uint8' }));
  return {
    batch,
    async maps(views, labels, method) {
      if (views.length === 0) return [];
      const out = await program.run({
        pixels: pixelTensor(views, network.imageSize, batch),
        // Padding uses class 0, and its result is ignored.
        labels: labelsTensor(Array.from({ length: batch }, (_, i) => labels[i] ?? 0)),
      });
      const [, side = 1, , channels = 1] = out.activations!.shape;
      const positions = side * side;
      return views.map((_, n) => {
        const own = (tensor: Tensor | undefined) => {
          const data = tensor!.data as Float32Array;
          return data.subarray((n * data.length) / batch, ((n + 1) * data.length) / batch);
        };
        const layerGradients = {
          positions,
          channels,
          activations: own(out.activations),
          gradients: own(out.gradients),
        };
        return { logits: [...own(out.logits)], side, map: classMap(method, layerGradients) };
      });
    },
    dispose: () => program.dispose(),
  };
}

export interface Scorer {
  /** Scores of one class. */
  of(label: number): ScoreViews;
  dispose(): Promise<void>;
}

/** The network without gradients, for many altered views of one image. */
export async function scorer(
  engine: Engine,
  network: ExplainedNetwork,
  of: Question['of'],
  batch: number,
): Promise<Scorer> {
  const scoreOf = (logits: readonly number[], label: number) =>
    of === 'logit' ? logits[label]! : softmaxRows(logits, logits.length)[label]!;
  const program = await engine.load(
    segmentProgram({ ...network, from: 'all', to: 'logits', batch, featureType: 'uint8' }),
  );
  return {
    of: (label) => async (views) => {
      const scores: number[] = [];
      for (let start = 0; start < views.length; start += batch) {
        const some = views.slice(start, start + batch);
        for (const logits of await logitsOf(program, some, network.imageSize, batch))
          scores.push(scoreOf(logits, label));
      }
      return scores;
    },
    dispose: () => program.dispose(),
  };
}

async function logitsOf(program: Program, views: readonly Uint8Array[], imageSize: number, batch: number) {
  const { logits } = await program.run({ pixels: pixelTensor(views, imageSize, batch) });
  const data = logits!.data as Float32Array;
  const classCount = data.length / batch;
  return views.map((_, n) => [...data.subarray(n * classCount, (n + 1) * classCount)]);
}

/** Padded with black. */
function pixelTensor(views: readonly Uint8Array[], imageSize: number, batch: number): Tensor {
  const bytes = imageSize * imageSize * 3;
  const data = new Uint8Array(batch * bytes);
  for (const [n, view] of views.entries()) data.set(view, n * bytes);
  return { dtype: 'uint8', shape: [batch, imageSize, imageSize, 3], data };
}
