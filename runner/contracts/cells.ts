// Names from outside as cells of a CSV file.

/**
 * A spreadsheet runs a cell that begins like a formula. One apostrophe more keeps it text, and can be taken off again. A plain number
 * with a sign (a class "-1" or "+1") is no formula and stays as it is, so that every other reader finds the name that the folder has.
 */
export const guarded = (cell: string): string =>
  /^'*[=+\-@\t\r]/.test(cell) && !isSignedNumber(cell) ? `'${cell}` : cell;

/** Also takes the apostrophe off that older versions gave to signed numbers. */
export const unguarded = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

/** -1, +0.5, -2e-3 */
const isSignedNumber = (cell: string): boolean => /^[+-](\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(cell);

/** A row for Papa.unparse: texts guarded, numbers as they are, nothing for null. */
export const guardedRow = (row: readonly (string | number | null)[]): (string | number)[] =>
  row.map((cell) => (typeof cell === 'string' ? guarded(cell) : (cell ?? '')));
