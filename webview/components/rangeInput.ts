// Native slider with a uniform style. Styles: rangeStyle.
import { html, type TemplateResult } from 'lit';

export interface RangeOptions {
  /** Unique in its shadow tree. */
  readonly id: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** Text for screen readers instead of the bare number. */
  readonly valueText: string;
  readonly onMove: (value: number) => void;
}

export const rangeInput = ({
  id,
  label,
  min,
  max,
  step,
  value,
  valueText,
  onMove,
}: RangeOptions): TemplateResult => html`
  <label for=${id}>${label}</label>
  <input
    id=${id}
    type="range"
    min=${min}
    max=${max}
    step=${step}
    .value=${String(value)}
    aria-valuetext=${valueText}
    @input=${(event: Event) => onMove(Number((event.target as HTMLInputElement).value))}
  />`;
