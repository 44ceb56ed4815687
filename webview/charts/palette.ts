// Colours and dashes that distinguish up to ten runs: on light and on dark, for every kind of colour vision, and by the dash alone.
// The colours come from a search that started with those of Okabe and Ito and kept each pair as far apart as possible, in normal and in
// protan, deutan and tritan vision (test/webview/charts/palette.test.ts has the distances). The editor has no ten colours of its own.
import { type CSSResult, unsafeCSS } from 'lit';

/** Colours for the light and the light high contrast theme. */
export const onLight: readonly string[] = [
  '#1700b8',
  '#b88800',
  '#058376',
  '#ff05b0',
  '#a32100',
  '#947ff7',
  '#8101f8',
  '#510f00',
  '#6a346e',
  '#2c005b',
];

/** Colours for the dark and the dark high contrast theme. */
export const onDark: readonly string[] = [
  '#24d1e6',
  '#f2c144',
  '#ff848e',
  '#8192fd',
  '#9fffde',
  '#d81465',
  '#9f9706',
  '#9c3aea',
  '#007c9b',
  '#ffff1f',
];

/** Lengths of line and gap in px; empty: solid. */
export const dashes: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [14, 5],
  [5, 2],
  [10, 3, 2, 3, 2, 3],
  [4, 6],
  [16, 3, 5, 3],
  [1, 5],
];

/** A, B, C…: the short name of a run in its panel. */
export const letterOf = (index: number): string => String.fromCharCode(65 + index);

export const runColor = (index: number): `--${string}` => `--sh-run-${index}`;

const properties = (colors: readonly string[]): string =>
  colors.map((color, i) => `${runColor(i)}: ${color};`).join(' ');

/** Styles for the root element: custom properties inherit into every shadow tree below it. */
export const runColors: CSSResult = unsafeCSS(`
  :host { ${properties(onLight)} }
  :host-context(.vscode-dark),
  :host-context(.vscode-high-contrast:not(.vscode-high-contrast-light)) { ${properties(onDark)} }
`);
