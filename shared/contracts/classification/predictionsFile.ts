// predictions/*.csv as text: path, label, one probability per class, one logit per class. Pure: written by the runner, read by the editor,
// opened by people in a spreadsheet. For images without labels (in an evaluation record) the label's cell is empty in every row.
// The probabilities are for people; ranks, decisions and calibration use the logits, which still differ where probabilities
// round to 1. Files of older versions contain no logits, but all digits of the probabilities.
import Papa from 'papaparse';
import { guarded, unguarded } from '../cells.ts';
import { UserError } from '../errors.ts';
import type { Problem } from '../events.ts';
import { logitsFrom, logOddsRows, probabilityAt, softmaxRows } from '../scores.ts';

export interface PredictionRows {
  /** /-separated, relative to the dataset. */
  readonly relativePaths: readonly string[];
  /** True labels: indices of `classNames`. null: unknown. */
  readonly labels: ArrayLike<number> | null;
  /** [N, K], row-major, in float32 as computed by the network. */
  readonly logits: ArrayLike<number>;
  readonly classNames: readonly string[];
}

/**
 * Columns path, label (as class name), a probability per class by its name, then a logit per class. All with the digits of a double:
 * comparing a column with the run's threshold in Python or R must reproduce the run's decisions, and the threshold is an image's own
 * score, for which a single rounded digit decides.
 */
export function encodePredictions({ relativePaths, labels, logits, classNames }: PredictionRows): string {
  const classCount = classNames.length;
  const labelCount = labels?.length ?? relativePaths.length;
  if (labelCount !== relativePaths.length || logits.length !== relativePaths.length * classCount)
    throw new Error(
      `Cannot write ${relativePaths.length} predictions: there are ${labelCount} labels and ${logits.length} logits of ${classCount} classes.`,
    );
  const probabilities = probabilitiesOf(logits, classCount);
  const rows = relativePaths.map((path, i) => [
    guarded(path),
    labels === null ? '' : guarded(classNames[labels[i]!]!),
    ...classNames.map((_, k) => String(probabilities[i * classCount + k]!)),
    ...classNames.map((_, k) => String(Math.fround(logits[i * classCount + k]!))),
  ]);
  return Papa.unparse([headerOf(classNames).map(guarded), ...rows], { newline: '\n' }) + '\n';
}

const headerOf = (classNames: readonly string[]): string[] => [
  'path',
  'label',
  ...classNames,
  ...classNames.map((name) => `logit ${name}`),
];

/** Two classes use the formula of a threshold's probability, so that both agree to the last digit. */
const probabilitiesOf = (logits: ArrayLike<number>, classCount: number): ArrayLike<number> =>
  classCount === 2 ? logOddsRows(logits, classCount).map(probabilityAt) : softmaxRows(logits, classCount);

export interface UnlabelledPredictions {
  readonly relativePaths: string[];
  /** [N, K], row-major; finite. For a file without logits log p, from probabilities with all their digits. */
  readonly logits: number[];
  readonly classCount: number;
  /**
   * Rows without logits that share a probability of exactly 0 although their labels differ (or are unknown): their order by the
   * network's confidence is lost. null: none.
   */
  readonly tied: Tied | null;
  /** Unusable rows, which are left out. null: none. */
  readonly leftOut: LeftOut | null;
}

export interface LeftOut {
  readonly count: number;
  /** Number of rows in the file, including usable ones. */
  readonly total: number;
  /** The first few. `row` counts from 1 with the header, as in a spreadsheet; `cell` is the unusable text. */
  readonly first: readonly {
    readonly row: number;
    readonly path: string;
    readonly column: string;
    readonly cell: string;
  }[];
}

export interface Tied {
  readonly count: number;
  /** Number of usable rows. */
  readonly total: number;
}

export interface Predictions extends UnlabelledPredictions {
  readonly labels: number[];
}

/** Problems to show beside the figures from a file. @param file  name for people */
export const problemsOf = (
  { leftOut, tied }: Pick<UnlabelledPredictions, 'leftOut' | 'tied'>,
  file: string,
): Problem[] => [
  ...(leftOut === null ? [] : [leftOutProblem(leftOut, file)]),
  ...(tied === null ? [] : [{ code: 'ranksTied', params: { ...tied, file } }]),
];

const leftOutProblem = ({ count, total, first }: LeftOut, file: string): Problem => ({
  code: 'rowsLeftOut',
  params: { count, total, used: total - count, file, rows: rowsText(first, count) },
});

const rowsText = (first: LeftOut['first'], count: number): string =>
  [
    ...first.map(({ row, path, column, cell }) => `${row} (${path}: ${column} ${JSON.stringify(shortened(cell))})`),
    ...(count > first.length ? ['…'] : []),
  ].join(', ');

const mostNamed = 5;
const shortened = (cell: string): string => (cell.length > 40 ? `${cell.slice(0, 40)}…` : cell);

/**
 * Rows with a known label, and a probability and a logit per class; others are left out and counted.
 *
 * @throws UserError predictionsMalformed, predictionsOfOtherClasses, predictionsEmpty, predictionsUnusable (no row can be used)
 */
export const parsePredictions = (text: string, classNames: readonly string[]): Predictions => {
  const { labels, ...rest } = parseRows(text, classNames, true);
  return { ...rest, labels: labels as number[] };
};

/** For an evaluation record, whose images may lack labels: then `labels` is null. @throws UserError as parsePredictions does */
export function parseRecordedPredictions(
  text: string,
  classNames: readonly string[],
): UnlabelledPredictions & { readonly labels: number[] | null } {
  const { labels, ...rest } = parseRows(text, classNames, false);
  return { ...rest, labels: labels as number[] | null };
}

/** @param needLabels  false: also accepts a file without any labels, and returns null for them */
function parseRows(text: string, classNames: readonly string[], needLabels: boolean) {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { delimiter: ',' });
  const problem = errors[0];
  if (problem) throw new UserError('predictionsMalformed', { row: (problem.row ?? 0) + 1, reason: problem.message });
  const [header = [], ...rows] = data;
  if (rows.at(-1)?.length === 1 && rows.at(-1)?.[0] === '') rows.pop(); // the empty row after the final line end
  const whole = headerOf(classNames);
  const expected = header.length === 2 + classNames.length ? whole.slice(0, header.length) : whole;
  if (header.length !== expected.length || header.some((cell, i) => unguarded(cell) !== expected[i]))
    throw new UserError('predictionsOfOtherClasses', {
      header: JSON.stringify(header.slice(0, 20).map(shortened)),
      expected: JSON.stringify(expected.slice(0, 20)),
    });
  if (rows.length === 0) throw new UserError('predictionsEmpty', {});
  const labelOf = new Map(classNames.map((name, label) => [name, label]));
  const labelled = needLabels || rows.some((row) => (row[1] ?? '') !== '');
  const relativePaths: string[] = [];
  const labels: number[] = [];
  const numbers: number[] = []; // logits, or the probabilities used instead
  const hasLogits = expected === whole;
  const first: LeftOut['first'][number][] = [];
  for (const [i, row] of rows.entries()) {
    const [path = '', label = ''] = row.map(unguarded);
    const known = labelOf.get(label);
    const wrong = columnNotUsable(row, classNames, expected.length, !labelled || known !== undefined);
    if (wrong === undefined) {
      relativePaths.push(path);
      if (labelled) labels.push(known!);
      for (const cell of row.slice(hasLogits ? 2 + classNames.length : 2)) numbers.push(Number(cell));
    } else if (first.length < mostNamed)
      first.push({ row: i + 2, path: shortened(path), column: expected[wrong] ?? '', cell: row[wrong] ?? '' });
  }
  const count = rows.length - relativePaths.length;
  const leftOut = count === 0 ? null : { count, total: rows.length, first };
  if (relativePaths.length === 0) throw new UserError('predictionsUnusable', { count, rows: rowsText(first, count) });
  const classCount = classNames.length;
  return {
    relativePaths,
    labels: labelled ? labels : null,
    logits: hasLogits ? numbers.map(Math.fround) : logitsFrom(numbers),
    classCount,
    leftOut,
    tied: hasLogits ? null : tiedRows(numbers, labelled ? labels : null, classCount),
  };
}

function tiedRows(probabilities: readonly number[], labels: readonly number[] | null, classCount: number): Tied | null {
  const total = probabilities.length / classCount;
  const tied = new Set<number>();
  for (let k = 0; k < classCount; k++) {
    const rows: number[] = [];
    for (let i = 0; i < total; i++) if (probabilities[i * classCount + k] === 0) rows.push(i);
    const sides = new Set(rows.map((i) => (labels === null ? i : labels[i] === k)));
    if (sides.size > 1) for (const row of rows) tied.add(row);
  }
  return tied.size === 0 ? null : { count: tied.size, total };
}

/** Index of the first missing, superfluous or invalid cell; the probabilities of a row must sum to 1. */
function columnNotUsable(
  row: readonly string[],
  classNames: readonly string[],
  columns: number,
  labelIsKnown: boolean,
): number | undefined {
  if (row.length < columns) return row.length;
  if (row.length > columns) return columns;
  if (!labelIsKnown) return 1;
  const firstLogit = 2 + classNames.length;
  const wrong = row.findIndex((cell, i) => i >= 2 && !(i < firstLogit ? isProbability(cell) : isLogit(cell)));
  if (wrong !== -1) return wrong;
  const probabilities = row.slice(2, firstLogit).map(Number);
  if (columns === firstLogit) {
    const sum = probabilities.reduce((total, p) => total + p, 0);
    return Math.abs(sum - 1) > rounding ? 2 : undefined;
  }
  // Columns were swapped, or only one of them was edited.
  const said = softmaxRows(row.slice(firstLogit).map(Number), classNames.length);
  const off = said.findIndex((p, k) => Math.abs(p - probabilities[k]!) > rounding);
  return off === -1 ? undefined : 2 + off;
}

/** We write all digits of a double; a spreadsheet that saves the file again keeps nine or more. */
const rounding = 1e-6;

const isNumber = (cell: string): boolean => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell);
const isProbability = (cell: string): boolean => isNumber(cell) && Number(cell) >= 0 && Number(cell) <= 1;
const isLogit = (cell: string): boolean => isNumber(cell) && Number.isFinite(Math.fround(Number(cell)));
