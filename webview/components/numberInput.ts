// Native number field with a uniform style. Reports only numbers within its bounds and resets anything else.
import { css, html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

export interface NumberInputOptions {
  /** Text for screen readers, beside a visible label. */
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number | 'any';
  readonly onChange: (value: number) => void;
}

/** Styles: numberInputStyle. */
export const numberInput = ({ label, value, min, max, step, onChange }: NumberInputOptions): TemplateResult => html`
  <input
    type="number"
    aria-label=${label}
    min=${min}
    max=${max}
    step=${step}
    .value=${live(String(value))}
    @change=${(event: Event) => {
      const input = event.target as HTMLInputElement;
      const typed = input.valueAsNumber;
      if (typed >= min && typed <= max) onChange(typed);
      else input.value = String(value);
    }}
  />`;

export const numberInputStyle = css`
  input[type='number'] {
    width: 9.5em;
    text-overflow: ellipsis;
    padding: 2px 6px;
    border: 1px solid var(--vscode-input-border, var(--sh-border));
    border-radius: 3px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
    font: inherit;
    font-variant-numeric: tabular-nums;
  }
`;
