// <sh-histogram-chart>: number of images by score, one class upwards and the other downwards, with the line of the threshold.
// A click or a drag moves the threshold; the slider beside it does the same by keyboard.

import { css, html, LitElement, nothing, svg } from 'lit';
import { largest } from '../../shared/lists.ts';
import { t } from '../../shared/strings/strings.ts';
import { chartStyle } from '../charts/chartStyle.ts';
import { MeasuredWidth } from '../charts/surroundings.ts';
import { base } from '../styles/base.ts';
import { draggingAt } from './dragging.ts';
import type { ScoreHistogram } from './scoreHistogram.ts';
import { thresholdEvent } from './thresholdEvent.ts';

const margin = { top: 18, right: 12, bottom: 36, left: 44 };
const heightPx = 320;
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

export class HistogramChart extends LitElement {
  static override properties = {
    histogram: { attribute: false },
    threshold: { attribute: false },
    xLabel: { attribute: false },
    label: { attribute: false },
  };
  declare histogram: ScoreHistogram;
  declare threshold: number;
  declare xLabel: string;
  declare label: string;

  #width = new MeasuredWidth(this, { least: 220, usual: 440, most: 900 });

  override render() {
    const { edges, up, down } = this.histogram;
    const { x, y, highest, lowest } = this.#scales();
    const bars = (counts: readonly number[], sign: 1 | -1, kind: 'up' | 'down') =>
      counts.map((count, i) => {
        if (count === 0) return nothing;
        const [from, to] = [y(0), y(sign * count)];
        return svg`<rect class=${kind} x=${x(edges[i]!) + 0.5} width=${Math.max(1, x(edges[i + 1]!) - x(edges[i]!) - 1)} y=${Math.min(from, to)} height=${Math.abs(to - from)}></rect>`;
      });
    const at = x(Math.min(1, Math.max(0, this.threshold)));
    return html`<svg
      role="img"
      aria-label=${this.label}
      viewBox="0 0 ${this.#width.value} ${heightPx}"
      width=${this.#width.value}
      height=${heightPx}
      @pointerdown=${this.#dragging.grab}
      @pointermove=${this.#dragging.drag}
    >
      ${ticks.map((tick) => svg`<text class="tick middle" x=${x(tick)} y=${heightPx - margin.bottom + 14}>${tick}</text>`)}
      ${[...new Set([highest, 0, -lowest])].map(
        (count) => svg`
          <line class="grid" x1=${x(0)} x2=${x(1)} y1=${y(count)} y2=${y(count)}></line>
          <text class="tick end" x=${x(0) - 6} y=${y(count) + 4}>${Math.abs(count)}</text>`,
      )}
      <text class="axis middle" x=${x(0.5)} y=${heightPx - 3}>${this.xLabel}</text>
      <text class="axis middle" transform="rotate(-90 11 ${(y(highest) + y(-lowest)) / 2})" x="11" y=${(y(highest) + y(-lowest)) / 2}>${t('images')}</text>
      ${bars(up.counts, 1, 'up')}${down === null ? nothing : bars(down.counts, -1, 'down')}
      <line class="zero" x1=${x(0)} x2=${x(1)} y1=${y(0)} y2=${y(0)}></line>
      <text class="name" x=${x(0) + 6} y=${y(highest) + 12}>↑ ${up.name}</text>
      ${down === null ? nothing : svg`<text class="name end" x=${x(1) - 6} y=${y(-lowest) - 4}>↓ ${down.name}</text>`}
      <line class="threshold" x1=${at} x2=${at} y1=${margin.top - 6} y2=${heightPx - margin.bottom}></line>
      <path class="handle" transform="translate(${at} ${margin.top - 8})" d="M-6-7H6V0L0 7L-6 0Z"></path>
    </svg>`;
  }

  #scales() {
    const { up, down } = this.histogram;
    const highest = Math.max(1, largest(up.counts));
    const lowest = down === null ? 0 : Math.max(1, largest(down.counts));
    const width = this.#width.value - margin.left - margin.right;
    const height = heightPx - margin.top - margin.bottom;
    return {
      highest,
      lowest,
      x: (score: number) => margin.left + score * width,
      y: (count: number) => margin.top + ((highest - count) / (highest + lowest)) * height,
      scoreAt: (px: number) => Math.min(1, Math.max(0, (px - margin.left) / width)),
    };
  }

  #dragging = draggingAt((event) => this.#ask(event));

  #ask(event: PointerEvent): void {
    const score = this.#scales().scoreAt(event.offsetX);
    this.dispatchEvent(thresholdEvent({ probability: Math.round(score * 1000) / 1000 }));
  }

  static override styles = [
    base,
    chartStyle,
    css`
      svg {
        display: block;
        max-width: 100%;
        margin: auto;
        cursor: ew-resize;
        touch-action: none;
        user-select: none;
      }
      .zero {
        stroke: var(--vscode-foreground);
      }
      .name {
        fill: var(--vscode-foreground);
        stroke: var(--vscode-editor-background);
        stroke-width: 3;
        stroke-linejoin: round;
        paint-order: stroke;
        font-size: 11px;
      }
      .up {
        fill: var(--sh-val);
      }
      .down {
        fill: var(--sh-train);
      }
      .threshold {
        stroke: var(--vscode-foreground);
        stroke-width: 1.5;
        stroke-dasharray: 4 3;
      }
      .handle {
        fill: var(--vscode-foreground);
        stroke: var(--vscode-editor-background);
      }
    `,
  ];
}
