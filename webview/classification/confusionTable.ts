// <sh-confusion-table>: true classes as rows, predicted ones as columns; counts and percentages, with the percentage as shade and in the
// title. Selectable cells are buttons and dispatch `sh-cell`. With many classes it draws a part, which the user picks.

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { fixed } from '../../shared/fixed.ts';
import { normalizedMatrix } from '../../shared/metrics/multiclass.ts';
import { t } from '../../shared/strings/strings.ts';
import { select, selectStyle } from '../components/controls.ts';
import { formatCount } from '../page/format.ts';
import { base, table } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';
import { blocksOf, type ClassChoice, mostClasses, readableLabels, wrongOf, wrongWithin } from './readableClasses.ts';

export class ConfusionTable extends LitElement {
  static override properties = {
    caption: { attribute: false },
    classNames: { attribute: false },
    matrix: { attribute: false },
    cellNames: { attribute: false },
    share: { attribute: false },
    choosable: { attribute: false },
    chosen: { attribute: false },
    rows: { state: true },
    columns: { state: true },
  };
  declare caption: string;
  declare classNames: readonly string[];
  /** `matrix[trueLabel][predictedLabel]`, in the order of `classNames`. */
  declare matrix: readonly (readonly number[])[];
  /** TP, FN...: same shape as the matrix, or null. */
  declare cellNames: readonly (readonly string[])[] | null;
  /** Main number of a cell, and whether percentages are of the true class (`counts`, `row`) or of the predicted one. */
  declare share: 'counts' | 'row' | 'column';
  declare choosable: boolean;
  /** Row and column; null: none. */
  declare chosen: readonly [row: number, column: number] | null;
  declare rows: ClassChoice;
  declare columns: ClassChoice;

  constructor() {
    super();
    this.cellNames = null;
    this.share = 'counts';
    this.choosable = false;
    this.chosen = null;
    this.rows = 'confused';
    this.columns = 'confused';
  }

  /** Number of wrong decisions in the whole matrix: 500 classes have 250,000 cells, so it is counted once per matrix. */
  #wrong = 0;
  #confused: readonly number[] = [];
  #shares: readonly (readonly number[])[] = [];

  override willUpdate(changed: PropertyValues<this>): void {
    const { matrix } = this;
    if (changed.has('matrix')) {
      this.#wrong = wrongOf(matrix);
      this.#confused = readableLabels(matrix, 'confused');
    }
    if (changed.has('matrix') || changed.has('share'))
      this.#shares = normalizedMatrix(matrix, this.share === 'column' ? 'predicted' : 'true');
  }

  override render() {
    const { classNames, matrix } = this;
    const shares = this.#shares;
    const labelsOf = (choice: ClassChoice) => (choice === 'confused' ? this.#confused : readableLabels(matrix, choice));
    const rows = labelsOf(this.rows);
    const columns = labelsOf(this.columns);
    return html`
      ${this.#part(rows, columns)}
      <div class="scroll" role="region" aria-label=${this.caption} tabindex="0">
        <table class=${classNames.length > 5 ? 'many' : ''}>
          <caption>${this.caption}</caption>
          <thead>
            <tr>
              <td></td>
              ${columns.map((j) => classNames[j]).map((name) => html`<th scope="col" title=${`${t('predicted')}: ${name}`}><span class="axis">${t('predicted')}</span><span class="name truncate">${name}</span></th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map((i) => {
              const name = classNames[i];
              return html`<tr>
                <th scope="row" title=${`${t('actual')}: ${name}`}><span class="axis">${t('actual')}</span><span class="name truncate">${name}</span></th>
                ${columns.map((j) => this.#cell(matrix[i]![j]!, shares[i]![j]!, i, j))}
              </tr>`;
            })}
          </tbody>
        </table>
      </div>`;
  }

  /** Names the drawn part of a large matrix, with controls for the rest. */
  #part(rows: readonly number[], columns: readonly number[]) {
    const { classNames, matrix } = this;
    const firsts = blocksOf(classNames.length);
    if (firsts.length === 0) return nothing;
    const options = firsts.map((first) => {
      const last = Math.min(first + mostClasses, classNames.length);
      return `${first + 1}–${last}: ${classNames[first]} … ${classNames[last - 1]}`;
    });
    const choose = (name: 'rows' | 'columns', label: string) =>
      select({
        label,
        options: [t('mostConfusedClasses'), ...options],
        selected: this[name] === 'confused' ? 0 : firsts.indexOf(this[name]) + 1,
        onPick: (index) => (this[name] = firsts[index - 1] ?? 'confused'),
      });
    return html`<div class="part">
      <p class="muted" role="status">${t('matrixPart', {
        rows: rows.length,
        columns: columns.length,
        count: formatCount(classNames.length),
        inside: formatCount(wrongWithin(matrix, rows, columns)),
        wrong: formatCount(this.#wrong),
      })}</p>
      ${choose('rows', t('actualClasses'))} ${choose('columns', t('predictedClasses'))}
    </div>`;
  }

  #cell(count: number, share: number, i: number, j: number) {
    const name = this.cellNames?.[i]?.[j];
    const title = `${t('actual')} ${this.classNames[i]}, ${t('predicted')} ${this.classNames[j]}: ${formatCount(count)} (${fixed(share * 100, 1)} %)`;
    const percent = `${fixed(share * 100, this.share === 'counts' ? 0 : 1)} %`;
    const [large, small] = this.share === 'counts' ? [formatCount(count), percent] : [percent, formatCount(count)];
    const isChosen = this.chosen?.[0] === i && this.chosen[1] === j;
    const content = html`${name === undefined ? nothing : html`<abbr>${name}</abbr>`}<span class="count">${large}</span>
      <span class="share">${small}</span>`;
    return html`<td
      class="${i === j ? 'right' : 'wrong'} ${isChosen ? 'chosen' : ''}"
      title=${title}
      ${cssVariables({ '--share': `${Math.round(share * 100)}%` })}
    >
      ${
        this.choosable
          ? html`<button
            type="button"
            aria-pressed=${isChosen}
            @click=${() => this.#choose(i, j)}
          >
            ${content}<span class="visuallyHidden">. ${title}. ${t('showTheseImages')}</span>
          </button>`
          : content
      }
    </td>`;
  }

  #choose(row: number, column: number): void {
    this.dispatchEvent(new CustomEvent('sh-cell', { detail: [row, column], bubbles: true, composed: true }));
  }

  static override styles = [
    base,
    table,
    selectStyle,
    css`
      .part {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 16px;
        align-items: center;
        margin-bottom: 8px;
        font-size: 12px;
      }
      .part p {
        flex-basis: 100%;
      }
      .scroll {
        overflow-x: auto;
      }
      th,
      td {
        border: 0;
        padding: 4px 8px;
      }
      th[scope='col'] {
        text-align: center;
        color: inherit;
      }
      .axis {
        display: block;
        font-size: 11px;
        font-weight: 400;
        color: var(--sh-muted);
      }
      .name {
        display: block;
        max-width: 130px;
      }
      thead .name {
        margin: auto;
      }
      td.right,
      td.wrong {
        min-width: 92px;
        border: 1px solid var(--sh-border);
        text-align: center;
      }
      td.right {
        background: color-mix(in srgb, var(--vscode-charts-blue) calc(var(--share) * 0.4), transparent);
      }
      td.wrong {
        background: color-mix(in srgb, var(--vscode-charts-red) calc(var(--share) * 0.4), transparent);
      }
      td button {
        position: relative; /* contains the visually hidden words */
        display: block;
        width: 100%;
        margin: -4px -8px;
        padding: 4px 8px;
        box-sizing: content-box;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        cursor: pointer;
      }
      td:has(button):hover {
        outline: 1px solid var(--vscode-focusBorder);
      }
      td.chosen {
        outline: 2px solid var(--vscode-focusBorder) !important;
        outline-offset: -2px !important;
      }
      .many td.right,
      .many td.wrong {
        min-width: 52px;
        padding: 2px 4px;
      }
      .many .name {
        max-width: 72px;
      }
      .many tbody .name {
        max-width: 130px;
      }
      .many .axis,
      .many .share {
        font-size: 10px;
      }
      .many .count {
        font-size: 13px;
      }
      abbr {
        display: block;
        font-size: 11px;
        color: var(--vscode-foreground);
      }
      .count {
        font-size: 15px;
      }
      .share {
        display: block;
        font-size: 11px;
      }
      :host-context(.vscode-high-contrast) td,
      :host-context(.vscode-high-contrast-light) td {
        background: transparent;
      }
      :host-context(.vscode-high-contrast) td.right,
      :host-context(.vscode-high-contrast-light) td.right {
        outline: 1px solid currentColor;
        outline-offset: -3px;
      }
    `,
  ];
}
