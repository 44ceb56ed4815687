// <sh-deletion-chart>: the score of the class while more and more of the image is removed in the map's order, against the range of
// random orders.

import { css, html, LitElement, svg } from 'lit';
import { largest, smallest } from '../../shared/lists.ts';
import { t } from '../../shared/strings/strings.ts';
import { chartStyle } from '../charts/chartStyle.ts';
import { MeasuredWidth } from '../charts/surroundings.ts';
import { formatMetric } from '../page/format.ts';
import { base } from '../styles/base.ts';

const margin = { top: 8, right: 10, bottom: 34, left: 48 };
const heightPx = 210;

export interface DeletionCurves {
  /** From 0 to 1. */
  readonly fractions: readonly number[];
  readonly scores: readonly number[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Range of the score axis: 0 to 1 for probabilities, the values' range for logits. */
export function scoreSpan({ scores, low, high }: DeletionCurves, isShare: boolean): readonly [number, number] {
  if (isShare) return [0, 1];
  const [least, most] = [smallest([...scores, ...low]), largest([...scores, ...high])];
  const pad = 0.05 * (most - least || 1);
  return [least - pad, most + pad];
}

export class DeletionChart extends LitElement {
  static override properties = {
    curves: { attribute: false },
    isShare: { attribute: false },
    axis: { attribute: false },
    label: { attribute: false },
  };
  declare curves: DeletionCurves;
  /** Scores are probabilities. */
  declare isShare: boolean;
  declare axis: string;
  declare label: string;

  #width = new MeasuredWidth(this, { least: 220, usual: 400, most: 560 });

  override render() {
    const { fractions, scores, mean, low, high } = this.curves;
    const [least, most] = scoreSpan(this.curves, this.isShare);
    const width = this.#width.value - margin.left - margin.right;
    const height = heightPx - margin.top - margin.bottom;
    const x = (fraction: number) => margin.left + fraction * width;
    const y = (score: number) => margin.top + (1 - (score - least) / (most - least)) * height;
    const at = (values: readonly number[], i: number) => `${x(fractions[i]!).toFixed(1)} ${y(values[i]!).toFixed(1)}`;
    const line = (values: readonly number[]) => `M${fractions.map((_, i) => at(values, i)).join('L')}`;
    const band = `${line(high)}L${fractions.map((_, i) => at(low, fractions.length - 1 - i)).join('L')}Z`;
    const shares = [0, 0.25, 0.5, 0.75, 1];
    return html`<svg role="img" aria-label=${this.label} viewBox="0 0 ${this.#width.value} ${heightPx}" width=${this.#width.value} height=${heightPx}>
        ${shares.map((share) => {
          const score = least + share * (most - least);
          return svg`
            <line class="grid" x1=${x(0)} x2=${x(1)} y1=${y(score)} y2=${y(score)}></line>
            <text class="tick end" x=${x(0) - 6} y=${y(score) + 4}>${formatMetric(score, 2)}</text>
            <text class="tick middle" x=${x(share)} y=${margin.top + height + 14}>${share}</text>`;
        })}
        <text class="tick middle" x=${x(0.5)} y=${heightPx - 3}>${t('camDeletionX')}</text>
        <text class="tick middle" transform="rotate(-90 11 ${margin.top + height / 2})" x="11" y=${margin.top + height / 2}>${this.axis}</text>
        <path class="band" d=${band}></path>
        <path class="mean" d=${line(mean)}></path>
        <path class="curve" d=${line(scores)}></path>
      </svg>
      <p class="legend"><span class="key"><svg class="sample" viewBox="0 0 22 8" aria-hidden="true"><path class="curve" d="M0 4H22"></path></svg>${t('camByMap')}</span> <span class="key"><svg class="sample" viewBox="0 0 22 8" aria-hidden="true"><rect class="band" width="22" height="8"></rect><path class="mean" d="M0 4H22"></path></svg>${t('camByChance')}</span></p>`;
  }

  static override styles = [
    base,
    chartStyle,
    css`
      svg {
        display: block;
        max-width: 100%;
      }
      .band {
        fill: color-mix(in srgb, var(--vscode-foreground) 14%, transparent);
        stroke: var(--sh-hairline);
      }
      .mean {
        fill: none;
        stroke: var(--vscode-foreground);
        stroke-width: 1.5;
        stroke-dasharray: 4 3;
      }
      .curve {
        fill: none;
        stroke: var(--sh-val);
        stroke-width: 2.5;
        stroke-linejoin: round;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        font-size: 12px;
      }
      .key {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .sample {
        flex: none;
        width: 22px;
        height: 8px;
      }
    `,
  ];
}
