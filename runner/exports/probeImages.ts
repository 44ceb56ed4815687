// Images for checking an export: some of the run's validation and test images, or generated patterns if none are left.
import { join } from 'node:path';
import type { Depth } from '../../shared/contracts/depth.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { stream, uniform } from '../../shared/random.ts';
import { decodeImage, UndecodableImage } from '../images/images.ts';
import { type RgbImage, rasterOf, rgbOf } from '../images/samples/raster.ts';
import { type Color, evaluationRaster, inColor } from '../views/evaluationView.ts';
import type { ProbeImage } from './parity.ts';

export interface ViewOptions {
  readonly size: number;
  readonly color: Color;
  /** Bits of 16-bit images that are used. */
  readonly depth: Depth;
}

/**
 * At most `most` images, evenly from the list. Missing and undecodable images are skipped.
 *
 * @param dataset        absolute
 * @param relativePaths  /-separated; paths that leave the dataset are skipped
 */
export async function* imagesOf(
  dataset: string,
  relativePaths: readonly string[],
  most: number,
  options: ViewOptions,
): AsyncGenerator<ProbeImage> {
  const inside = relativePaths.filter((path) => !/^([\\/]|[a-z]:)/i.test(path) && !path.split(/[\\/]/).includes('..'));
  for (const relativePath of evenly(inside, most)) {
    const image = await probe(join(dataset, relativePath), relativePath, options);
    if (image) yield image;
  }
}

/** `most` entries, including the first and the last. */
export function evenly<T>(entries: readonly T[], most: number): T[] {
  if (entries.length <= most) return [...entries];
  return Array.from({ length: most }, (_, i) => entries[Math.round((i * (entries.length - 1)) / (most - 1))]!);
}

async function probe(file: string, name: string, options: ViewOptions): Promise<ProbeImage | undefined> {
  try {
    const { image: whole } = await decodeImage(file, { depth: options.depth });
    return { name, view: viewTensor(whole, options), whole };
  } catch (error) {
    if (error instanceof UndecodableImage || isSystemError(error)) return undefined;
    throw error;
  }
}

const patternSizes = [
  [320, 240],
  [240, 320],
  [64, 64],
  [801, 600],
] as const;

/** Color gradients with noise, in several sizes; always the same. */
export function* patterns(options: ViewOptions): Generator<ProbeImage> {
  for (const [n, [width, height]] of patternSizes.entries()) {
    const random = stream(0, 'export', n);
    const [dx, dy, noise] = [uniform(random, 0, 255), uniform(random, 0, 255), 40];
    const data = new Uint8Array(width * height * 3);
    for (let i = 0; i < data.length; i++) {
      const pixel = Math.floor(i / 3);
      const slope = (dx * (pixel % width)) / width + (dy * Math.floor(pixel / width)) / height;
      data[i] = Math.min(255, Math.max(0, slope * (1 - (i % 3) / 4) + uniform(random, -noise, noise)));
    }
    const whole: RgbImage = { width, height, data };
    yield { name: `pattern ${n + 1}`, view: viewTensor(whole, options), whole };
  }
}

function viewTensor(image: RgbImage, { size, color }: ViewOptions): ProbeImage['view'] {
  const { data } = rgbOf(evaluationRaster(inColor(rasterOf(image), color), size));
  return { dtype: 'uint8', shape: [1, size, size, 3], data };
}
