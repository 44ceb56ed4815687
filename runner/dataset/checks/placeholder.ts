// Images that decode but show hardly anything: a web site's picture for a dead link, an icon, an empty scan.
import type { Raster } from '../../images/samples/raster.ts';

export type Oddity = 'tiny' | 'flat' | 'dark';

const tinySidePx = 32;
/** Share of the pixels in one color, at 5 bits per channel. A "not found" picture has 95 %, photographs stay below 88 %. */
const flatShare = 0.9;

/**
 * @param raster        undefined: flatness is judged elsewhere
 * @param width,height  size of the image before any reduction
 */
export function odditiesOf(raster: Raster | undefined, width: number, height: number): Oddity[] {
  const oddities: Oddity[] = [];
  if (Math.min(width, height) < tinySidePx) oddities.push('tiny');
  if (raster && isFlat(raster)) oddities.push('flat');
  return oddities;
}

/** Counts of colors, shared by all images, since allocating and collecting 128 kB per image takes longer than counting. */
const counts = new Uint32Array(1 << 15);
const countedAtATime = 1024;

/**
 * Whether the most frequent color has at least nine tenths of the pixels. Counting ends once there are too many pixels of other colors,
 * which happens soon in a photograph.
 */
export function isFlat({ data, channels }: Raster): boolean {
  counts.fill(0);
  const total = data.length / channels;
  let most = 0;
  for (let counted = 0; counted < total; ) {
    const end = Math.min(total, counted + countedAtATime);
    for (let at = counted * channels; at < end * channels; at += channels) {
      const red = data[at]! >> 3;
      const colour = channels === 1 ? red * 0x421 : (red << 10) | ((data[at + 1]! >> 3) << 5) | (data[at + 2]! >> 3);
      const count = ++counts[colour]!;
      if (count > most) most = count;
    }
    counted = end;
    if ((total - (counted - most)) / total < flatShare) return false;
  }
  return true;
}
