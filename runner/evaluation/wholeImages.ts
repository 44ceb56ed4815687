// Whole images for models that prepare them themselves: one at a time, decoded while the engine works on the one before.
import type { Depth } from '../../shared/contracts/depth.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import type { FrozenFeatures, PreparedBatch } from '../features/features.ts';
import { decodeImage, UndecodableImage } from '../images/images.ts';
import type { RgbImage } from '../images/samples/raster.ts';
import type { PixelImage } from '../views/threads/pixelContract.ts';
import { stateOf } from '../views/unchanged.ts';

interface PreparedImage extends PreparedBatch {
  readonly whole: RgbImage | undefined;
}

/** Batches of one image: uint8 [1, H, W, 3], with a black pixel in place of a lost one. */
export function wholeImages(images: readonly PixelImage[], depth: Depth): FrozenFeatures {
  return {
    cut: 'all',
    featureType: 'uint8',
    inputName: 'image',
    async prepare(samples): Promise<PreparedImage> {
      const whole = await wholeOf(images[samples[0]!.image]!, depth);
      return { samples, stored: [], pixels: [], lost: whole ? [] : samples, whole };
    },
    async finish({ whole = blackPixel, lost, samples }: PreparedImage) {
      const { width, height, data } = whole;
      return {
        features: { dtype: 'uint8', shape: [1, height, width, 3], data: new Uint8Array(data) },
        lost,
        computed: samples.length,
      };
    },
    async dispose() {},
  };
}

const blackPixel: RgbImage = { width: 1, height: 1, data: new Uint8Array(3) };

/** undefined: gone, or changed since the check. */
async function wholeOf(image: PixelImage, depth: Depth): Promise<RgbImage | undefined> {
  if ((await stateOf(image)) !== 'same') return undefined;
  try {
    return (await decodeImage(image.file, { depth })).image;
  } catch (error) {
    if (error instanceof UndecodableImage || isSystemError(error)) return undefined;
    throw error;
  }
}
