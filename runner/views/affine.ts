// torchvision's rotate and affine on Pillow images: nearest neighbor, fill 0, Pillow's 16-bit fixed-point walk.
import type { Raster } from '../images/samples/raster.ts';

/** Maps output pixel (x, y) to (a x + b y + c, d x + e y + f) in the input. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** F.affine's parameters: degrees (clockwise), shift in pixels, scale, shear along x in degrees. */
export interface AffineParameters {
  readonly angle: number;
  readonly translate: readonly [number, number];
  readonly scale: number;
  readonly shear: number;
}

/** torchvision functional.rotate(image, angle), counter-clockwise degrees about the center, same size. Pillow Image.rotate. */
export function rotateAboutCenter(image: Raster, angle: number): Raster {
  const { width, height } = image;
  const radians = (-angle * Math.PI) / 180;
  const cos = roundTo15(Math.cos(radians));
  const sin = roundTo15(Math.sin(radians));
  const [cx, cy] = [width / 2, height / 2];
  return transformAffine(image, [cos, sin, cx - cos * cx - sin * cy, -sin, cos, cy + sin * cx - cos * cy]);
}

/** torchvision functional.affine(image, angle, translate, scale, [shear, 0]) about the center. */
export function affine(image: Raster, parameters: AffineParameters): Raster {
  return transformAffine(image, inverseMatrix(image.width / 2, image.height / 2, parameters));
}

/** torchvision functional._get_inverse_affine_matrix. */
function inverseMatrix(cx: number, cy: number, { angle, translate, scale, shear }: AffineParameters): Matrix {
  const rotation = (angle * Math.PI) / 180;
  const sx = (shear * Math.PI) / 180;
  const a = Math.cos(rotation);
  const b = -Math.cos(rotation) * Math.tan(sx) - Math.sin(rotation);
  const c = Math.sin(rotation);
  const d = -Math.sin(rotation) * Math.tan(sx) + Math.cos(rotation);
  const [m0, m1, m3, m4] = [d / scale, -b / scale, -c / scale, a / scale];
  const [dx, dy] = [-cx - translate[0], -cy - translate[1]];
  return [m0, m1, m0 * dx + m1 * dy + cx, m3, m4, m3 * dx + m4 * dy + cy];
}

/** Pillow's affine_fixed (Geometry.c). */
function transformAffine(image: Raster, [a, b, c, d, e, f]: Matrix): Raster {
  const { width, height, channels, data } = image;
  const out = new Uint8Array(data.length);
  const [stepX, stepY] = [fixed(a), fixed(d)];
  const [nextX, nextY] = [fixed(b), fixed(e)];
  let startX = fixed(c + a * 0.5 + b * 0.5);
  let startY = fixed(f + d * 0.5 + e * 0.5);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let inX = startX;
    let inY = startY;
    for (let x = 0; x < width; x++) {
      const px = inX >> 16;
      const py = inY >> 16;
      if (px >= 0 && px < width && py >= 0 && py < height) {
        const from = (py * width + px) * channels;
        out[to] = data[from]!;
        if (channels === 3) {
          out[to + 1] = data[from + 1]!;
          out[to + 2] = data[from + 2]!;
        }
      }
      to += channels;
      inX = (inX + stepX) | 0;
      inY = (inY + stepY) | 0;
    }
    startX = (startX + nextX) | 0;
    startY = (startY + nextY) | 0;
  }
  return { width, height, channels, data: out };
}

const fixed = (value: number): number => Math.floor(value * 65536 + 0.5);

const roundTo15 = (value: number): number => Math.round(value * 1e15) / 1e15;

export function flipHorizontal({ width, height, channels, data }: Raster): Raster {
  const out = new Uint8Array(data.length);
  const stride = width * channels;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = y * stride + x * channels;
      const to = y * stride + (width - 1 - x) * channels;
      for (let channel = 0; channel < channels; channel++) out[to + channel] = data[from + channel]!;
    }
  return { width, height, channels, data: out };
}
