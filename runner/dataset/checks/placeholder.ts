// Images that decode but hardly show anything: what a web site serves for a dead link, an icon, an empty scan.
import type { Raster } from '../../images/samples/raster.ts';

export type Oddity = 'tiny' | 'flat' | 'dark';

const tinySidePx = 32;
/** Share of the pixels in one colour, at 5 bits per channel. A "not found" picture has 95 %, photographs stay below 88 %. */
const flatShare = 0.9;

/**
 * @param raster        undefined: whether it is flat is judged elsewhere
 * @param width,height  of the image before any reduction
 */
export function odditiesOf(raster: Raster | undefined, width: number, height: number): Oddity[] {
  const oddities: Oddity[] = [];
  if (Math.min(width, height) < tinySidePx) oddities.push('tiny');
  if (raster && isFlat(raster)) oddities.push('flat');
  return oddities;
}

/** Counts of colours; one for all images, since making and collecting 128 kB an image takes longer than counting. */
const counts = new Uint32Array(1 << 15);
const countedAtATime = 1024;

/**
 * Whether the commonest colour has nine tenths of the pixels or more. Counting ends as soon as the pixels of other colours are too many,
 * which is soon in a photograph.
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
