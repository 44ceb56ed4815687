// predictions/*.csv as text: path, label, one probability per class. Pure: written by the runner, read by the editor, opened by
// people in a spreadsheet. Of images without labels (an evaluation record) the label's cell is empty in every row.
import Papa from 'papaparse';
import { guarded, unguarded } from './cells.ts';

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
  /** [N, K], row after row. */
  readonly probabilities: number[];
  readonly classCount: number;
}

export interface Predictions extends UnlabelledPredictions {
  readonly labels: number[];
}

/** @throws Error that names the row, counted from 1 with the header, as a spreadsheet does; an empty label is one, too */
export const parsePredictions = (text: string, classNames: readonly string[]): Predictions =>
  labelled(parseRows(text, classNames));

/**
 * Of an evaluation record, whose images may have no labels: then `labels` is null.
 * @throws Error as parsePredictions does; some labels, but not all, are one, too
 */
export function parseRecordedPredictions(
  text: string,
  classNames: readonly string[],
): UnlabelledPredictions & { readonly labels: number[] | null } {
  const rows = parseRows(text, classNames);
  return rows.labels.every((label) => label === undefined) ? { ...rows, labels: null } : labelled(rows);
}

interface Rows extends UnlabelledPredictions {
  readonly labels: (number | undefined)[];
}

function labelled({ labels, ...rest }: Rows): Predictions {
  const unlabelled = labels.indexOf(undefined);
  if (unlabelled >= 0) throw new Error(`Row ${unlabelled + 2} of the predictions has no label.`);
  return { ...rest, labels: labels as number[] };
}

function parseRows(text: string, classNames: readonly string[]): Rows {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { delimiter: ',' });
  const problem = errors[0];
  if (problem) throw new Error(`Row ${(problem.row ?? 0) + 1} of the predictions is malformed: ${problem.message}.`);
  const [header = [], ...rows] = data;
  if (rows.at(-1)?.length === 1 && rows.at(-1)?.[0] === '') rows.pop(); // what follows the last line's end
  const expected = ['path', 'label', ...classNames];
  if (header.length !== expected.length || header.some((cell, i) => unguarded(cell) !== expected[i]))
    throw new Error(`Row 1 of the predictions is ${JSON.stringify(header)}, not ${JSON.stringify(expected)}.`);
  const labelOf = new Map(classNames.map((name, label) => [name, label]));
  const relativePaths: string[] = [];
  const labels: (number | undefined)[] = [];
  const probabilities: number[] = [];
  for (const [i, row] of rows.entries()) {
    const wrong = (what: string) => new Error(`Row ${i + 2} of the predictions ${what}.`);
    if (row.length !== expected.length) throw wrong(`has ${row.length} cells, not ${expected.length}`);
    const label = row[1] === '' ? undefined : labelOf.get(unguarded(row[1]!));
    if (label === undefined && row[1] !== '') throw wrong(`has the unknown label ${JSON.stringify(row[1])}`);
    relativePaths.push(unguarded(row[0]!));
    labels.push(label);
    for (const cell of row.slice(2)) {
      if (!numberPattern.test(cell)) throw wrong(`has ${JSON.stringify(cell)} where a probability belongs`);
      probabilities.push(Number(cell));
    }
  }
  return { relativePaths, labels, probabilities, classCount: classNames.length };
}

const numberPattern = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
