// Executes a plan: crop, affine, rotation, flip, color, erasing.
import { type NetworkInput, zeroColor } from '../../shared/contracts/architectures.ts';
import { type Raster, type RgbImage, rasterOf, rgbOf } from '../images/samples/raster.ts';
import { affine, flipHorizontal, rotateAboutCenter } from './affine.ts';
import { adjustColor } from './color.ts';
import { type Color, evaluationRaster, inColor } from './evaluationView.ts';
import { type Box, resampleBox } from './resample.ts';
import type { ViewPlan } from './views.ts';

/** @returns [size, size, 3]; deterministic */
export function applyView(
  image: RgbImage,
  plan: ViewPlan,
  size: number,
  color: Color,
  input: NetworkInput,
): Uint8Array {
  return applyPlan(inColor(rasterOf(image), color), plan, size, input);
}

/** applyView() for an image whose colors are already final. */
export function applyPlan(image: Raster, plan: ViewPlan, size: number, input: NetworkInput): Uint8Array {
  let view = plan.crop ? resampleBox(image, plan.crop, { width: size, height: size }) : evaluationRaster(image, size);
  if (plan.affine) view = affine(view, plan.affine);
  if (plan.rotation !== 0) view = rotateAboutCenter(view, plan.rotation);
  if (plan.flip) view = flipHorizontal(view);
  for (const { operation, factor } of plan.color) view = adjustColor(view, operation, factor);
  const { data } = rgbOf(view);
  if (plan.erase) erase(data, size, plan.erase, zeroColor(input));
  return data;
}

/** RandomErasing's value 0 after normalization, in 8 bits: `color`. */
function erase(
  data: Uint8Array,
  size: number,
  { x, y, width, height }: Box,
  color: readonly [number, number, number],
): void {
  for (let row = y; row < y + height; row++)
    for (let column = x; column < x + width; column++) data.set(color, (row * size + column) * 3);
}
