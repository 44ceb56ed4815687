// Names from outside as cells of a CSV file.

/**
 * A spreadsheet executes a cell that begins like a formula. An additional apostrophe keeps it text, and can be removed again. Plain
 * numbers with a sign (a class "-1" or "+1") and paths of images in such a folder execute nothing and stay unchanged, so that every
 * other reader finds the names of the folders.
 */
export const guarded = (cell: string): string => (/^'*[=+\-@\t\r]/.test(cell) && !isHarmless(cell) ? `'${cell}` : cell);

/** Also removes the apostrophe that older versions put before signed numbers. */
export const unguarded = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

/** -1, +0.5, -2e-3, and -1/cat 2.png: without a parenthesis, |, ! or a quote no function, program or other file can be called. */
const isHarmless = (cell: string): boolean =>
  /^[+-](\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?(\/[\p{L}\p{N}\p{M}._ -]*)*$/iu.test(cell);

/** A row for Papa.unparse: texts guarded, numbers unchanged, empty for null. */
export const guardedRow = (row: readonly (string | number | null)[]): (string | number)[] =>
  row.map((cell) => (typeof cell === 'string' ? guarded(cell) : (cell ?? '')));
