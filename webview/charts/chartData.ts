// From a chart's series to the drawn columns: raw values, a moving average over them, only as many points as are distinguishable. Pure.
import { visibleIndices } from './downsample.ts';
import type { Range } from './scale.ts';
import type { ChartSeries } from './series.ts';
import { smoothedOnce } from './smoothing.ts';

export interface Line {
  /** Index of the line's series. */
  readonly series: number;
  /** Raw line under a moving average of the same series. */
  readonly isFaint: boolean;
  readonly isRaw: boolean;
  readonly values: readonly (number | null)[];
  /** Inputs of `values`: the same inputs give the same values. */
  readonly source: readonly (number | null)[];
  readonly weight: number;
  readonly logarithmic: boolean;
}

/** All raw lines first, then the averages over them. Reuses lines of `before`. */
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
  /** Whether there are more points than pixels across. */
  readonly isDense: boolean;
  /** Epochs, then one column per line. */
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
  // Zero has no logarithm.
  return logarithmic ? averaged.map((value) => (value !== null && value > 0 ? value : null)) : averaged;
}
