// The same network with random weights, for the check against an untrained network.
// Adebayo et al. 2018, Sanity Checks for Saliency Maps, https://arxiv.org/abs/1810.03292

import { upsampledMap } from '../../../shared/contracts/heatMap.ts';
import { stream } from '../../../shared/random.ts';
import type { Engine } from '../../engine/engine.ts';
import { initialParameters } from '../../network/initialize.ts';
import { classCountOf } from '../../network/parameters.ts';
import { averagedStatistics, batchStatisticsProgram } from '../../programs/batchStatistics.ts';
import type { ExplainedNetwork } from '../explain.ts';

const measuredPictures = 4;

/**
 * Draws every weight from the seed, head included. BatchNorm's statistics are measured on random pictures instead of the
 * explained images: the answer for one image must not depend on the others.
 */
export async function randomNetwork(
  engine: Engine,
  network: ExplainedNetwork,
  seed: number,
): Promise<ExplainedNetwork> {
  const { architecture, imageSize } = network;
  const classCount = classCountOf(architecture, network.parameters);
  const parameters = initialParameters(architecture, classCount, seed);
  const batch = measuredPictures;
  const program = await engine.load(
    batchStatisticsProgram({ architecture, parameters, batch, imageSize, featureType: 'uint8' }),
  );
  try {
    const shape = [batch, imageSize, imageSize, 3];
    const data = Uint8Array.from(Array.from({ length: batch }, (_, i) => [...drawnPicture(imageSize, seed, i)]).flat());
    const measured = await program.run({ pixels: { dtype: 'uint8', shape, data } });
    return { architecture, imageSize, parameters: averagedStatistics(parameters, [measured]) };
  } finally {
    await program.dispose();
  }
}

/** Colors in soft patches of several sizes, [size, size, 3]. */
function drawnPicture(size: number, seed: number, number: number): Uint8Array {
  const out = new Uint8Array(size * size * 3);
  for (let c = 0; c < 3; c++) {
    const scales = [3, 8, 20].map((side) => {
      const draw = stream(seed, 'drawnPicture', number, c, side);
      return upsampledMap(Float32Array.from({ length: side * side }, draw), side, side, size);
    });
    for (let i = 0; i < size * size; i++)
      out[3 * i + c] = Math.round((255 * scales.reduce((sum, scale) => sum + scale[i]!, 0)) / scales.length);
  }
  return out;
}
