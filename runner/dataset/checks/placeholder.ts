// Images that decode but hardly show anything: what a web site serves for a dead link, an icon, an empty scan.
import type { Raster } from '../../images/raster.ts';

export type Oddity = 'tiny' | 'flat' | 'dark';

const tinySidePx = 32;
/** Of the pixels in one colour, to 5 bits a channel. A "not found" picture has 95 %, photographs stay below 88 %. */
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

export const isFlat = (raster: Raster): boolean => commonestShare(raster) >= flatShare;

/** The share of the pixels that have the commonest colour. */
export function commonestShare({ data, channels }: Raster): number {
  const counts = new Uint32Array(1 << 15);
  for (let i = 0; i < data.length; i += channels) {
    const [red, green, blue] = channels === 3 ? [data[i]!, data[i + 1]!, data[i + 2]!] : [data[i]!, data[i]!, data[i]!];
    counts[((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3)]!++;
  }
  return counts.reduce((most, count) => Math.max(most, count), 0) / (data.length / channels);
}
