// <sh-confusion-table>: true classes as rows, predicted ones as columns; counts and shares, the share as shade and in the title.
// Cells that can be chosen are buttons and dispatch `sh-cell`.

import { css, html, LitElement, nothing } from 'lit';
import { fixed } from '../../shared/fixed.ts';
import { normalizedMatrix } from '../../shared/metrics/multiclass.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatCount } from '../page/format.ts';
import { base, table } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';

export class ConfusionTable extends LitElement {
  static override properties = {
    caption: { attribute: false },
    classNames: { attribute: false },
    matrix: { attribute: false },
    cellNames: { attribute: false },
    share: { attribute: false },
    choosable: { attribute: false },
    chosen: { attribute: false },
  };
  declare caption: string;
  declare classNames: readonly string[];
  /** `matrix[trueLabel][predictedLabel]`, in the order of `classNames`. */
  declare matrix: readonly (readonly number[])[];
  /** TP, FN...: the same shape as the matrix, or null. */
  declare cellNames: readonly (readonly string[])[] | null;
  /** What is written large, and whether shares are of the true class (`counts`, `row`) or of the predicted one. */
  declare share: 'counts' | 'row' | 'column';
  declare choosable: boolean;
  /** Row and column; null: none. */
  declare chosen: readonly [row: number, column: number] | null;

  constructor() {
    super();
    this.cellNames = null;
    this.share = 'counts';
    this.choosable = false;
    this.chosen = null;
  }

  override render() {
    const { classNames, matrix } = this;
    const shares = normalizedMatrix(matrix, this.share === 'column' ? 'predicted' : 'true');
    return html`
      <div class="scroll" role="region" aria-label=${this.caption} tabindex="0">
        <table class=${classNames.length > 5 ? 'many' : ''}>
          <caption>${this.caption}</caption>
          <thead>
            <tr>
              <td></td>
              ${classNames.map((name) => html`<th scope="col" title=${`${t('predicted')}: ${name}`}><span class="axis">${t('predicted')}</span><span class="name truncate">${name}</span></th>`)}
            </tr>
          </thead>
          <tbody>
            ${classNames.map((name, i) => {
              const row = matrix[i] ?? [];
              return html`<tr>
                <th scope="row" title=${`${t('actual')}: ${name}`}><span class="axis">${t('actual')}</span><span class="name truncate">${name}</span></th>
                ${row.map((count, j) => this.#cell(count, shares[i]![j]!, i, j))}
              </tr>`;
            })}
          </tbody>
        </table>
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
    css`
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
        position: relative; /* holds the hidden words */
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
