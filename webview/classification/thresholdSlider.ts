// <sh-threshold-slider>: a native range input from 0 to 1 in steps of a thousandth, with a mark at the optimum.
// Dispatches `sh-threshold` with the requested number.
import { css, html, LitElement, nothing } from 'lit';
import type { Threshold } from '../../shared/contracts/scores.ts';
import { t } from '../../shared/strings/strings.ts';
import { numberInput, numberInputStyle } from '../components/numberInput.ts';
import { rangeStyle } from '../components/rangeStyle.ts';
import { base } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';
import { thresholdEvent } from './thresholdEvent.ts';
import { formatThreshold, logOddsText } from './thresholdText.ts';

export class ThresholdSlider extends LitElement {
  static override properties = {
    threshold: { attribute: false },
    optimum: { attribute: false },
    valueText: { attribute: false },
    typed: { attribute: false },
  };
  /** May be between two steps: the thumb is then at the nearer one. */
  declare threshold: Threshold;
  /** null: no mark. */
  declare optimum: Threshold | null;
  /** Text for screen readers instead of the bare number. */
  declare valueText: string;
  /** Adds a field for typing the number. */
  declare typed: boolean;

  constructor() {
    super();
    this.typed = false;
  }

  override render() {
    return html`
      <label for="threshold">${t('threshold')}${this.typed ? this.#logOdds() : nothing}</label>
      ${
        this.typed
          ? numberInput({
              label: t('thresholdTyped'),
              // All digits, because rounding could move the threshold past its own image.
              value: this.threshold.probability,
              min: 0,
              max: 1,
              step: 0.001,
              onChange: (probability) => this.dispatchEvent(thresholdEvent({ probability })),
            })
          : html`<output for="threshold" class="number">${formatThreshold(this.threshold)}</output>`
      }
      <input
        id="threshold"
        type="range"
        min="0"
        max="1"
        step="0.001"
        .value=${String(this.threshold.probability)}
        aria-valuetext=${this.valueText}
        @input=${this.#moved}
      />
      <span class="scale number" aria-hidden="true">
        <span>0</span
        >${this.optimum === null ? nothing : html`<span class="optimum" ${cssVariables({ '--at': String(this.optimum.probability) })}></span>`}<span
          >1</span
        >
      </span>`;
  }

  /** Beside a field, which has space only for the probability. */
  #logOdds() {
    const text = logOddsText(this.threshold);
    return text === null ? nothing : html` <span class="muted number">(${text})</span>`;
  }

  #moved = (event: Event): void => {
    const probability = Number((event.target as HTMLInputElement).value);
    this.dispatchEvent(thresholdEvent({ probability }));
  };

  static override styles = [
    base,
    rangeStyle,
    numberInputStyle,
    css`
      :host {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 2px 8px;
      }
      label,
      output {
        font-weight: 600;
      }
      input[type='range'] {
        grid-column: 1 / -1;
      }
      .scale {
        position: relative;
        grid-column: 1 / -1;
        display: flex;
        justify-content: space-between;
        padding: 0 4px;
        font-size: 11px;
        color: var(--sh-muted);
      }
      .optimum {
        position: absolute;
        left: calc(8px + (100% - 16px) * var(--at));
        top: 0;
        width: 9px;
        height: 9px;
        border: 1.5px solid var(--sh-val);
        translate: -50% 0;
        rotate: 45deg;
      }
    `,
  ];
}
