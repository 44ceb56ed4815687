// Names from outside as cells of a CSV file.

/** A spreadsheet runs a cell that begins like a formula. One apostrophe more keeps it text, and can be taken off again. */
export const guarded = (cell: string): string => (/^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
export const unguarded = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
