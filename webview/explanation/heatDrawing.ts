// From a map to the panel's drawing and numbers: coloured pixels, their position over the image, the value at a point. Pure.

import type { Explanation, HeatMap } from '../../shared/contracts/explanation.ts';
import { mapValues } from '../../shared/contracts/explanation.ts';
import { type HeatColors, heatLevel, heatTable, upsampledMap } from '../../shared/contracts/heatMap.ts';
import { indexOfLargest } from '../../shared/lists.ts';

export type CamView = Explanation['view'];

/** Pixels of the upright original. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const upsampled = new WeakMap<HeatMap, Map<number, Float32Array>>();

/** The map resized to `side` pixels, [side, side] row-major; computed once. */
export function sizedMap(map: HeatMap, side: number): Float32Array {
  const sizes = upsampled.get(map) ?? new Map<number, Float32Array>();
  upsampled.set(map, sizes);
  const values = sizes.get(side) ?? upsampledMap(mapValues(map), map.height, map.width, side);
  sizes.set(side, values);
  return values;
}

/** Opaque colours of a map, 8-bit RGBA: [side, side, 4]. */
export function heatPixels(map: HeatMap, side: number, colors: HeatColors): Uint8ClampedArray<ArrayBuffer> {
  const table = heatTable(colors);
  const values = sizedMap(map, side);
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const color = 3 * heatLevel(values[i]!);
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = table[color + c]!;
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

/** The crop's position as fractions of the original's sides. */
export const cropShares = ({ original, crop }: CamView) => ({
  left: crop.left / original.width,
  top: crop.top / original.height,
  width: crop.width / original.width,
  height: crop.height / original.height,
});

/** Drawn value of the map at a point; null: outside of the network's input. */
export function valueAt({ map, view }: Pick<Explanation, 'map' | 'view'>, { x, y }: Point): number | null {
  const { crop, imageSize } = view;
  const column = Math.floor(((x - crop.left) / crop.width) * imageSize);
  const row = Math.floor(((y - crop.top) / crop.height) * imageSize);
  if (column < 0 || row < 0 || column >= imageSize || row >= imageSize) return null;
  return sizedMap(map, imageSize)[row * imageSize + column]!;
}

/** Start of the arrow keys: the centre of the strongest position. */
export function strongestPoint({ map, view }: Pick<Explanation, 'map' | 'view'>): Point {
  const values = mapValues(map);
  const at = indexOfLargest(values);
  const { crop } = view;
  return {
    x: crop.left + (((at % map.width) + 0.5) / map.width) * crop.width,
    y: crop.top + ((Math.floor(at / map.width) + 0.5) / map.height) * crop.height,
  };
}

const held = (value: number, limit: number) => Math.min(limit - 0.5, Math.max(0.5, value));

/** Step of the arrow keys: one position of the map, or with `fine` a pixel of the original, within the image. */
export function movedPoint(
  from: Point,
  [dx, dy]: readonly [number, number],
  fine: boolean,
  { map, view }: Pick<Explanation, 'map' | 'view'>,
): Point {
  const { original, crop } = view;
  return {
    x: held(from.x + dx * (fine ? 1 : crop.width / map.width), original.width),
    y: held(from.y + dy * (fine ? 1 : crop.height / map.height), original.height),
  };
}
