// Fur, markings and collar of a sample animal: drawn from the same palette for both species, so that colour never reveals the class.
import { type Random, uniform } from '../../shared/random.ts';
import { type Color, chance, pick, shade, vary } from './svg.ts';

export interface Coat {
  readonly fur: Color;
  /** Muzzle, chest, socks. */
  readonly light: Color;
  /** Stripes, patches, outlines. */
  readonly dark: Color;
  readonly marking: 'plain' | 'stripes' | 'patches' | 'bib' | 'mask';
  readonly collar: Color | null;
}

const palette: readonly Color[] = [
  { h: 28, s: 72, l: 55 }, // ginger
  { h: 25, s: 45, l: 32 }, // brown
  { h: 34, s: 45, l: 66 }, // sand
  { h: 40, s: 45, l: 85 }, // cream
  { h: 220, s: 8, l: 52 }, // grey
  { h: 230, s: 12, l: 18 }, // black
  { h: 40, s: 10, l: 94 }, // white
  { h: 15, s: 35, l: 24 }, // chocolate
];

export function drawCoat(random: Random): Coat {
  const fur = vary(pick(random, palette), random, 6, 8, 6);
  const light: Color = { h: 36, s: Math.min(fur.s, 40), l: fur.l > 78 ? 97 : uniform(random, 84, 95) };
  return {
    fur,
    light,
    dark: shade(fur, fur.l > 30 ? uniform(random, -24, -14) : 14),
    marking: pick(random, ['plain', 'stripes', 'patches', 'bib', 'mask'] as const),
    collar: chance(random, 0.35) ? { h: uniform(random, 0, 360), s: 70, l: 48 } : null,
  };
}
