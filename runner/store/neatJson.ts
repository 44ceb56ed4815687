// JSON that people can read, too: indented, but lists of numbers or words on one line, so that a confusion matrix has a line per row.

export const neatJson = (value: unknown): string =>
  `${JSON.stringify(value, undefined, 2).replace(plainList, onOneLine)}\n`;

/** Line feeds within strings are escaped, so a bracket at the end of a line always belongs to the structure. */
const plainList = /\[\n[^[\]{}]*\n *\]/g;

const onOneLine = (list: string): string =>
  list
    .replace(/\[\n */, '[')
    .replace(/\n *\]$/, ']')
    .replace(/,\n */g, ', ');
