// <sh-roc-chart>: the ROC curve with the chance line, the validation optimum and the point of the threshold.
// A click or a drag asks for the nearest point; the slider beside it does the same by keyboard.
import { css, html, LitElement, nothing, svg } from 'lit';
import type { RocPoint } from '../decision.ts';
import { t } from '../strings.ts';
import { base } from '../styles/base.ts';

const margin = { top: 8, right: 10, bottom: 36, left: 44 };
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

export class RocChart extends LitElement {
  static override properties = {
    points: { attribute: false },
    at: { attribute: false },
    optimum: { attribute: false },
    label: { attribute: false },
    sidePx: { state: true },
  };
  /** From (0, 0) to (1, 1). */
  declare points: readonly RocPoint[];
  declare at: RocPoint;
  declare optimum: RocPoint | null;
  declare label: string;
  declare sidePx: number;

  #size = new ResizeObserver(([entry]) => {
    const width = entry?.contentRect.width ?? 0;
    if (width > 0) this.sidePx = Math.round(Math.min(440, Math.max(200, width)));
  });

  constructor() {
    super();
    this.sidePx = 360;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  override render() {
    const side = this.sidePx;
    const { x, y, width, height } = this.#scales();
    const line = this.points
      .map(
        (point, i) =>
          `${i === 0 ? 'M' : 'L'}${x(point.falsePositiveRate).toFixed(1)} ${y(point.truePositiveRate).toFixed(1)}`,
      )
      .join('');
    const { at, optimum } = this;
    return html`<svg
      class="roc"
      role="img"
      aria-label=${this.label}
      viewBox="0 0 ${side} ${side}"
      width=${side}
      height=${side}
      @pointerdown=${this.#grab}
      @pointermove=${this.#drag}
    >
      ${ticks.map(
        (tick) => svg`
          <line class="grid" x1=${x(tick)} x2=${x(tick)} y1=${y(0)} y2=${y(1)}></line>
          <line class="grid" x1=${x(0)} x2=${x(1)} y1=${y(tick)} y2=${y(tick)}></line>
          <text class="tick middle" x=${x(tick)} y=${y(0) + 14}>${tick}</text>
          <text class="tick end" x=${x(0) - 6} y=${y(tick) + 4}>${tick}</text>`,
      )}
      <text class="axis middle" x=${x(0.5)} y=${side - 3}>${t('falsePositiveRate')}</text>
      <text class="axis middle" transform="rotate(-90 11 ${y(0.5)})" x="11" y=${y(0.5)}>${t('sensitivity')}</text>
      <line class="chance" x1=${x(0)} y1=${y(0)} x2=${x(1)} y2=${y(1)}></line>
      <text class="tick" x=${x(0.5) + 8} y=${y(0.5) + 16}>${t('chance')}</text>
      <path class="area" d="${line}L${x(1)} ${y(0)}L${x(0)} ${y(0)}Z"></path>
      <path class="curve" d=${line}></path>
      <line class="guide" x1=${x(at.falsePositiveRate)} x2=${x(at.falsePositiveRate)} y1=${y(at.truePositiveRate)} y2=${y(0)}></line>
      <line class="guide" x1=${x(0)} x2=${x(at.falsePositiveRate)} y1=${y(at.truePositiveRate)} y2=${y(at.truePositiveRate)}></line>
      ${
        optimum === null
          ? nothing
          : svg`<path class="optimum" transform="translate(${x(optimum.falsePositiveRate)} ${y(optimum.truePositiveRate)})" d="M0-8L8 0L0 8L-8 0Z"><title>${t('isYoudenMark')}</title></path>`
      }
      <circle class="point" cx=${x(at.falsePositiveRate)} cy=${y(at.truePositiveRate)} r="5"></circle>
      <rect class="frame" x=${x(0)} y=${y(1)} width=${width} height=${height}></rect>
    </svg>`;
  }

  #scales() {
    const width = this.sidePx - margin.left - margin.right;
    const height = this.sidePx - margin.top - margin.bottom;
    return {
      width,
      height,
      x: (rate: number) => margin.left + rate * width,
      y: (rate: number) => margin.top + (1 - rate) * height,
    };
  }

  #grab = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as SVGElement).setPointerCapture(event.pointerId);
    this.#ask(event);
  };

  #drag = (event: PointerEvent): void => {
    if ((event.currentTarget as SVGElement).hasPointerCapture(event.pointerId)) this.#ask(event);
  };

  #ask(event: PointerEvent): void {
    const { x, y } = this.#scales();
    let nearest: RocPoint | undefined;
    let smallest = Number.POSITIVE_INFINITY;
    for (const point of this.points) {
      const distance = Math.hypot(
        x(point.falsePositiveRate) - event.offsetX,
        y(point.truePositiveRate) - event.offsetY,
      );
      if (distance < smallest) [nearest, smallest] = [point, distance];
    }
    if (nearest)
      this.dispatchEvent(new CustomEvent('sh-threshold', { detail: nearest.threshold, bubbles: true, composed: true }));
  }

  static override styles = [
    base,
    css`
      .roc {
        display: block;
        max-width: 100%;
        margin: auto;
        cursor: crosshair;
        touch-action: none;
        user-select: none;
      }
      .grid {
        stroke: var(--sh-hairline);
      }
      .frame {
        fill: none;
        stroke: var(--sh-border);
        pointer-events: none;
      }
      .tick,
      .axis {
        fill: var(--sh-muted);
        font-size: 11px;
      }
      .middle {
        text-anchor: middle;
      }
      .end {
        text-anchor: end;
      }
      .chance {
        stroke: var(--sh-muted);
        stroke-dasharray: 3 4;
      }
      .area {
        fill: color-mix(in srgb, var(--sh-val) 9%, transparent);
      }
      .curve {
        fill: none;
        stroke: var(--sh-val);
        stroke-width: 2;
        stroke-linejoin: round;
      }
      .guide {
        stroke: var(--vscode-foreground);
        stroke-dasharray: 1 3;
      }
      .point {
        fill: var(--vscode-foreground);
        stroke: var(--vscode-editor-background);
        stroke-width: 2;
      }
      .optimum {
        fill: var(--vscode-editor-background);
        stroke: var(--sh-val);
        stroke-width: 1.5;
      }
      :host-context(.vscode-high-contrast) .area,
      :host-context(.vscode-high-contrast-light) .area {
        fill: none;
      }
    `,
  ];
}
