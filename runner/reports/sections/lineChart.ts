// A chart as inline SVG: lines over numbers, ticks at round values. Colors are classes of the style sheet.

import { html, type Markup } from '../markup.ts';
import type { Chart } from '../reports.ts';

const margin = { left: 46, right: 12, top: 10, bottom: 34 };

export const seriesColors = 8;

export function lineChart(chart: Chart): Markup {
  const { title, summary, xLabel, series, marks = [], diagonal, square, ...ranges } = chart;
  const width = square ? 340 : 460;
  const height = square ? 340 : 250;
  const points = series.flatMap((line) => line.points);
  const xRange = ranges.xRange ?? rangeOf(points.map(([x]) => x));
  const yRange = ranges.yRange ?? padded(rangeOf(points.map(([, y]) => y)));
  const x = scale(xRange, margin.left, width - margin.right);
  const y = scale(yRange, height - margin.bottom, margin.top);
  const bottom = height - margin.bottom;
  const at = ([px, py]: readonly [number, number]) => `${round(x(px))},${round(y(py))}`;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${`${title}. ${summary}`}">
${ticks(yRange, 5).map(
  (tick) =>
    html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${round(y(tick.value))}" y2="${round(y(tick.value))}"/><text class="tick end" x="${margin.left - 6}" y="${round(y(tick.value) + 4)}">${tick.text}</text>`,
)}
${ticks(xRange, 6, chart.xWhole ? 1 : 0).map(
  (tick) =>
    html`<line class="axis" x1="${round(x(tick.value))}" x2="${round(x(tick.value))}" y1="${bottom}" y2="${bottom + 4}"/><text class="tick middle" x="${round(x(tick.value))}" y="${bottom + 16}">${tick.text}</text>`,
)}
<line class="axis" x1="${margin.left}" x2="${width - margin.right}" y1="${bottom}" y2="${bottom}"/>
<text class="tick middle" x="${(margin.left + width - margin.right) / 2}" y="${height - 4}">${xLabel}</text>
${diagonal ? [html`<line class="guess" x1="${round(x(0))}" y1="${round(y(0))}" x2="${round(x(1))}" y2="${round(y(1))}"/>`] : []}
${marks.map(
  (mark) =>
    html`<line class="mark" x1="${round(x(mark.x))}" x2="${round(x(mark.x))}" y1="${margin.top}" y2="${bottom}"><title>${mark.text}</title></line>`,
)}
${series.map((line, i) => html`<polyline class="line s${i % seriesColors}" points="${line.points.map(at).join(' ')}"/>`)}
${series.flatMap((line, i) =>
  line.points.length > 30
    ? []
    : line.points.map(
        (point) =>
          html`<circle class="point s${i % seriesColors}" cx="${round(x(point[0]))}" cy="${round(y(point[1]))}" r="2"/>`,
      ),
)}
${series.flatMap((line, i) => (line.dot ? [html`<circle class="dot s${i % seriesColors}" cx="${round(x(line.dot[0]))}" cy="${round(y(line.dot[1]))}" r="5"/>`] : []))}
</svg>`;
}

type Range = readonly [low: number, high: number];

const round = (value: number): number => Math.round(value * 100) / 100;

const scale =
  ([low, high]: Range, from: number, to: number) =>
  (value: number): number =>
    high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from);

const rangeOf = (values: readonly number[]): Range =>
  values.length === 0 ? [0, 1] : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];

const padded = ([low, high]: Range): Range => {
  const space = high === low ? Math.abs(high) * 0.1 || 0.1 : (high - low) * 0.05;
  return [low - space, high + space];
};

/** About `count` round values inside the range: steps of 1, 2 or 5 times a power of ten, `smallestStep` at least. */
export function ticks(
  [low, high]: Range,
  count: number,
  smallestStep = 0,
): { readonly value: number; readonly text: string }[] {
  if (high <= low) return [{ value: low, text: String(low) }];
  const rough = Math.max(smallestStep, (high - low) / count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough)! * power;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    return { value, text: value.toFixed(digits) };
  });
}
