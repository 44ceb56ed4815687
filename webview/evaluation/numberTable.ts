// <sh-number-table>: the numbers of a chart as a table, created when opened; a long one is shown in part and copied whole.

import { css, html, LitElement, nothing } from 'lit';
import { fixed } from '../../shared/fixed.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatCount } from '../page/format.ts';
import type { TextCell } from '../page/tableText.ts';
import { base, table } from '../styles/base.ts';
import type { TextTable } from './exports.ts';

const mostRows = 200;

export class NumberTable extends LitElement {
  static override properties = { of: { attribute: false }, table: { attribute: false }, isOpen: { state: true } };
  declare of: string;
  declare table: () => TextTable;
  declare isOpen: boolean;

  constructor() {
    super();
    this.isOpen = false;
  }

  override render() {
    return html`<details @toggle=${(event: Event) => (this.isOpen = (event.target as HTMLDetailsElement).open)}>
      <summary>${t('sameNumbers')}</summary>
      ${this.isOpen ? this.#opened() : nothing}
    </details>`;
  }

  #opened() {
    const { header, rows } = this.table();
    const every = Math.max(1, Math.ceil(rows.length / mostRows));
    const shown = rows.filter((_, i) => i % every === 0 || i === rows.length - 1);
    return html`
      ${shown.length < rows.length ? html`<p class="muted">${t('someRows', { shown: formatCount(shown.length), count: formatCount(rows.length) })}</p>` : nothing}
      <div class="scroll" role="region" aria-label=${t('asTable', { title: this.of })} tabindex="0">
        <table>
          <thead><tr>${header.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
          <tbody>${shown.map((row) => html`<tr>${row.map((cell) => html`<td>${cellText(cell)}</td>`)}</tr>`)}</tbody>
        </table>
      </div>`;
  }

  static override styles = [
    base,
    table,
    css`
      details {
        margin-top: 8px;
        font-size: 12px;
      }
      summary {
        cursor: pointer;
        width: fit-content;
      }
      .scroll {
        overflow: auto;
        max-height: 260px;
        margin-top: 6px;
      }
    `,
  ];
}

const cellText = (cell: TextCell): string =>
  cell === null
    ? '–'
    : typeof cell === 'string'
      ? cell
      : Number.isInteger(cell)
        ? formatCount(cell)
        : String(Number(fixed(cell, 4)));
