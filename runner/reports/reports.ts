// reports/: a run on one page. The sections build a Document; renderHtml.ts and renderMarkdown.ts turn it into
// a file. Pure: a run's state and predictions -> text. Absent: files, time, scripts, the network.
// Texts in a Document are plain; the renderers escape them, so that no name from outside can be forgotten.
// Called by commands/report.ts.

import type { Predictions } from '../../shared/contracts/classification/predictionsFile.ts';
import type { LogHealth } from '../../shared/contracts/eventLog.ts';
import type { RunState } from '../../shared/contracts/runState.ts';

/** Everything that a report is made from. */
export interface ReportInput {
  readonly run: RunState;
  /** The part of the log that could be read. */
  readonly log: LogHealth;
  /** ISO 8601; null when unknown. */
  readonly createdAt: string | null;
  readonly versions: Readonly<Record<string, string>>;
  /** Predictions of the kept weights; null before the run has evaluated them. */
  readonly val: Predictions | null;
  readonly test: Predictions | null;
  /** Paths of files in the run folder that differ from what the run wrote; none when left out. */
  readonly damaged?: readonly string[];
  /** How often the test images have been looked at. */
  readonly testLooks: number;
  /** JPEG of each of `run.samples`; null if the picture is gone. */
  readonly pictures: readonly (Uint8Array | null)[];
}

export interface Document {
  readonly title: string;
  /** Notices above everything else. */
  readonly notices: readonly string[];
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[]; readonly warning?: true }
  /** Facts as pairs of name and value. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: string, value: string])[] }
  | Table
  | { readonly kind: 'charts'; readonly charts: readonly Chart[] }
  | { readonly kind: 'pictures'; readonly pictures: readonly Picture[] };

/** The first column names the row, the others are figures. */
export interface Table {
  readonly kind: 'table';
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Tint of each figure's cell, from 0 to 1. */
  readonly tints?: readonly (readonly number[])[];
}

export interface Chart {
  readonly title: string;
  /** For readers who cannot see the chart, and for Markdown. */
  readonly summary: string;
  readonly xLabel: string;
  /** Ticks at whole numbers only. */
  readonly xWhole?: true;
  readonly series: readonly Series[];
  /** [lowest, highest]; from the data when left out. */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** Vertical lines. */
  readonly marks?: readonly { readonly x: number; readonly text: string }[];
  /** Draw the line of random guessing. */
  readonly diagonal?: true;
  readonly square?: true;
}

export interface Series {
  readonly name: string;
  /** Sorted by x. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A single point on the line, such as that of the threshold. */
  readonly dot?: readonly [x: number, y: number];
}

export interface Picture {
  readonly jpeg: Uint8Array | null;
  /** File name in the run folder. */
  readonly file: string;
  readonly relativePath: string;
  readonly lines: readonly string[];
  readonly wrong: boolean;
}
