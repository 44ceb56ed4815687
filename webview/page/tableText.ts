// A table as text for the clipboard. Pure.
import Papa from 'papaparse';
import { guardedRow } from '../../shared/contracts/cells.ts';

export type TextCell = string | number | null;

/** Comma-separated, all digits; a cell that a spreadsheet would run as a formula is escaped. */
export const csvText = (rows: readonly (readonly TextCell[])[]): string =>
  `${Papa.unparse(rows.map(guardedRow), { newline: '\n' })}\n`;

/** Markdown table; cells are already Markdown (escapeMarkdown). The first column is text, the others are numbers. */
export function markdownText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `${[line(header), line(['---', ...header.slice(1).map(() => '---:')]), ...rows.map(line)].join('\n')}\n`;
}

export const escapeMarkdown = (text: string): string => text.replace(/[\\`*_|<>[\]]/g, '\\$&').replace(/[\r\n]+/g, ' ');
