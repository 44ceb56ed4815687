// <sh-figures>: a row of large numbers with their names; remarks on them appear right below.
import { css, html, LitElement, nothing } from 'lit';
import { t } from '../../shared/strings/strings.ts';
import { base } from '../styles/base.ts';
import { icon } from './icons.ts';

export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly detail?: string;
  /** Text of the interval. */
  readonly interval?: string;
  /** How the interval was computed; absent: its meaning. */
  readonly hint?: string;
}

export class Figures extends LitElement {
  static override properties = {
    figures: { attribute: false },
    /** Sentences that belong to the numbers. */
    remarks: { attribute: false },
  };
  declare figures: readonly Figure[];
  declare remarks: readonly string[];

  constructor() {
    super();
    this.remarks = [];
  }

  override render() {
    return html`
      <dl>
        ${this.figures.map(
          ({ name, value, detail, interval, hint }) => html`<div>
            <dt>${name}</dt>
            <dd class="number">${value}</dd>
            ${interval === undefined ? nothing : html`<dd class="detail interval" title=${hint ?? t('intervalHint')}>${interval}</dd>`}
            ${detail === undefined ? nothing : html`<dd class="detail">${detail}</dd>`}
          </div>`,
        )}
      </dl>
      ${this.remarks.map((text) => html`<p class="remark">${icon('warning')}<span>${text}</span></p>`)}`;
  }

  static override styles = [
    base,
    css`
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(var(--sh-figure-width, 104px), 1fr));
        gap: 8px 16px;
      }
      dt {
        color: var(--sh-muted);
        font-size: 11px;
      }
      dd.number {
        font-size: 20px;
        line-height: 1.25;
      }
      dd.detail {
        color: var(--sh-muted);
        font-size: 11px;
      }
      dd.interval {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .remark {
        display: flex;
        gap: 6px;
        margin-top: 8px;
        font-size: 12px;
      }
      .remark svg {
        color: var(--vscode-editorWarning-foreground);
        margin-top: 1px;
      }
    `,
  ];
}
