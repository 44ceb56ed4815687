// Inputs of a line chart. Types only, except for the zoom that shows everything.
import type { Range } from './scale.ts';

export interface ChartSeries {
  readonly name: string;
  /** Custom property with a colour. */
  readonly color: `--${string}`;
  /** Lengths of line and gap in px; empty: solid. */
  readonly dash: readonly number[];
  /** One value per entry of the chart's `epochs`. */
  readonly values: readonly (number | null)[];
  /** Excluded from averaging: a learning rate is exact. */
  readonly exact?: boolean;
}

/** Range in view; null: everything, scaled to the values. */
export interface Zoom {
  readonly epochs: Range | null;
  readonly values: Range | null;
}
export const noZoom: Zoom = { epochs: null, values: null };

/** Ring at this epoch of a series: its weights were kept. */
export interface Ring {
  readonly series: number;
  readonly epoch: number;
}

/** Section of the box beside the crosshair: values of several charts at one epoch. */
export interface TipGroup {
  readonly heading: string;
  readonly rows: readonly { readonly name: string; readonly value: string; readonly smoothed?: string }[];
}
