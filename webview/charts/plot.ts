// All of uPlot's options in one file.
import uPlot from 'uplot';
import type { Line } from './chartData.ts';
import { drawRings, drawStages, type PlacedRing } from './marks.ts';
import { epochTicks, logTicks, type Range } from './scale.ts';
import type { ChartSeries } from './series.ts';
import type { StageSpan } from './stageSpans.ts';
import type { Ink } from './theme.ts';

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

export interface PlotParts {
  readonly root: HTMLElement;
  readonly size: PlotSize;
  readonly lines: readonly Line[];
  readonly series: readonly ChartSeries[];
  readonly ink: Ink;
  readonly logarithmic: boolean;
  readonly view: () => { readonly x: Range; readonly y: Range };
  readonly spans: () => readonly StageSpan[];
  readonly rings: () => readonly PlacedRing[];
  /** The mouse moved to this position of the x axis; null: it left. */
  readonly pointed: (x: number | null) => void;
  readonly selected: () => void;
}

/** A curve with fewer points than this shows each as a dot. */
const fewPoints = 40;
/** Along an axis with less pointer movement than this, a selection spans everything. */
const narrowPx = 24;

/** Created empty: data arrive by setData(). */
export function createPlot(parts: PlotParts): uPlot {
  const { root, size, lines, series, ink, logarithmic, view } = parts;
  const font = `11px ${ink.family}`;
  const axis = { stroke: () => ink.text, ticks: { show: false }, labelSize: 0, labelGap: 0, font };
  return new uPlot(
    {
      ...size,
      padding: [16, 18, 0, 0], // right: half of a label such as 5,000
      legend: { show: false },
      cursor: {
        y: false,
        points: { size: 8 },
        drag: { x: true, y: true, uni: narrowPx, dist: 4, setScale: false },
        // The chart itself handles a double click by showing the whole run again.
        bind: { dblclick: () => () => null },
      },
      scales: {
        x: { time: false, range: () => [...view().x] },
        y: { range: () => [...view().y], ...(logarithmic ? { distr: 3 as const } : {}) },
      },
      axes: [
        {
          ...axis,
          size: 24,
          gap: 4,
          grid: { show: false },
          splits: (plot) => epochTicks(view().x, plot.width / 44),
          values: (_plot, ticks) => ticks.map((tick) => tick.toLocaleString('en')),
        },
        {
          ...axis,
          size: 48,
          gap: 6,
          grid: { stroke: () => ink.grid, width: 1 },
          space: 32,
          ...(logarithmic
            ? {
                splits: (plot: uPlot) => logTicks(view().y, plot.height / 30),
                filter: (_plot: uPlot, ticks: number[]) => ticks,
              }
            : {}),
          values: (_plot, ticks) => ticks.map(tickText),
        },
      ],
      series: [{}, ...lines.map((line, i) => lineOptions(line, series[line.series]!, () => ink.lines[i] ?? ''))],
      hooks: {
        drawAxes: [(plot) => drawStages(plot, parts.spans(), ink)],
        draw: [(plot) => drawRings(plot, parts.rings(), ink)],
        setCursor: [
          (plot) => {
            const { left } = plot.cursor;
            parts.pointed(left === undefined || left < 0 ? null : plot.posToVal(left, 'x'));
          },
        ],
        setSelect: [(plot) => plot.select.width > 0 && parts.selected()],
      },
    },
    [[], ...lines.map(() => [])],
    root,
  );
}

/** Area of the curves, in px of the plot; asking the page for it would force a layout. */
export const areaOf = ({
  bbox,
}: uPlot): { readonly left: number; readonly width: number; readonly height: number } => ({
  left: bbox.left / devicePixelRatio,
  width: bbox.width / devicePixelRatio,
  height: bbox.height / devicePixelRatio,
});

/**
 * Raw lines that rise and fall at every pixel are drawn thin and solid: dashes are invisible in them and cost ten times as much.
 * Call before setData().
 */
export function setDensity(
  plot: uPlot,
  lines: readonly Line[],
  series: readonly ChartSeries[],
  isDense: boolean,
): void {
  for (const [i, line] of lines.entries()) {
    const drawn = plot.series[i + 1]!;
    const isSolid = isDense && line.isRaw;
    drawn.dash = isSolid ? [] : [...series[line.series]!.dash];
    drawn.width = isSolid || line.isFaint ? 1 : 2;
  }
}

/** Redraws after its colours changed. */
export const repaint = (plot: uPlot): void => plot.redraw(false, true);

/** Range selected by the pointer, after removing the mark; null along an axis: all of it. Takes only the epochs inside the selection. */
export function selectionOf(plot: uPlot): { readonly x: Range | null; readonly y: Range | null } {
  const { left, top, width, height } = plot.select;
  const isPart = { x: width < areaOf(plot).width, y: height < areaOf(plot).height };
  const from = Math.ceil(plot.posToVal(left, 'x')) - 0.5;
  const to = Math.floor(plot.posToVal(left + width, 'x')) + 0.5;
  const low = plot.posToVal(top + height, 'y');
  const high = plot.posToVal(top, 'y');
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  return { x: isPart.x && to > from ? [from, to] : null, y: isPart.y && high > low ? [low, high] : null };
}

function lineOptions({ isFaint }: Line, { name, dash }: ChartSeries, color: () => string): uPlot.Series {
  return {
    label: name,
    stroke: color,
    width: isFaint ? 1 : 2,
    alpha: isFaint ? 0.45 : 1,
    spanGaps: true,
    ...(dash.length === 0 ? {} : { dash: [...dash] }),
    points: isFaint
      ? { show: false }
      : { show: (plot) => (plot.data[0]?.length ?? 0) < fewPoints, size: 5, stroke: color, fill: color },
  };
}

const tickText = (tick: number): string =>
  tick !== 0 && Math.abs(tick) < 1e-3 ? tick.toExponential() : String(Number(tick.toPrecision(4)));
