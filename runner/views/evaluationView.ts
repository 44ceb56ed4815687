// The view without randomness, for validation, test, explanation and export: torchvision's Resize and CenterCrop of the whole image.
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { greyOf, type Raster, type RgbImage, rasterOf, rgbOf } from '../images/samples/raster.ts';
import { type Box, resampleBox } from './resample.ts';

export type Color = Recipe['color'];

/** Length to which the shorter edge is resized before the center crop: 257 for 224 (256 is common). */
export const resizeSide = (size: number): number => Math.trunc(size * 1.15);

/**
 * torchvision: [Grayscale(3),] Resize(int(size * 1.15), bilinear, antialias), CenterCrop(size).
 *
 * @returns [size, size, 3]
 */
export function evaluationView(image: RgbImage, size: number, color: Color): Uint8Array {
  return rgbOf(evaluationRaster(inColor(rasterOf(image), color), size)).data;
}

export const inColor = (raster: Raster, color: Color): Raster => (color === 'grayscale' ? greyOf(raster) : raster);

export function evaluationRaster(image: Raster, size: number): Raster {
  const { width, height } = image;
  const { resized, window } = evaluationWindow(width, height, size);
  return resampleBox(image, { x: 0, y: 0, width, height }, resized, window);
}

/** The part of a `width` x `height` image that the view shows, in pixels of that image; its edges may be fractions of pixels. */
export function evaluationCrop(width: number, height: number, size: number): Box {
  const { resized, window } = evaluationWindow(width, height, size);
  const [across, down] = [width / resized.width, height / resized.height];
  return { x: window.x * across, y: window.y * down, width: window.width * across, height: window.height * down };
}

/** Size after Resize, and the window that CenterCrop cuts from it. */
function evaluationWindow(
  width: number,
  height: number,
  size: number,
): { readonly resized: { readonly width: number; readonly height: number }; readonly window: Box } {
  const side = resizeSide(size);
  const resized =
    width <= height
      ? { width: side, height: Math.trunc((side * height) / width) }
      : { width: Math.trunc((side * width) / height), height: side };
  const window: Box = {
    x: roundHalfToEven((resized.width - size) / 2),
    y: roundHalfToEven((resized.height - size) / 2),
    width: size,
    height: size,
  };
  return { resized, window };
}

/** Python's round, which CenterCrop uses. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
