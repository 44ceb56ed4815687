// The engine of an evaluation and the resources around it, for as long as it computes.
import { architectureRow } from '../../shared/contracts/architectures.ts';
import { photos } from '../../shared/contracts/recipes.ts';
import { openEngine } from '../devices/devices.ts';
import type { Engine } from '../engine/engine.ts';
import { defaultThreads } from '../engine/threads.ts';
import { noFeatureCache, openFeatureCache } from '../features/featureCache.ts';
import type { PixelImage } from '../views/threads/pixelContract.ts';
import { createPixelSource } from '../views/threads/pixels.ts';
import type { EngineParts, EvaluateIo, EvaluateJob, EvaluationModel } from './evaluation.ts';

/** @throws UserError for an engine that cannot be used; the signal's reason when aborted; errors of `work` */
export async function onEngine<T>(
  job: EvaluateJob,
  { network, imageSize, color, depth }: EvaluationModel,
  images: readonly PixelImage[],
  { createEngine, signal }: EvaluateIo,
  work: (parts: EngineParts) => Promise<T>,
): Promise<{ readonly device: Engine['device']; readonly result: T }> {
  const threads = job.threads ?? defaultThreads();
  const engine = createEngine?.(threads) ?? (await openEngine(job.engine, { threads, signal }));
  const pixels = createPixelSource({
    images,
    size: imageSize,
    color,
    input: architectureRow(network).input,
    depth,
    trainViews: photos.trainViews, // unused: no training view is requested
    seed: 0,
  });
  try {
    const cache = job.useFeatureCache
      ? await openFeatureCache(`${job.cacheFolder}/features`, job.cacheLimitBytes)
      : noFeatureCache;
    return { device: engine.device, result: await work({ engine, pixels, cache }) };
  } finally {
    await pixels.dispose();
    await engine.dispose();
  }
}
