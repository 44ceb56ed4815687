// JSON for files that people open, too: indented, but with a list of numbers or words on one line. A confusion matrix has a line a row.

export const neatJson = (value: unknown): string =>
  `${JSON.stringify(value, undefined, 2).replace(plainList, onOneLine)}\n`;

/** Line feeds within strings are escaped, so a bracket at the end of a line is one of the structure. */
const plainList = /\[\n[^[\]{}]*\n *\]/g;

const onOneLine = (list: string): string =>
  list
    .replace(/\[\n */, '[')
    .replace(/\n *\]$/, ']')
    .replace(/,\n */g, ', ');
