// SVG as text: the few shapes and colours of the sample pictures.
// Absent: the look of a cat or a chest (animals.ts, heads.ts, radiograph.ts), files.
import type { Random } from '../../shared/random.ts';
import { uniform } from '../../shared/random.ts';

type Attributes = Readonly<Record<string, string | number>>;
export type Point = readonly [x: number, y: number];

/** Rounds to hundredths, so that the text, and thus the picture, is the same wherever the last bits of a cosine differ. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const text = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : value}"`,
  );
  return `<${name}${text.join('')}>${children.join('')}</${name}>`;
}

export const group = (transform: string, ...children: readonly string[]): string =>
  element('g', { transform }, ...children);

export const ellipse = (cx: number, cy: number, rx: number, ry: number, fill: string, more: Attributes = {}): string =>
  element('ellipse', { cx, cy, rx, ry, fill, ...more });

/** `d` is written by hand or by template; its numbers are rounded, too. */
export const path = (d: string, fill: string, more: Attributes = {}): string =>
  element('path', { d: d.replace(/-?\d+\.\d+/g, (n) => String(round(Number(n)))), fill, ...more });

/** A line with round ends: whiskers, tails, legs, stripes. */
export const stroke = (d: string, color: string, width: number, more: Attributes = {}): string =>
  path(d, 'none', {
    stroke: color,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    ...more,
  });

const round = (value: number): number => Math.round(value * 100) / 100;

/** Hue in degrees, saturation and lightness in percent. */
export interface Color {
  readonly h: number;
  readonly s: number;
  readonly l: number;
}

export const css = ({ h, s, l }: Color): string =>
  `hsl(${round(((h % 360) + 360) % 360)},${round(clamp(s))}%,${round(clamp(l))}%)`;

export const shade = (color: Color, lightness: number): Color => ({ ...color, l: clamp(color.l + lightness) });

export const vary = (color: Color, random: Random, h: number, s: number, l: number): Color => ({
  h: color.h + uniform(random, -h, h),
  s: clamp(color.s + uniform(random, -s, s)),
  l: clamp(color.l + uniform(random, -l, l)),
});

export const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

export const chance = (random: Random, probability: number): boolean => random() < probability;

const clamp = (percent: number): number => Math.min(100, Math.max(0, percent));
