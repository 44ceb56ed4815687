// The thread that decodes and resamples, so that neither the main thread nor the engine waits for pixels.
import { parentPort, workerData } from 'node:worker_threads';
import pLimit from 'p-limit';
import { isSystemError } from '../../../shared/files/systemError.ts';
import { createImageCache } from '../../images/imageCache.ts';
import { decodeRaster, readImageFile, UndecodableImage } from '../../images/images.ts';
import { type Raster, rgbOf } from '../../images/samples/raster.ts';
import { applyPlan } from '../apply.ts';
import { evaluationRaster, inColor, resizeSide } from '../evaluationView.ts';
import { stateOf } from '../unchanged.ts';
import { viewOf } from '../views.ts';
import type { PixelAnswer, PixelImage, PixelRequest, PixelSetup, View } from './pixelContract.ts';

const { images, size, color, input, depth, trainViews, seed, memoryBytes } = workerData as PixelSetup;
const cache = createImageCache(memoryBytes);
// A few files are read and decoded (in sharp's threads) while this thread resamples; more would only occupy memory.
const decoding = pLimit(3);

// Size to which training reduces large images: the smallest crop must have as many pixels as the view.
const smallestCrop = trainViews.randomResizedCrop?.scale[0] ?? 1;
const trainShortSide = Math.max(2 * resizeSide(size), Math.ceil(size / Math.sqrt(smallestCrop)));

parentPort!.on('message', (request: PixelRequest) => {
  void answer(request).then((message) =>
    parentPort!.postMessage(
      message,
      'view' in message && typeof message.view !== 'string' ? [message.view.buffer as ArrayBuffer] : [],
    ),
  );
});

async function answer({ id, image, view }: PixelRequest): Promise<PixelAnswer> {
  try {
    return { id, view: await viewOfFile(images[image]!, view) };
  } catch (error) {
    return { id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function viewOfFile(image: PixelImage, view: number | 'eval'): Promise<View> {
  const state = await stateOf(image);
  if (state !== 'same') return state;
  let raster: Raster;
  try {
    raster = await cache.get(`${view === 'eval' ? 'eval' : 'train'}/${image.file}`, () =>
      decoding(() => (view === 'eval' ? evaluationOf(image.file) : trainingOf(image.file))),
    );
  } catch (error) {
    // The file passed the check with this size and time, so it changed meanwhile or its disk is gone.
    if (error instanceof UndecodableImage) return 'changed';
    if (isSystemError(error)) return 'vanished';
    throw error;
  }
  if (view === 'eval') return rgbOf(raster).data.slice(); // the buffer of an answer is transferred
  return applyPlan(
    raster,
    viewOf(seed, image.sha256, view, trainViews, raster.width, raster.height, size),
    size,
    input,
  );
}

/**
 * The evaluation view, made from the whole image whatever its size, because other programs repeat this arithmetic. It never changes, so it
 * is the view that is cached.
 */
async function evaluationOf(file: string): Promise<Raster> {
  const { raster } = await decodeRaster(await readImageFile(file), { depth });
  return evaluationRaster(inColor(raster, color), size);
}

async function trainingOf(file: string): Promise<Raster> {
  const { raster } = await decodeRaster(await readImageFile(file), { maxShortSide: trainShortSide, depth });
  return inColor(raster, color);
}
