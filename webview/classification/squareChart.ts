// <sh-square-chart>: curves, marks and dots in the unit square: ROC, precision and recall, calibration. A click or a drag requests the
// threshold of the nearest point of the first line; the slider beside it does the same by keyboard.
import { css, html, LitElement, nothing, svg } from 'lit';
import { chartStyle } from '../charts/chartStyle.ts';
import { MeasuredWidth } from '../charts/surroundings.ts';
import { base } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';
import { draggingAt } from './dragging.ts';
import { thresholdEvent } from './thresholdEvent.ts';

export interface SquarePoint {
  readonly x: number;
  readonly y: number;
}

export interface SquareLine {
  /** `threshold`: log-odds that a click near the point requests; absent: no click target. */
  readonly points: readonly (SquarePoint & { readonly threshold?: number })[];
  /** Custom property with a colour. */
  readonly color: `--${string}`;
  /** Lengths of line and gap in px; empty: solid. */
  readonly dash: readonly number[];
}

/** A number with its interval along y. */
export interface SquareDot extends SquarePoint {
  readonly low: number;
  readonly high: number;
  /** Area as a proportion of the largest dot's. */
  readonly size: number;
  readonly title: string;
}

/** Reference line that needs no images: chance, the prevalence, perfect calibration. */
export interface Reference {
  readonly from: SquarePoint;
  readonly to: SquarePoint;
  readonly label: string;
}

const margin = { top: 8, right: 10, bottom: 36, left: 44 };
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

export class SquareChart extends LitElement {
  static override properties = {
    lines: { attribute: false },
    filled: { attribute: false },
    band: { attribute: false },
    dots: { attribute: false },
    reference: { attribute: false },
    at: { attribute: false },
    optimum: { attribute: false },
    optimumTitle: { attribute: false },
    xLabel: { attribute: false },
    yLabel: { attribute: false },
    label: { attribute: false },
  };
  declare lines: readonly SquareLine[];
  /** Shades the area under the first line. */
  declare filled: boolean;
  /** Polygon around the first line; empty: none. */
  declare band: readonly SquarePoint[];
  declare dots: readonly SquareDot[];
  declare reference: Reference;
  /** Point of the threshold; null: none. */
  declare at: SquarePoint | null;
  declare optimum: SquarePoint | null;
  declare optimumTitle: string;
  declare xLabel: string;
  declare yLabel: string;
  declare label: string;

  #width = new MeasuredWidth(this, { least: 200, usual: 360, most: 440 });

  constructor() {
    super();
    this.filled = false;
    this.band = [];
    this.dots = [];
    this.at = null;
    this.optimum = null;
    this.optimumTitle = '';
  }

  override render() {
    const side = this.#width.value;
    const { x, y, width, height } = this.#scales();
    const { at, optimum, reference, lines } = this;
    const paths = lines.map(({ points }) =>
      points.map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`).join(''),
    );
    const ends = lines[0]?.points;
    return html`<svg
      class=${this.#asks() ? 'square asks' : 'square'}
      role="img"
      aria-label=${this.label}
      viewBox="0 0 ${side} ${side}"
      width=${side}
      height=${side}
      @pointerdown=${this.#dragging.grab}
      @pointermove=${this.#dragging.drag}
    >
      ${ticks.map(
        (tick) => svg`
          <line class="grid" x1=${x(tick)} x2=${x(tick)} y1=${y(0)} y2=${y(1)}></line>
          <line class="grid" x1=${x(0)} x2=${x(1)} y1=${y(tick)} y2=${y(tick)}></line>
          <text class="tick middle" x=${x(tick)} y=${y(0) + 14}>${tick}</text>
          <text class="tick end" x=${x(0) - 6} y=${y(tick) + 4}>${tick}</text>`,
      )}
      <text class="axis middle" x=${x(0.5)} y=${side - 3}>${this.xLabel}</text>
      <text class="axis middle" transform="rotate(-90 11 ${y(0.5)})" x="11" y=${y(0.5)}>${this.yLabel}</text>
      <line class="chance" x1=${x(reference.from.x)} y1=${y(reference.from.y)} x2=${x(reference.to.x)} y2=${y(reference.to.y)}></line>
      ${this.#referenceText()}
      ${
        this.filled && ends !== undefined && ends.length > 1
          ? svg`<path class="area" d="${paths[0]}L${x(ends.at(-1)!.x)} ${y(0)}L${x(ends[0]!.x)} ${y(0)}Z"></path>`
          : nothing
      }
      ${
        this.band.length === 0
          ? nothing
          : svg`<polygon class="band" points=${this.band.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(' ')}></polygon>`
      }
      ${lines.map(
        ({ color, dash }, i) =>
          svg`<path class="curve" d=${paths[i]} stroke-dasharray=${dash.length === 0 ? nothing : dash.join(' ')} ${cssVariables({ '--color': `var(${color})` })}></path>`,
      )}
      ${this.dots.map(
        (dot) => svg`<g class="dot">
          <title>${dot.title}</title>
          <line x1=${x(dot.x)} x2=${x(dot.x)} y1=${y(dot.low)} y2=${y(dot.high)}></line>
          <circle cx=${x(dot.x)} cy=${y(dot.y)} r=${3 + 5 * Math.sqrt(dot.size)}></circle>
        </g>`,
      )}
      ${
        at === null || !Number.isFinite(at.x + at.y)
          ? nothing
          : svg`<line class="guide" x1=${x(at.x)} x2=${x(at.x)} y1=${y(at.y)} y2=${y(0)}></line>
            <line class="guide" x1=${x(0)} x2=${x(at.x)} y1=${y(at.y)} y2=${y(at.y)}></line>`
      }
      ${
        optimum === null
          ? nothing
          : svg`<path class="optimum" transform="translate(${x(optimum.x)} ${y(optimum.y)})" d="M0-8L8 0L0 8L-8 0Z"><title>${this.optimumTitle}</title></path>`
      }
      ${
        at === null || !Number.isFinite(at.x + at.y)
          ? nothing
          : svg`<circle class="point" cx=${x(at.x)} cy=${y(at.y)} r="5"></circle>`
      }
      <rect class="frame" x=${x(0)} y=${y(1)} width=${width} height=${height}></rect>
    </svg>`;
  }

  /** Position of a label: below a diagonal, or above a horizontal line. */
  #referenceText() {
    const { x, y } = this.#scales();
    const { from, to, label } = this.reference;
    const level = from.y === to.y;
    return level
      ? svg`<text class="tick" x=${x(0) + 6} y=${y(from.y) + (from.y > 0.9 ? 14 : -5)}>${label}</text>`
      : svg`<text class="tick" x=${x(0.5) + 8} y=${y(0.5) + 16}>${label}</text>`;
  }

  #scales() {
    const width = this.#width.value - margin.left - margin.right;
    const height = this.#width.value - margin.top - margin.bottom;
    return {
      width,
      height,
      x: (value: number) => margin.left + value * width,
      y: (value: number) => margin.top + (1 - value) * height,
    };
  }

  #asks(): boolean {
    return this.lines[0]?.points.some(({ threshold }) => threshold !== undefined) ?? false;
  }

  #dragging = draggingAt((event) => this.#ask(event));

  #ask(event: PointerEvent): void {
    const { x, y } = this.#scales();
    let nearest: number | undefined;
    let smallest = Number.POSITIVE_INFINITY;
    for (const point of this.lines[0]?.points ?? []) {
      const distance = Math.hypot(x(point.x) - event.offsetX, y(point.y) - event.offsetY);
      if (point.threshold !== undefined && distance < smallest) [nearest, smallest] = [point.threshold, distance];
    }
    if (nearest !== undefined) this.dispatchEvent(thresholdEvent({ logOdds: nearest }));
  }

  static override styles = [
    base,
    chartStyle,
    css`
      .square {
        display: block;
        max-width: 100%;
        margin: auto;
        user-select: none;
      }
      .asks {
        cursor: crosshair;
        touch-action: none;
      }
      .frame {
        fill: none;
        stroke: var(--sh-border);
        pointer-events: none;
      }
      .chance {
        stroke: var(--sh-muted);
        stroke-dasharray: 3 4;
      }
      .band {
        fill: color-mix(in srgb, var(--sh-val) 12%, transparent);
        stroke: color-mix(in srgb, var(--sh-val) 35%, transparent);
      }
      .area {
        fill: color-mix(in srgb, var(--sh-val) 9%, transparent);
      }
      .curve {
        fill: none;
        stroke: var(--color);
        stroke-width: 2;
        stroke-linejoin: round;
      }
      .dot line {
        stroke: var(--sh-val);
      }
      .dot circle {
        fill: var(--sh-val);
        stroke: var(--vscode-editor-background);
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
