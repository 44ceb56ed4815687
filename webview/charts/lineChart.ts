// <sh-line-chart>: one metric by epoch, train and validation, with the stages' borders and the kept epochs.
// Train is dashed, validation solid: told apart without colour. Drawn by uPlot; the words around it by Lit.
import { css, html, LitElement, nothing, type PropertyValues, svg, unsafeCSS } from 'lit';
import uPlot from 'uplot';
import uPlotCss from 'uplot/dist/uPlot.min.css' with { type: 'text' };
import type { Curve, CurveMetric, StageSpan } from '../curves.ts';
import { formatMetric } from '../format.ts';
import { t } from '../strings.ts';
import { base } from '../styles/base.ts';
import { drawKept, drawStages } from './marks.ts';
import { epochRange, epochTicks, lossRange, shareRange } from './scale.ts';
import { colorOf, onThemeChange } from './theme.ts';

const heightPx = 168;
const dashPx = [5, 4];
/** Charts with this key share their crosshair. */
const crosshair = 'run';

export class LineChart extends LitElement {
  static override properties = {
    metric: { attribute: false },
    curve: { attribute: false },
    spans: { attribute: false },
    planned: { attribute: false },
    cursor: { state: true },
  };
  declare metric: CurveMetric;
  declare curve: Curve;
  declare spans: readonly StageSpan[];
  /** Epochs of the whole run: the width of the x axis. */
  declare planned: number;
  /** Index of the epoch under the crosshair. */
  declare cursor: number | null;

  #plot: uPlot | undefined;
  #theme: { stop(): void } | undefined;
  #size = new ResizeObserver(() => this.#fit());
  #colors = { train: '', val: '', text: '', grid: '', family: '' };

  constructor() {
    super();
    this.cursor = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#theme = onThemeChange(() => this.#recolor());
    this.#size.observe(this);
    // Back in the page after a removal: the plot was given up then.
    if (this.hasUpdated) this.requestUpdate('curve');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#theme?.stop();
    this.#size.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  override render() {
    const { epochs, train, val } = this.curve;
    const at = Math.min(this.cursor ?? epochs.length - 1, epochs.length - 1);
    const label = t('chartLabel', {
      metric: t(this.metric),
      epoch: epochs.at(-1) ?? 0,
      train: formatMetric(train.at(-1)),
      val: formatMetric(val.at(-1)),
    });
    return html`
      <div class="head">
        <h3>${t(this.metric)}</h3>
        ${
          at < 0
            ? nothing
            : html`<div class="legend">
              <span class="train">${sample('train')}${t('train')} <b class="number">${formatMetric(train[at])}</b></span>
              <span class="val">${sample('val')}${t('validation')} <b class="number">${formatMetric(val[at])}</b></span>
              <span class="muted number">${t('atEpoch', { epoch: epochs[at]! })}</span>
            </div>`
        }
      </div>
      <div class="plot" role="img" aria-label=${label}></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('curve') && !changed.has('spans') && !changed.has('planned')) return;
    if (this.#plot === undefined) this.#create();
    else this.#plot.setData(this.#data());
  }

  #data(): uPlot.AlignedData {
    return [[...this.curve.epochs], [...this.curve.train], [...this.curve.val]];
  }

  #create(): void {
    const root = this.renderRoot.querySelector<HTMLElement>('.plot')!;
    this.#readColors();
    const colors = this.#colors;
    const range = this.metric === 'loss' ? lossRange : shareRange;
    const axis = { stroke: () => colors.text, ticks: { show: false }, labelSize: 0, labelGap: 0 };
    const series = (name: 'train' | 'val'): uPlot.Series => ({
      label: t(name === 'train' ? 'train' : 'validation'),
      stroke: () => colors[name],
      width: 2,
      spanGaps: true,
      ...(name === 'train' ? { dash: dashPx } : {}),
      points: {
        show: (plot) => (plot.data[0]?.length ?? 0) < 40,
        size: 5,
        stroke: () => colors[name],
        fill: () => colors[name],
      },
    });
    this.#plot = new uPlot(
      {
        width: Math.max(200, root.clientWidth),
        height: heightPx,
        padding: [16, 8, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          points: { size: 8 },
          drag: { x: false, y: false },
          sync: { key: crosshair, setSeries: false },
        },
        scales: {
          x: { time: false, range: () => [...epochRange(this.planned)] },
          y: { range: () => [...range([...this.curve.train, ...this.curve.val])] },
        },
        axes: [
          {
            ...axis,
            size: 24,
            gap: 4,
            grid: { show: false },
            font: `11px ${colors.family}`,
            splits: (plot) => epochTicks(this.planned, plot.width / 36),
          },
          {
            ...axis,
            size: 44,
            gap: 6,
            font: `11px ${colors.family}`,
            grid: { stroke: () => colors.grid, width: 1 },
            space: 32,
            values: (_plot, ticks) => ticks.map((tick) => String(Number(tick.toPrecision(4)))),
          },
        ],
        series: [{}, series('train'), series('val')],
        hooks: {
          drawAxes: [(plot) => drawStages(plot, this.spans, colors)],
          draw: [(plot) => drawKept(plot, this.spans, this.curve, colors)],
          setCursor: [(plot) => (this.cursor = plot.cursor.idx ?? null)],
        },
      },
      this.#data(),
      root,
    );
  }

  #readColors(): void {
    Object.assign(this.#colors, {
      train: colorOf(this, '--sh-train'),
      val: colorOf(this, '--sh-val'),
      text: colorOf(this, '--sh-muted'),
      grid: colorOf(this, '--sh-hairline'),
      family: getComputedStyle(this).fontFamily,
    });
  }

  #recolor(): void {
    if (this.#plot === undefined) return;
    this.#readColors();
    this.#plot.redraw(false, true);
  }

  #fit(): void {
    const width = this.renderRoot.querySelector('.plot')?.clientWidth ?? 0;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: heightPx });
  }

  static override styles = [
    unsafeCSS(uPlotCss),
    base,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 16px;
        min-height: 18px;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        font-size: 12px;
      }
      .legend > span {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .sample {
        width: 22px;
        height: 8px;
        stroke-width: 2;
      }
      .train .sample {
        stroke: var(--sh-train);
      }
      .val .sample {
        stroke: var(--sh-val);
      }
      .plot {
        height: 168px;
        overflow: hidden;
      }
      .uplot {
        font-family: inherit;
      }
      .u-hz .u-cursor-x {
        border-right: 1px solid var(--sh-muted);
      }
    `,
  ];
}

const sample = (name: 'train' | 'val') =>
  svg`<svg class="sample" viewBox="0 0 22 8" aria-hidden="true"><path d="M0 4H22" stroke-dasharray=${name === 'train' ? '5 4' : nothing}></path></svg>`;
