// A document as GitHub-flavored Markdown. Charts appear as their summaries; pictures are links into the run folder.
import { printable } from '../words/text.ts';
import type { Block, Document, Table } from './reports.ts';

export function renderMarkdown({ title, notices, blocks }: Document): string {
  const parts = [
    `# ${escaped(title)}`,
    ...notices.map((notice) => `> **${escaped(notice)}**`),
    ...blocks.map(renderBlock),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `## ${escaped(block.text)}`;
    case 'text':
      return escaped(block.text);
    case 'list':
      return block.items.map((item) => `- ${escaped(item)}`).join('\n');
    case 'facts':
      return renderTable({ kind: 'table', caption: '', head: ['', ''], rows: block.rows }, ':--');
    case 'table':
      return `${escaped(block.caption)}\n\n${renderTable(block, '--:')}`;
    case 'charts':
      return block.charts.map(({ title, summary }) => `- **${escaped(title)}** ${escaped(summary)}`).join('\n');
    case 'pictures':
      return renderTable(
        {
          kind: 'table',
          caption: '',
          head: ['picture', 'image', 'prediction of the kept weights'],
          rows: block.pictures.map(({ file, relativePath, lines, wrong }) => [
            file,
            relativePath,
            [...lines, ...(wrong ? ['wrong'] : [])].join('; '),
          ]),
        },
        ':--',
      );
  }
}

function renderTable({ head, rows }: Table, align: string): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `| ${head.map((_, i) => (i === 0 ? ':--' : align)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Escapes everything that would become emphasis, link, tag, entity, mention, list or heading. @see CommonMark 0.31, backslash escapes */
export function escaped(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]<>#|~$&@^]/g, '\\$&')
    .replace(/:(?=\S)/g, '\\:') // addresses, emoji
    .replace(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`)
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2');
}
