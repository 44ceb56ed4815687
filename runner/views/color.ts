// torchvision's adjust_brightness, _contrast, _saturation and _hue on Pillow images, with Pillow's arithmetic: float32 blends truncated
// to 8 bits after each step, hue in 8-bit HSV.
import { luma, type Raster } from '../images/samples/raster.ts';

export type ColorOperation = 'brightness' | 'contrast' | 'saturation' | 'hue';

/** @param factor  1 (hue: 0) changes nothing; for hue a fraction of the circle, in [-0.5, 0.5] */
export function adjustColor(image: Raster, operation: ColorOperation, factor: number): Raster {
  switch (operation) {
    case 'brightness':
      return blendWithLevel(image, 0, factor);
    case 'contrast':
      return blendWithLevel(image, meanLuma(image), factor);
    case 'saturation':
      return image.channels === 1 ? image : adjustSaturation(image, factor);
    case 'hue':
      return image.channels === 1 ? image : adjustHue(image, factor);
  }
}

/** Image.blend(constant level, image, factor): the same for all pixels of a value, hence a table. */
function blendWithLevel(image: Raster, level: number, factor: number): Raster {
  const alpha = Math.fround(factor);
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    clip(Math.fround(level + Math.fround(alpha * (value - level)))),
  );
  const out = new Uint8Array(image.data.length);
  for (let i = 0; i < out.length; i++) out[i] = table[image.data[i]!]!;
  return { ...image, data: out };
}

/** ImageStat's mean of the gray image, rounded as in ImageEnhance.Contrast. */
function meanLuma({ data, channels }: Raster): number {
  let sum = 0;
  if (channels === 1) for (let i = 0; i < data.length; i++) sum += data[i]!;
  else for (let i = 0; i < data.length; i += 3) sum += luma(data[i]!, data[i + 1]!, data[i + 2]!);
  return Math.trunc(sum / (data.length / channels) + 0.5);
}

/** Image.blend(gray image, image, factor). */
function adjustSaturation(image: Raster, factor: number): Raster {
  const { data } = image;
  const out = new Uint8Array(data.length);
  const alpha = Math.fround(factor);
  const scaled = Float32Array.from({ length: 511 }, (_, i) => alpha * (i - 255));
  for (let i = 0; i < data.length; i += 3) {
    const grey = luma(data[i]!, data[i + 1]!, data[i + 2]!);
    const shift = 255 - grey;
    out[i] = clip(Math.fround(grey + scaled[data[i]! + shift]!));
    out[i + 1] = clip(Math.fround(grey + scaled[data[i + 1]! + shift]!));
    out[i + 2] = clip(Math.fround(grey + scaled[data[i + 2]! + shift]!));
  }
  return { ...image, data: out };
}

/** Pillow's rgb2hsv and hsv2rgb (Convert.c), with the hue turned by trunc(factor * 255) of 256 steps in between. */
function adjustHue(image: Raster, factor: number): Raster {
  const { data } = image;
  const turn = Math.trunc(factor * 255) & 255;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i]!;
    const green = data[i + 1]!;
    const blue = data[i + 2]!;
    const most = Math.max(red, green, blue);
    const least = Math.min(red, green, blue);
    if (most === least) {
      write(out, i, most, most, most);
      continue;
    }
    const span = most - least;
    const saturation = Math.trunc(Math.fround(span / most) * 255);
    const rc = Math.fround((most - red) / span);
    const gc = Math.fround((most - green) / span);
    const bc = Math.fround((most - blue) / span);
    const sector = Math.fround(red === most ? bc - gc : green === most ? 2 + rc - bc : 4 + gc - rc);
    const hue = (Math.trunc(Math.fround((sector / 6 + 1) % 1) * 255) + turn) & 255;
    writeHsv(out, i, hue, saturation, most);
  }
  return { ...image, data: out };
}

function writeHsv(out: Uint8Array, at: number, hue: number, saturation: number, value: number): void {
  const sixth = (hue * 6) / 255;
  const sector = Math.floor(sixth);
  const rest = Math.fround(sixth - sector);
  const share = Math.fround(saturation / 255);
  const p = Math.round(value * (1 - share));
  const q = Math.round(value * (1 - share * rest));
  const t = Math.round(value * (1 - share * (1 - rest)));
  const side = sector % 6;
  if (side === 0) write(out, at, value, t, p);
  else if (side === 1) write(out, at, q, value, p);
  else if (side === 2) write(out, at, p, value, t);
  else if (side === 3) write(out, at, p, q, value);
  else if (side === 4) write(out, at, t, p, value);
  else write(out, at, value, p, q);
}

function write(out: Uint8Array, at: number, red: number, green: number, blue: number): void {
  out[at] = red;
  out[at + 1] = green;
  out[at + 2] = blue;
}

/** Conversion to 8 bits as in C: towards zero, limited to [0, 255]. */
const clip = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value));
