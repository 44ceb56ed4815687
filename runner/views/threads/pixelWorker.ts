// The thread that decodes and resamples, so that neither the main thread nor the engine's ever waits for pixels.
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

const { images, size, color, depth, trainViews, seed, memoryBytes } = workerData as PixelSetup;
const cache = createImageCache(memoryBytes);
// A few files are read and decoded (in sharp's threads) while this thread resamples; more would only hold memory.
const decoding = pLimit(3);

// What training keeps of a large image: the smallest crop must hold as many pixels as the view.
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
    // It passed the check and has its size and time of then, so it changed under our hands or its disk has gone.
    if (error instanceof UndecodableImage) return 'changed';
    if (isSystemError(error)) return 'vanished';
    throw error;
  }
  if (view === 'eval') return rgbOf(raster).data.slice(); // what is answered is given away
  return applyPlan(raster, viewOf(seed, image.sha256, view, trainViews, raster.width, raster.height, size), size);
}

/** The evaluation view, made from the whole image whatever its size, because other programs repeat this arithmetic. It never changes, so it is the view that is cached. */
async function evaluationOf(file: string): Promise<Raster> {
  const { raster } = await decodeRaster(await readImageFile(file), { depth });
  return evaluationRaster(inColor(raster, color), size);
}

async function trainingOf(file: string): Promise<Raster> {
  const { raster } = await decodeRaster(await readImageFile(file), { maxShortSide: trainShortSide, depth });
  return inColor(raster, color);
}
