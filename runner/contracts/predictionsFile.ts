// predictions/*.csv as text: path, label, one probability per class. Pure: written by the runner, read by the editor, opened by
// people in a spreadsheet.
import Papa from 'papaparse';

export interface PredictionRows {
  /** /-separated, relative to the dataset. */
  readonly relativePaths: readonly string[];
  /** True labels: indices of `classNames`. */
  readonly labels: ArrayLike<number>;
  /** [N, K], row after row. */
  readonly probabilities: ArrayLike<number>;
  readonly classNames: readonly string[];
}

/** Columns path, label (as class name), then one per class by its name. Numbers keep all their digits. */
export function encodePredictions({ relativePaths, labels, probabilities, classNames }: PredictionRows): string {
  const classCount = classNames.length;
  if (labels.length !== relativePaths.length || probabilities.length !== relativePaths.length * classCount)
    throw new Error(
      `Cannot write ${relativePaths.length} predictions: there are ${labels.length} labels and ${probabilities.length} probabilities of ${classCount} classes.`,
    );
  const rows = relativePaths.map((path, i) => [
    guarded(path),
    guarded(classNames[labels[i]!]!),
    ...classNames.map((_, k) => String(probabilities[i * classCount + k])),
  ]);
  return Papa.unparse([['path', 'label', ...classNames.map(guarded)], ...rows], { newline: '\n' }) + '\n';
}

export interface Predictions {
  readonly relativePaths: string[];
  readonly labels: number[];
  /** [N, K], row after row. */
  readonly probabilities: number[];
  readonly classCount: number;
}

/** @throws Error that names the row, counted from 1 with the header, as a spreadsheet does */
export function parsePredictions(text: string, classNames: readonly string[]): Predictions {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { delimiter: ',' });
  const problem = errors[0];
  if (problem) throw new Error(`Row ${(problem.row ?? 0) + 1} of the predictions is malformed: ${problem.message}.`);
  const [header = [], ...rows] = data;
  if (rows.at(-1)?.length === 1 && rows.at(-1)?.[0] === '') rows.pop(); // what follows the last line's end
  const expected = ['path', 'label', ...classNames];
  if (header.length !== expected.length || header.some((cell, i) => unguarded(cell) !== expected[i]))
    throw new Error(`Row 1 of the predictions is ${JSON.stringify(header)}, not ${JSON.stringify(expected)}.`);
  const labelOf = new Map(classNames.map((name, label) => [name, label]));
  const predictions: Predictions = { relativePaths: [], labels: [], probabilities: [], classCount: classNames.length };
  for (const [i, row] of rows.entries()) {
    const wrong = (what: string) => new Error(`Row ${i + 2} of the predictions ${what}.`);
    if (row.length !== expected.length) throw wrong(`has ${row.length} cells, not ${expected.length}`);
    const label = labelOf.get(unguarded(row[1]!));
    if (label === undefined) throw wrong(`has the unknown label ${JSON.stringify(row[1])}`);
    predictions.relativePaths.push(unguarded(row[0]!));
    predictions.labels.push(label);
    for (const cell of row.slice(2)) {
      if (!numberPattern.test(cell)) throw wrong(`has ${JSON.stringify(cell)} where a probability belongs`);
      predictions.probabilities.push(Number(cell));
    }
  }
  return predictions;
}

const numberPattern = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

// A spreadsheet runs a cell that begins like a formula. One apostrophe more keeps it text, and can be taken off again.
const guarded = (cell: string): string => (/^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
const unguarded = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
