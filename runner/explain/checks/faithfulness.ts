// Two checks of whether a map can be believed: remove what it marks, and compare it with the map of an untrained network.

import { type FaithfulnessCheck, heatMapOf } from '../../../shared/contracts/explanation.ts';
import { upsampledMap } from '../../../shared/contracts/heatMap.ts';
import { largest, smallest } from '../../../shared/lists.ts';
import type { Engine } from '../../engine/engine.ts';
import { type ExplainedNetwork, type MappedView, mapMaker, type Question, scorer } from '../explain.ts';
import { deletionCurves, deletionFractions } from './deletion.ts';
import { randomNetwork } from './randomNetwork.ts';
import { spearman, ssim } from './similarity.ts';
import { verdictOf } from './verdict.ts';

export interface FaithfulnessChecker {
  /** @param label  class that the map explains */
  check(view: Uint8Array, label: number, mapped: MappedView): Promise<FaithfulnessCheck>;
  dispose(): Promise<void>;
}

const scoringBatch = 8;

/** Loads the network without gradients and its twin with random weights, once for all images. */
export async function faithfulnessChecker(
  engine: Engine,
  network: ExplainedNetwork,
  question: Question,
  seed: number,
): Promise<FaithfulnessChecker> {
  const { imageSize } = network;
  const unlearned = await mapMaker(engine, await randomNetwork(engine, network, seed), question, 1);
  const scores = await scorer(engine, network, question.of, scoringBatch);
  return {
    async check(view, label, { map, side }) {
      const curves = await deletionCurves(view, imageSize, map.values, side, seed, scores.of(label));
      const [randomMapped] = await unlearned.maps([view], [label], question.method);
      const randomValues = randomMapped!.map.values;
      const areas = curves.random.map(({ area }) => area);
      const across = (summary: (scores: readonly number[]) => number) =>
        deletionFractions.map((_, i) => summary(curves.random.map((curve) => curve.scores[i]!)));
      const measured: Omit<FaithfulnessCheck, 'verdict'> = {
        baseline: 'blurred',
        fractions: [...deletionFractions],
        deletion: plain(curves.map),
        random: {
          seed,
          repeats: curves.random.map(plain),
          mean: across(mean),
          low: across(smallest),
          high: across(largest),
          area: { mean: mean(areas), low: smallest(areas), high: largest(areas) },
        },
        randomWeights: {
          seed,
          map: heatMapOf(randomValues, side, side),
          spearman: spearman(map.values, randomValues),
          ssim: ssim(
            upsampledMap(map.values, side, side, imageSize),
            upsampledMap(randomValues, side, side, imageSize),
            imageSize,
          ),
        },
      };
      return { ...measured, verdict: verdictOf(measured, question.of) };
    },
    async dispose() {
      await scores.dispose();
      await unlearned.dispose();
    },
  };
}

const plain = ({ scores, area }: { readonly scores: readonly number[]; readonly area: number }) => ({
  scores: [...scores],
  area,
});
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
