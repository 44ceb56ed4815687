// From a chart's series to the columns that are drawn: raw values, a moving average over them, only as many points as can be told
// apart. Pure.
import { visibleIndices } from './downsample.ts';
import type { Range } from './scale.ts';
import type { ChartSeries } from './series.ts';
import { smoothedOnce } from './smoothing.ts';

export interface Line {
  /** Index of its series. */
  readonly series: number;
  /** Under a moving average of the same series. */
  readonly isFaint: boolean;
  readonly isRaw: boolean;
  readonly values: readonly (number | null)[];
  /** What `values` were made of: the same again gives the same values. */
  readonly source: readonly (number | null)[];
  readonly weight: number;
  readonly logarithmic: boolean;
}

/** First all raw ones, then the averages over them. A line that `before` holds already is taken from there. */
export function linesOf(
  series: readonly ChartSeries[],
  weight: number,
  logarithmic: boolean,
  before: readonly Line[],
): Line[] {
  const line = (index: number, isRaw: boolean): Line => {
    const { values: source, exact } = series[index]!;
    const made = { series: index, isFaint: isRaw && weight > 0 && !exact, isRaw, source, logarithmic };
    const used = isRaw ? 0 : weight;
    const known = before.find(
      (one) => one.isRaw === isRaw && one.source === source && one.weight === used && one.logarithmic === logarithmic,
    );
    return { ...made, weight: used, values: known?.values ?? drawable(source, used, logarithmic) };
  };
  const indices = [...series.keys()];
  const averaged = weight > 0 ? indices.filter((index) => !series[index]!.exact) : [];
  return [...indices.map((index) => line(index, true)), ...averaged.map((index) => line(index, false))];
}

export interface Drawn {
  /** More points than pixels across. */
  readonly isDense: boolean;
  /** Epochs, then a column for each line. */
  readonly columns: readonly (readonly (number | null)[])[];
}

export function chartData(epochs: readonly number[], lines: readonly Line[], range: Range, widthPx: number): Drawn {
  const indices = visibleIndices(
    epochs,
    lines.map(({ values }) => values),
    range,
    Math.max(1, Math.round(widthPx)),
  );
  const all = indices.length === epochs.length;
  const taken = <T>(column: readonly T[]): readonly T[] => (all ? column : indices.map((index) => column[index]!));
  return { isDense: indices.length > widthPx, columns: [taken(epochs), ...lines.map(({ values }) => taken(values))] };
}

/** The values in view, extremes included. */
export function knownValues({ columns }: Drawn, [low, high]: Range): (number | null)[] {
  const [epochs = [], ...lines] = columns;
  return lines.flatMap((values) => values.filter((_, i) => epochs[i]! >= low && epochs[i]! <= high));
}

function drawable(values: ChartSeries['values'], weight: number, logarithmic: boolean): readonly (number | null)[] {
  const averaged = weight === 0 ? values : smoothedOnce(values, weight);
  // A logarithm of nothing cannot be drawn.
  return logarithmic ? averaged.map((value) => (value !== null && value > 0 ? value : null)) : averaged;
}
