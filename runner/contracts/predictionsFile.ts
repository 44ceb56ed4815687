// predictions/*.csv as text: path, label, one probability per class. Pure: written by the runner, read by the editor, opened by
// people in a spreadsheet. Of images without labels (an evaluation record) the label's cell is empty in every row.
import Papa from 'papaparse';
import { guarded, unguarded } from './cells.ts';
import { UserError } from './errors.ts';
import type { Problem } from './events.ts';

export interface PredictionRows {
  /** /-separated, relative to the dataset. */
  readonly relativePaths: readonly string[];
  /** True labels: indices of `classNames`. null: not known. */
  readonly labels: ArrayLike<number> | null;
  /** [N, K], row after row. */
  readonly probabilities: ArrayLike<number>;
  readonly classNames: readonly string[];
}

/** Columns path, label (as class name), then one per class by its name. Numbers keep all their digits. */
export function encodePredictions({ relativePaths, labels, probabilities, classNames }: PredictionRows): string {
  const classCount = classNames.length;
  const labelCount = labels?.length ?? relativePaths.length;
  if (labelCount !== relativePaths.length || probabilities.length !== relativePaths.length * classCount)
    throw new Error(
      `Cannot write ${relativePaths.length} predictions: there are ${labelCount} labels and ${probabilities.length} probabilities of ${classCount} classes.`,
    );
  const rows = relativePaths.map((path, i) => [
    guarded(path),
    labels === null ? '' : guarded(classNames[labels[i]!]!),
    ...classNames.map((_, k) => String(probabilities[i * classCount + k])),
  ]);
  return Papa.unparse([['path', 'label', ...classNames.map(guarded)], ...rows], { newline: '\n' }) + '\n';
}

export interface UnlabelledPredictions {
  readonly relativePaths: string[];
  /** [N, K], row after row; each in [0, 1]. */
  readonly probabilities: number[];
  readonly classCount: number;
  /** Rows that cannot be used: the others are given. null: none. */
  readonly leftOut: LeftOut | null;
}

export interface LeftOut {
  readonly count: number;
  /** Rows of the file, the used ones included. */
  readonly total: number;
  /** The first few. `row` is counted from 1 with the header, as a spreadsheet does; `cell` is the text that cannot be used. */
  readonly first: readonly {
    readonly row: number;
    readonly path: string;
    readonly column: string;
    readonly cell: string;
  }[];
}

export interface Predictions extends UnlabelledPredictions {
  readonly labels: number[];
}

/** To be said beside the numbers. @param file  as a person may read it */
export const leftOutProblem = ({ count, total, first }: LeftOut, file: string): Problem => ({
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
 * Rows with a label of the classes and a probability for each; the others are left out and counted.
 *
 * @throws UserError predictionsMalformed, predictionsOfOtherClasses, predictionsEmpty, predictionsUnusable (no row can be used)
 */
export const parsePredictions = (text: string, classNames: readonly string[]): Predictions => {
  const { labels, ...rest } = parseRows(text, classNames, true);
  return { ...rest, labels: labels as number[] };
};

/** Of an evaluation record, whose images may have no labels: then `labels` is null. @throws UserError as parsePredictions does */
export function parseRecordedPredictions(
  text: string,
  classNames: readonly string[],
): UnlabelledPredictions & { readonly labels: number[] | null } {
  const { labels, ...rest } = parseRows(text, classNames, false);
  return { ...rest, labels: labels as number[] | null };
}

/** @param needLabels  false: none at all is right, too, and `labels` is null then */
function parseRows(text: string, classNames: readonly string[], needLabels: boolean) {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { delimiter: ',' });
  const problem = errors[0];
  if (problem) throw new UserError('predictionsMalformed', { row: (problem.row ?? 0) + 1, reason: problem.message });
  const [header = [], ...rows] = data;
  if (rows.at(-1)?.length === 1 && rows.at(-1)?.[0] === '') rows.pop(); // what follows the last line's end
  const expected = ['path', 'label', ...classNames];
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
  const probabilities: number[] = [];
  const first: LeftOut['first'][number][] = [];
  for (const [i, row] of rows.entries()) {
    const [path = '', label = ''] = row.map(unguarded);
    const known = labelOf.get(label);
    const wrong = columnNotUsable(row, classNames, !labelled || known !== undefined);
    if (wrong === undefined) {
      relativePaths.push(path);
      if (labelled) labels.push(known!);
      for (const cell of row.slice(2)) probabilities.push(Number(cell));
    } else if (first.length < mostNamed)
      first.push({ row: i + 2, path: shortened(path), column: expected[wrong] ?? '', cell: row[wrong] ?? '' });
  }
  const count = rows.length - relativePaths.length;
  const leftOut = count === 0 ? null : { count, total: rows.length, first };
  if (relativePaths.length === 0) throw new UserError('predictionsUnusable', { count, rows: rowsText(first, count) });
  return { relativePaths, labels: labelled ? labels : null, probabilities, classCount: classNames.length, leftOut };
}

/** Index of the first cell that is missing, too many, or not what belongs there. */
function columnNotUsable(
  row: readonly string[],
  classNames: readonly string[],
  labelIsKnown: boolean,
): number | undefined {
  const columns = classNames.length + 2;
  if (row.length < columns) return row.length;
  if (row.length > columns) return columns;
  if (!labelIsKnown) return 1;
  const wrong = row.findIndex((cell, i) => i >= 2 && !isProbability(cell));
  return wrong === -1 ? undefined : wrong;
}

const isProbability = (cell: string): boolean =>
  /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell) && Number(cell) >= 0 && Number(cell) <= 1;
