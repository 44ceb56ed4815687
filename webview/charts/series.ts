// What a line chart is given. Types only, but for the zoom that shows everything.
import type { Range } from './scale.ts';

export interface ChartSeries {
  readonly name: string;
  /** A custom property that holds a colour. */
  readonly color: `--${string}`;
  /** Lengths of line and gap in px; empty: unbroken. */
  readonly dash: readonly number[];
  /** One for each of the chart's `epochs`. */
  readonly values: readonly (number | null)[];
  /** Never averaged: a learning rate is what it is. */
  readonly exact?: boolean;
}

/** What is in view; null: everything, scaled to what is there. */
export interface Zoom {
  readonly epochs: Range | null;
  readonly values: Range | null;
}
export const noZoom: Zoom = { epochs: null, values: null };

/** A ring at this epoch of a series: its weights were kept. */
export interface Ring {
  readonly series: number;
  readonly epoch: number;
}

/** A part of the box beside the crosshair: what several charts know of one epoch. */
export interface TipGroup {
  readonly heading: string;
  readonly rows: readonly { readonly name: string; readonly value: string; readonly smoothed?: string }[];
}
