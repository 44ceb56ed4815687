// views/: turns a decoded image into the augmented pixels that the network sees. (seed, image id, view number) alone decide a view.
// Absent: labels, Math.random, the network, files (except in pixelWorker.ts).
// Called by features/ through pixels.ts, by evaluation and explanation, and by the augmentation preview.
import type { TrainViews } from '../../shared/contracts/recipe.ts';
import { type Random, shuffled, stream, uniform } from '../../shared/random.ts';
import type { AffineParameters } from './affine.ts';
import type { ColorOperation } from './color.ts';
import type { Box } from './resample.ts';

/** All random choices of one view, in the order of their application. */
export interface ViewPlan {
  /** Crop of the decoded image; null: the evaluation view's resize and center crop. */
  readonly crop: Box | null;
  readonly affine: AffineParameters | null;
  /** Degrees, counter-clockwise. */
  readonly rotation: number;
  readonly flip: boolean;
  readonly color: readonly { readonly operation: ColorOperation; readonly factor: number }[];
  /** Erased box of the finished view. */
  readonly erase: Box | null;
}

/**
 * Plan of view `viewNumber` of an image. Pure; each part draws from its own stream, so that turning one on changes no other.
 *
 * @param imageId  stable name of the image: its SHA-256
 * @param imageWidth,imageHeight  size of the decoded image, to which the crop refers
 * @see torchvision.transforms v1: get_params of RandomResizedCrop, RandomAffine, RandomRotation, ColorJitter, RandomErasing
 */
export function viewOf(
  seed: number,
  imageId: string,
  viewNumber: number,
  trainViews: TrainViews,
  imageWidth: number,
  imageHeight: number,
  size: number,
): ViewPlan {
  const drawsOf = (part: string) => stream(seed, 'view', imageId, viewNumber, part);
  const { randomResizedCrop, randomAffine, randomRotation, randomHorizontalFlip, colorJitter, randomErasing } =
    trainViews;
  return {
    crop: randomResizedCrop && drawCrop(drawsOf('crop'), randomResizedCrop, imageWidth, imageHeight),
    affine: randomAffine && drawAffine(drawsOf('affine'), randomAffine, size),
    rotation: randomRotation === 0 ? 0 : uniform(drawsOf('rotation'), -randomRotation, randomRotation),
    flip: drawsOf('flip')() < randomHorizontalFlip,
    color: colorJitter ? drawColor(drawsOf('color'), colorJitter) : [],
    erase: randomErasing && drawErasing(drawsOf('erasing'), randomErasing, size),
  };
}

type Part<K extends keyof TrainViews> = NonNullable<TrainViews[K]>;

const tries = 10;

/** Ten attempts at an area and a ratio that fit; then the largest centered crop within the ratios. */
function drawCrop(random: Random, { scale, ratio }: Part<'randomResizedCrop'>, width: number, height: number): Box {
  for (let i = 0; i < tries; i++) {
    const area = width * height * uniform(random, scale[0], scale[1]);
    const aspect = Math.exp(uniform(random, Math.log(ratio[0]), Math.log(ratio[1])));
    const w = Math.round(Math.sqrt(area * aspect));
    const h = Math.round(Math.sqrt(area / aspect));
    if (w > 0 && w <= width && h > 0 && h <= height)
      return { x: below(random, width - w + 1), y: below(random, height - h + 1), width: w, height: h };
  }
  const own = width / height;
  const w = own > ratio[1] ? Math.round(height * ratio[1]) : width;
  const h = own < ratio[0] ? Math.round(width / ratio[0]) : height;
  return { x: Math.trunc((width - w) / 2), y: Math.trunc((height - h) / 2), width: w, height: h };
}

function drawAffine(
  random: Random,
  { degrees, translate, scale, shear }: Part<'randomAffine'>,
  size: number,
): AffineParameters {
  const shift = (share: number) => Math.round(uniform(random, -share * size, share * size));
  return {
    angle: uniform(random, -degrees, degrees),
    translate: [shift(translate[0]), shift(translate[1])],
    scale: uniform(random, scale[0], scale[1]),
    shear: uniform(random, -shear, shear),
  };
}

function drawColor(random: Random, jitter: Part<'colorJitter'>): ViewPlan['color'] {
  const order = shuffled(['brightness', 'contrast', 'saturation', 'hue'] as const, random);
  return order
    .map((operation) => {
      const strength = jitter[operation];
      const draw = random(); // drawn even when unused, so that a strength of 0 here changes nothing there
      const low = operation === 'hue' ? -strength : Math.max(0, 1 - strength);
      const high = operation === 'hue' ? strength : 1 + strength;
      return { operation, factor: low + (high - low) * draw };
    })
    .filter(({ operation }) => jitter[operation] > 0);
}

function drawErasing(random: Random, { probability, scale, ratio }: Part<'randomErasing'>, size: number): Box | null {
  if (random() >= probability) return null;
  for (let i = 0; i < tries; i++) {
    const area = size * size * uniform(random, scale[0], scale[1]);
    const aspect = Math.exp(uniform(random, Math.log(ratio[0]), Math.log(ratio[1])));
    const h = Math.round(Math.sqrt(area * aspect));
    const w = Math.round(Math.sqrt(area / aspect));
    if (h < size && w < size)
      return { x: below(random, size - w + 1), y: below(random, size - h + 1), width: w, height: h };
  }
  return null;
}

const below = (random: Random, count: number): number => Math.floor(random() * count);
