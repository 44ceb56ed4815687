// <sh-confusion-table>: true classes as rows, predicted ones as columns; counts, and the row's share as shade and in the title.
import { css, html, LitElement, nothing } from 'lit';
import { formatCount } from '../format.ts';
import { t } from '../strings.ts';
import { base, table } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';

export class ConfusionTable extends LitElement {
  static override properties = {
    caption: { attribute: false },
    classNames: { attribute: false },
    matrix: { attribute: false },
    cellNames: { attribute: false },
  };
  declare caption: string;
  declare classNames: readonly string[];
  /** `matrix[trueLabel][predictedLabel]`, in the order of `classNames`. */
  declare matrix: readonly (readonly number[])[];
  /** TP, FN...: the same shape as the matrix, or null. */
  declare cellNames: readonly (readonly string[])[] | null;

  constructor() {
    super();
    this.cellNames = null;
  }

  override render() {
    const { classNames, matrix } = this;
    return html`
      <div class="scroll" role="region" aria-label=${this.caption} tabindex="0">
        <table>
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
              const total = row.reduce((sum, count) => sum + count, 0);
              return html`<tr>
                <th scope="row" title=${`${t('actual')}: ${name}`}><span class="axis">${t('actual')}</span><span class="name truncate">${name}</span></th>
                ${row.map((count, j) => this.#cell(count, total === 0 ? 0 : count / total, i, j))}
              </tr>`;
            })}
          </tbody>
        </table>
      </div>`;
  }

  #cell(count: number, share: number, i: number, j: number) {
    const name = this.cellNames?.[i]?.[j];
    const title = `${t('actual')} ${this.classNames[i]}, ${t('predicted')} ${this.classNames[j]}: ${formatCount(count)} (${(share * 100).toFixed(1)} %)`;
    return html`<td class=${i === j ? 'right' : 'wrong'} title=${title} ${cssVariables({ '--share': `${Math.round(share * 100)}%` })}>
      ${name === undefined ? nothing : html`<abbr>${name}</abbr>`}<span class="count">${formatCount(count)}</span>
      <span class="share">${(share * 100).toFixed(0)} %</span>
    </td>`;
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
