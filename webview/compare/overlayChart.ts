// <sh-overlay-chart>: one metric of several runs by epoch. Each run has a colour, a dash and its letter at the end of its line.
// The element reports the epoch under its crosshair (sh-cursor); legend and table are beside it.
import { css, html, LitElement, type PropertyValues, unsafeCSS } from 'lit';
import uPlot from 'uplot';
import uPlotCss from 'uplot/dist/uPlot.min.css' with { type: 'text' };
import { dashes, letterOf, runColor } from '../charts/palette.ts';
import { epochRange, epochTicks, logRange, logTicks, lossRange, type Range, shareRange } from '../charts/scale.ts';
import { watchSurroundings } from '../charts/surroundings.ts';
import { colorOf } from '../charts/theme.ts';
import { base } from '../styles/base.ts';
import type { Overlay } from './curves.ts';
import { spreadLabels } from './spread.ts';

const heightPx = 320;

export class OverlayChart extends LitElement {
  static override properties = {
    overlay: { attribute: false },
    isLoss: { attribute: false },
    logScale: { attribute: false },
    label: { attribute: false },
  };
  /** Hidden runs are not included. */
  declare overlay: Overlay;
  declare isLoss: boolean;
  declare logScale: boolean;
  declare label: string;

  #plot: uPlot | undefined;
  /** Lines and scale that the plot was created for. */
  #shape = '';
  #ink = { text: '', grid: '', family: '' };

  constructor() {
    super();
    watchSurroundings(this, { size: () => this.#fit(), theme: () => this.#recolor() });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate('overlay');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#giveUp();
  }

  override render() {
    return html`<div class="plot" role="img" aria-label=${this.label} tabindex="0" @keydown=${this.#move}></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('overlay') && !changed.has('logScale') && !changed.has('isLoss')) return;
    const shape = [this.logScale, this.isLoss, ...this.overlay.series.map(({ run }) => run.index)].join();
    if (shape !== this.#shape) this.#giveUp();
    this.#shape = shape;
    if (this.#plot === undefined) this.#create();
    else this.#plot.setData(this.#data());
  }

  #data(): uPlot.AlignedData {
    // Zero has no logarithm.
    const drawn = (value: number | null) => (this.logScale && value !== null && value <= 0 ? null : value);
    return [[...this.overlay.epochs], ...this.overlay.series.map(({ values }) => values.map(drawn))];
  }

  #create(): void {
    const root = this.renderRoot.querySelector<HTMLElement>('.plot')!;
    this.#readInk();
    const ink = this.#ink;
    const range = this.isLoss ? lossRange : shareRange;
    const axis = {
      stroke: () => ink.text,
      ticks: { show: false },
      labelSize: 0,
      labelGap: 0,
      font: `11px ${ink.family}`,
    };
    const planned = () => Math.max(2, this.overlay.epochs.length);
    const height = (): Range => (this.logScale ? logRange : range)(this.overlay.series.flatMap(({ values }) => values));
    this.#plot = new uPlot(
      {
        width: Math.max(200, root.clientWidth),
        height: heightPx,
        padding: [10, 22, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { size: 8 }, drag: { x: false, y: false } },
        scales: {
          x: { time: false, range: () => [...epochRange(planned())] },
          y: { distr: this.logScale ? 3 : 1, log: 10, range: () => [...height()] },
        },
        axes: [
          {
            ...axis,
            size: 24,
            gap: 4,
            grid: { show: false },
            splits: (plot) => epochTicks(epochRange(planned()), plot.width / 36),
          },
          {
            ...axis,
            size: 52,
            gap: 6,
            grid: { stroke: () => ink.grid, width: 1 },
            ...(this.logScale ? { splits: () => logTicks(height(), 8) } : {}),
            filter: (_plot, ticks) => ticks,
            values: (_plot, ticks) => ticks.map((tick) => String(Number(tick.toPrecision(4)))),
          },
        ],
        series: [
          {},
          ...this.overlay.series.map(({ run }): uPlot.Series => {
            const stroke = () => colorOf(this, runColor(run.index));
            return {
              label: letterOf(run.index),
              stroke,
              width: 2,
              dash: [...dashes[run.index % dashes.length]!],
              spanGaps: true,
              points: { show: this.overlay.epochs.length < 30, size: 5, stroke, fill: stroke },
            };
          }),
        ],
        hooks: {
          draw: [(plot) => this.#drawLetters(plot)],
          setCursor: [(plot) => this.#tell(plot.cursor.idx ?? null)],
        },
      },
      this.#data(),
      root,
    );
  }

  /** Letters at the last value of each line, spread apart. */
  #drawLetters({ ctx, bbox, data, valToPos }: uPlot): void {
    const scale = devicePixelRatio;
    ctx.save();
    ctx.font = `bold ${11 * scale}px ${this.#ink.family}`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    const gap = 12 * scale;
    const ends = this.overlay.series.flatMap(({ run }, i) => {
      const values = data[i + 1] ?? [];
      const last = values.findLastIndex((value) => value != null);
      if (last < 0) return [];
      const [x, y] = [valToPos(data[0][last]!, 'x', true) + 7 * scale, valToPos(values[last]!, 'y', true)];
      return [{ index: run.index, x, y }];
    });
    const bottom = bbox.top + bbox.height - gap / 2;
    // Runs that ended at the same epoch share a column.
    for (const at of new Set(ends.map(({ x }) => x))) {
      const column = ends.filter(({ x }) => x === at).sort((one, other) => one.y - other.y);
      const places = spreadLabels(
        column.map(({ y }) => y),
        gap,
        bottom,
      );
      for (const [i, { index, x }] of column.entries()) {
        ctx.fillStyle = colorOf(this, runColor(index));
        ctx.fillText(letterOf(index), x, places[i]!);
      }
    }
    ctx.restore();
  }

  #move = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Home: -1e6, End: 1e6 };
    const step = steps[event.key];
    const last = this.overlay.epochs.length - 1;
    if (step === undefined || !this.#plot || last < 0) return;
    event.preventDefault();
    const at = Math.min(last, Math.max(0, (this.#plot.cursor.idx ?? (step > 0 ? -1 : last + 1)) + step));
    this.#plot.setCursor({ left: this.#plot.valToPos(this.overlay.epochs[at]!, 'x'), top: heightPx / 2 });
  };

  #tell(index: number | null): void {
    this.dispatchEvent(new CustomEvent<number | null>('sh-cursor', { detail: index }));
  }

  #giveUp(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #readInk(): void {
    Object.assign(this.#ink, {
      text: colorOf(this, '--sh-muted'),
      grid: colorOf(this, '--sh-hairline'),
      family: getComputedStyle(this).fontFamily,
    });
  }

  #recolor(): void {
    if (this.#plot === undefined) return;
    this.#readInk();
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
      .plot {
        height: 320px;
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
