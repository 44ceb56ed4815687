// Colours of the drawn scenes: red, green, blue of 0 to 255 each.
import { type Random, uniform } from '../../shared/random.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

/** Hue in turns, saturation and lightness in 0 to 1. */
export function hsl(h: number, s: number, l: number): Rgb {
  const chroma = s * Math.min(l, 1 - l);
  const channel = (n: number): number => {
    const k = (((n + 12 * h) % 12) + 12) % 12;
    return 255 * (l - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** Mostly muted, as in photographs. */
export function naturalColor(random: Random): Rgb {
  const saturation = random() < 0.25 ? uniform(random, 0.4, 0.9) : uniform(random, 0, 0.4);
  return hsl(random(), saturation, uniform(random, 0.08, 0.92));
}

/** Colours along a ramp, [256 * 3]: neighbours in hue more often than not. */
export function colorRamp(random: Random): Float32Array {
  const base = random();
  const spread = random() < 0.7 ? 0.06 : 0.4;
  const saturation = random() < 0.3 ? uniform(random, 0.3, 0.8) : uniform(random, 0, 0.4);
  const lights = [uniform(random, 0.02, 0.6), uniform(random, 0.1, 0.9), uniform(random, 0.3, 0.98)];
  if (random() < 0.4) lights.reverse();
  const stops = lights.map((l) =>
    hsl(base + uniform(random, -spread, spread), saturation * uniform(random, 0.5, 1.2), l),
  );
  const ramp = new Float32Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const t = (i / 255) * 2;
    const [from, to] = t < 1 ? [stops[0]!, stops[1]!] : [stops[1]!, stops[2]!];
    const f = t < 1 ? t : t - 1;
    for (let c = 0; c < 3; c++) ramp[3 * i + c] = from[c]! + (to[c]! - from[c]!) * f;
  }
  return ramp;
}

export const luminance = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b;
