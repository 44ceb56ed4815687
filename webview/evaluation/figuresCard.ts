// <sh-evaluation-figures>: the numbers at the threshold, each with its interval and definition; predictive values at a prevalence
// that the user types; the same as a table.
import { css, html, LitElement, nothing } from 'lit';
import type { Threshold } from '../../shared/contracts/scores.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatThreshold } from '../classification/thresholdText.ts';
import type { Figure } from '../components/figures.ts';
import { numberInput, numberInputStyle } from '../components/numberInput.ts';
import { formatCount } from '../page/format.ts';
import { base, card } from '../styles/base.ts';
import { act } from './act.ts';
import { type TextTable, tableExports } from './exports.ts';
import {
  type Decided,
  type FigureRow,
  intervalWords,
  methodName,
  methodText,
  percentText,
  valueText,
} from './figures.ts';

export class EvaluationFigures extends LitElement {
  static override properties = {
    decided: { attribute: false },
    overall: { attribute: false },
    threshold: { attribute: false },
    prevalence: { attribute: false },
    splitName: { attribute: false },
  };
  declare decided: Decided;
  /** Figures independent of the threshold. */
  declare overall: readonly FigureRow[];
  declare threshold: Threshold;
  /** null: the prevalence of the images. */
  declare prevalence: number | null;
  declare splitName: string;

  override render() {
    const { decided, overall, threshold } = this;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('figuresAtThreshold', { threshold: formatThreshold(threshold), split: this.splitName })}</h2>
        <sh-export-menu .of=${t('keyFigures')} .items=${tableExports(this, () => this.#table())}></sh-export-menu>
      </div>
      <sh-figures .figures=${[...overall, ...decided.rows].map(shown)}></sh-figures>
      <div class="prevalence">
        <span>${t('prevalenceTyped')}</span>
        ${numberInput({
          label: t('prevalenceTypedLong'),
          value: Number(percentText(this.prevalence ?? ownPrevalence(decided))),
          min: 0,
          max: 100,
          step: 'any',
          onChange: (percent) => act(this, { type: 'prevalenceSet', prevalence: percent / 100 }),
        })}
        <span>%</span>
        ${
          this.prevalence === null
            ? html`<span class="muted">${t('prevalenceOwn')}</span>`
            : html`<button type="button" @click=${() => act(this, { type: 'prevalenceSet', prevalence: null })}>${t('prevalenceReset')}</button>`
        }
      </div>
    </section>`;
  }

  #table(): TextTable {
    return {
      header: [
        t('figure'),
        t('value'),
        t('low'),
        t('high'),
        t('intervalMethod'),
        t('imagesN'),
        t('threshold'),
        t('logOdds'),
        t('split'),
      ],
      rows: [...this.overall, ...this.decided.rows].map(({ name, figure: { value, interval, method, n }, detail }) => [
        // The name does not include the prevalence.
        name === t('ppvAt') || name === t('npvAt') ? `${name} (${detail})` : name,
        value,
        interval?.[0] ?? null,
        interval?.[1] ?? null,
        method === null ? null : methodName(method),
        n,
        this.threshold.probability,
        this.threshold.logOdds,
        this.splitName,
      ]),
    };
  }

  static override styles = [
    base,
    card,
    numberInputStyle,
    css`
      /* If nine do not fit into a row, five do, which leaves no single one in the last row. */
      @media (max-width: 1150px) {
        sh-figures {
          --sh-figure-width: 150px;
        }
      }
      .prevalence {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        margin-top: 10px;
        font-size: 12px;
      }
      .prevalence input[type='number'] {
        width: 6em;
      }
      button {
        padding: 1px 6px;
        border: 1px solid var(--vscode-contrastBorder, var(--vscode-input-border, var(--sh-border)));
        border-radius: 3px;
        background: none;
        color: inherit;
        font: inherit;
        cursor: pointer;
      }
    `,
  ];
}

const ownPrevalence = ({ figures: { counts } }: Decided): number => {
  if (counts === null) return 0;
  const positives = counts.truePositives + counts.falseNegatives;
  const total = positives + counts.trueNegatives + counts.falsePositives;
  return total === 0 ? 0 : positives / total;
};

/** Card of a figure: the value or the reason for its absence, the interval, the definition. */
export function shown({ name, figure, detail }: FigureRow): Figure {
  const interval = intervalWords(figure);
  return {
    name,
    value: valueText(figure),
    detail: detail || t('imagesCounted', { count: formatCount(figure.n) }),
    hint: methodText(figure),
    ...(interval === null ? {} : { interval }),
  };
}

/** Figures without a threshold, for more than two classes. */
export class OverallFigures extends LitElement {
  static override properties = {
    overall: { attribute: false },
    heading: { attribute: false },
    splitName: { attribute: false },
  };
  declare overall: readonly FigureRow[];
  declare heading: string;
  declare splitName: string;

  override render() {
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${this.heading}</h2>
        <sh-export-menu .of=${t('keyFigures')} .items=${tableExports(this, () => this.#table())}></sh-export-menu>
      </div>
      ${this.overall.length === 0 ? nothing : html`<sh-figures .figures=${this.overall.map(shown)}></sh-figures>`}
    </section>`;
  }

  #table(): TextTable {
    return {
      header: [t('figure'), t('value'), t('low'), t('high'), t('intervalMethod'), t('imagesN'), t('split')],
      rows: this.overall.map(({ name, figure: { value, interval, method, n } }) => [
        name,
        value,
        interval?.[0] ?? null,
        interval?.[1] ?? null,
        method === null ? null : methodName(method),
        n,
        this.splitName,
      ]),
    };
  }

  static override styles = [base, card];
}
