// <sh-line-chart>: values by epoch for any number of series, with stage boundaries and kept epochs. Always draws the raw values, and a
// moving average over them on request. Dashes distinguish the series, too. uPlot draws the plot, Lit the text around it. The user's zoom
// and crosshair leave as events, `sh-zoom` and `sh-crosshair`, and return as properties, so that charts can share them.
import { css, html, LitElement, nothing, type PropertyValues, svg, unsafeCSS } from 'lit';
import type uPlot from 'uplot';
import uPlotCss from 'uplot/dist/uPlot.min.css' with { type: 'text' };
import { t } from '../../shared/strings/strings.ts';
import { formatMetric } from '../page/format.ts';
import { base } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';
import { chartData, knownValues, type Line, linesOf } from './chartData.ts';
import { chartKey } from './chartKeys.ts';
import { nearestIndex } from './downsample.ts';
import { Panning } from './panning.ts';
import { areaOf, createPlot, type PlotSize, repaint, selectionOf, setDensity } from './plot.ts';
import { epochRange, logRange, lossRange, type Range, rateRange, shareRange } from './scale.ts';
import { type ChartSeries, noZoom, type Ring, type TipGroup, type Zoom } from './series.ts';
import type { StageSpan } from './stageSpans.ts';
import { watchSurroundings } from './surroundings.ts';
import { colorOf, type Ink } from './theme.ts';

const ranges = { loss: lossRange, share: shareRange, rate: rateRange };

export class LineChart extends LitElement {
  static override properties = {
    heading: { attribute: false },
    note: { attribute: false },
    kind: { attribute: false },
    epochs: { attribute: false },
    series: { attribute: false },
    spans: { attribute: false },
    rings: { attribute: false },
    planned: { attribute: false },
    smoothing: { attribute: false },
    logarithmic: { attribute: false },
    zoom: { attribute: false },
    cursor: { attribute: false },
    tip: { attribute: false },
    format: { attribute: false },
    heightPx: { attribute: false },
  };
  declare heading: string;
  /** A sentence below the heading. */
  declare note: string | null;
  /** Scale of the values: losses from 0 if that is near, proportions up to 1, rates from 0. */
  declare kind: keyof typeof ranges;
  /** Ascending. */
  declare epochs: readonly number[];
  declare series: readonly ChartSeries[];
  declare spans: readonly StageSpan[];
  declare rings: readonly Ring[];
  /** Number of epochs of the whole run, which sets the width of the x axis. */
  declare planned: number;
  /** See smoothed(). */
  declare smoothing: number;
  declare logarithmic: boolean;
  declare zoom: Zoom;
  /** Epoch under the crosshair. */
  declare cursor: number | null;
  /** Content of the box beside the crosshair; null: no box. */
  declare tip: readonly TipGroup[] | null;
  declare format: (value: number | null | undefined) => string;
  declare heightPx: number;

  #plot: uPlot | undefined;
  #lines: readonly Line[] = [];
  #inView: { readonly x: Range; readonly y: Range } = { x: [0, 1], y: [0, 1] };
  #ink: Ink = { lines: [], text: '', grid: '', family: '' };
  #panning = new Panning();

  constructor() {
    super();
    watchSurroundings(this, { size: () => this.#fit(), theme: () => this.#recolor() });
    this.note = null;
    this.kind = 'loss';
    this.epochs = [];
    this.series = [];
    this.spans = [];
    this.rings = [];
    this.planned = 0;
    this.smoothing = 0;
    this.logarithmic = false;
    this.zoom = noZoom;
    this.cursor = null;
    this.tip = null;
    this.format = (value) => formatMetric(value);
    this.heightPx = 168;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Attached to the page again: the plot was destroyed on removal.
    if (this.hasUpdated) this.requestUpdate('series');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#giveUp();
  }

  override render() {
    const { epochs, series, heightPx } = this;
    const at = this.#at();
    const epoch = epochs[at] ?? 0;
    const values = series.map(({ name, values }) => `${name} ${this.format(values[at])}`).join(', ');
    return html`
      <div class="head">
        <h3 id="heading">${this.heading}</h3>
        ${
          at < 0
            ? nothing
            : html`<div class="legend">
              ${series.map(({ name, color, dash, values }) => html`<span ${cssVariables({ '--color': `var(${color})` })}>${sample(dash)}<span class="truncate" title=${name}>${name}</span> <b class="number">${this.format(values[at])}</b></span>`)}
              <span class="muted number">${t('atEpoch', { epoch })}</span>
            </div>`
        }
      </div>
      ${this.note === null ? nothing : html`<p class="muted note">${this.note}</p>`}
      <div
        class="plot"
        role="slider"
        tabindex="0"
        aria-label=${t('chartLabel', { metric: this.heading })}
        aria-keyshortcuts="+ - 0 Shift+ArrowLeft Shift+ArrowRight Shift+ArrowUp Shift+ArrowDown"
        aria-valuemin=${epochs[0] ?? 1}
        aria-valuemax=${epochs.at(-1) ?? 1}
        aria-valuenow=${epoch}
        aria-valuetext=${`${t('atEpoch', { epoch })}: ${values}`}
        ${cssVariables({ '--height': `${heightPx}px` })}
        @keydown=${this.#key}
        @focus=${() => this.cursor === null && this.#point(epochs.at(-1) ?? null)}
        @blur=${() => this.#point(null)}
        @pointerdown=${this.#grab}
        @dblclick=${() => this.#look(noZoom)}
      ></div>
      ${this.#box()}`;
  }

  /** Index of the epoch whose numbers are shown: under the crosshair, else the newest. */
  #at(): number {
    return this.cursor === null ? this.epochs.length - 1 : nearestIndex(this.epochs, this.cursor);
  }

  #box() {
    if (this.tip === null || this.cursor === null || this.#plot === undefined) return nothing;
    const left = areaOf(this.#plot).left + this.#plot.valToPos(this.cursor, 'x');
    const isRight = left > this.#plot.width / 2;
    return html`<div
      class="tip ${isRight ? 'isRight' : ''}"
      aria-hidden="true"
      ${cssVariables({ '--left': `${left}px`, '--right': `${this.#plot.width - left}px` })}
    >
      <b class="number">${t('atEpoch', { epoch: this.cursor })}</b>
      ${this.tip.map(
        ({ heading, rows }) => html`<span class="group">${heading}</span>
          ${rows.map(({ name, value, smoothed }) => html`<span class="truncate">${name}</span><span class="number">${value}</span><span class="number muted">${smoothed ?? ''}</span>`)}`,
      )}
    </div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    const lines =
      changed.has('series') || changed.has('smoothing') || changed.has('logarithmic') || changed.has('epochs');
    if (lines) this.#lines = linesOf(this.series, this.smoothing, this.logarithmic, this.#lines);
    if (changed.has('logarithmic') || changed.has('kind') || this.#shape() !== this.#shapeDrawn) this.#giveUp();
    if (this.#plot === undefined) this.#create();
    else if (lines || changed.has('zoom') || changed.has('planned')) this.#draw();
    else if (changed.has('spans') || changed.has('rings')) this.#plot.redraw(false);
    if (changed.has('heightPx')) this.#fit();
    this.#placeCursor();
    // Only now is the box's position in the plot known.
    if (changed.has('tip') && changed.get('tip') === undefined && this.tip !== null) this.requestUpdate();
  }

  #shapeDrawn = '';
  /** Lines that the plot was created for; other lines need another plot. */
  #shape(): string {
    return this.#lines.map(({ series, isRaw }) => `${this.series[series]?.color} ${isRaw}`).join();
  }

  #giveUp(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #create(): void {
    const root = this.renderRoot.querySelector<HTMLElement>('.plot')!;
    this.#shapeDrawn = this.#shape();
    this.#readColors();
    this.#plot = createPlot({
      root,
      size: this.#sizeOf(root),
      lines: this.#lines,
      series: this.series,
      ink: this.#ink,
      logarithmic: this.logarithmic,
      view: () => this.#inView,
      spans: () => this.spans,
      rings: () => this.#ringsAt(),
      pointed: (epoch) => this.#pointed(epoch),
      selected: () => this.#selected(),
    });
    this.#draw();
  }

  #sizeOf = (root: HTMLElement): PlotSize => ({ width: Math.max(200, root.clientWidth), height: this.heightPx });

  #draw(): void {
    const plot = this.#plot!;
    const x = this.zoom.epochs ?? epochRange(this.planned);
    const drawn = chartData(this.epochs, this.#lines, x, plot.width);
    this.#inView = { x, y: this.zoom.values ?? this.#fitting(knownValues(drawn, x)) };
    setDensity(plot, this.#lines, this.series, drawn.isDense);
    plot.setData(drawn.columns as uPlot.AlignedData);
  }

  #fitting(values: readonly (number | null)[]): Range {
    return this.logarithmic ? logRange(values) : ranges[this.kind](values);
  }

  #ringsAt(): { line: number; epoch: number; value: number }[] {
    return this.rings.flatMap(({ series, epoch }) => {
      const value = this.series[series]?.values[nearestIndex(this.epochs, epoch)];
      const line = this.#lines.findIndex((one) => one.series === series);
      const isThere = this.epochs[nearestIndex(this.epochs, epoch)] === epoch;
      if (!isThere || value === null || value === undefined || (this.logarithmic && value <= 0)) return [];
      return [{ line, epoch, value }];
    });
  }

  /** The mouse is at this position of the axis; null: it left. */
  #pointed(x: number | null): void {
    if (this.#panning.isOn) return;
    this.#point(x === null ? null : (this.epochs[nearestIndex(this.epochs, x)] ?? null));
  }

  #point(epoch: number | null): void {
    if (epoch === this.cursor) return;
    this.cursor = epoch;
    this.dispatchEvent(new CustomEvent('sh-crosshair', { detail: epoch, bubbles: true, composed: true }));
  }

  #placeCursor(): void {
    const plot = this.#plot;
    if (plot === undefined || this.#isSelecting) return;
    const left = this.cursor === null ? -10 : plot.valToPos(this.cursor, 'x');
    plot.setCursor({ left: left < 0 || left > areaOf(plot).width ? -10 : left, top: left < 0 ? -10 : 0 }, false);
  }

  #isSelecting = false;
  #grab = (event: PointerEvent): void => {
    if (event.button !== 0 || this.#plot === undefined) return;
    const { epochs } = this.zoom;
    if (event.shiftKey) {
      if (epochs === null) return;
      const perPx = (epochs[1] - epochs[0]) / areaOf(this.#plot).width;
      this.#panning.start(event, (movedPx) =>
        this.#look({ ...this.zoom, epochs: this.#shifted(epochs, -movedPx * perPx) }),
      );
      return;
    }
    this.#isSelecting = true;
    const end = () => {
      this.#isSelecting = false;
    };
    addEventListener('pointerup', end, { once: true });
    addEventListener('pointercancel', end, { once: true });
  };

  #selected(): void {
    const selection = this.#plot && selectionOf(this.#plot);
    if (!selection || this.#panning.isOn) return;
    this.#look({ epochs: selection.x ?? this.zoom.epochs, values: selection.y ?? this.zoom.values });
  }

  #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const asked = chartKey(event);
    if (asked === null) return;
    event.preventDefault();
    // The requested position, if not drawn yet: keys may arrive faster than frames.
    const x = this.zoom.epochs ?? this.#inView.x;
    const y = this.zoom.values ?? this.#inView.y;
    switch (asked.type) {
      case 'move': {
        const last = this.epochs.length - 1;
        this.#point(this.epochs[Math.min(last, Math.max(0, this.#at() + asked.by))] ?? null);
        break;
      }
      case 'zoomEpochs':
        this.#look({ ...this.zoom, epochs: this.#scaled(x, asked.factor) });
        break;
      case 'zoomValues':
        this.#look({ ...this.zoom, values: this.#scaledValues(y, asked.factor) });
        break;
      case 'shift':
        if (this.zoom.epochs) this.#look({ ...this.zoom, epochs: this.#shifted(x, asked.share * (x[1] - x[0])) });
        break;
      case 'reset':
        this.#look(noZoom);
        break;
    }
  };

  /** Zooms around the crosshair; a width of the whole run means no zoom. */
  #scaled([low, high]: Range, factor: number): Range | null {
    const [first, last] = epochRange(this.planned);
    const width = Math.max(1, (high - low) * factor);
    if (width >= last - first) return null;
    const centre = Math.min(high, Math.max(low, this.cursor ?? (low + high) / 2));
    const start = centre - ((centre - low) / (high - low)) * width;
    return this.#shifted([start, start + width], 0);
  }

  #scaledValues([low, high]: Range, factor: number): Range {
    if (this.logarithmic) {
      const centre = Math.sqrt(low * high);
      return [centre * (low / centre) ** factor, centre * (high / centre) ** factor];
    }
    const centre = (low + high) / 2;
    return [centre + (low - centre) * factor, centre + (high - centre) * factor];
  }

  /** Limits the range to the run's ends. */
  #shifted([low, high]: Range, by: number): Range {
    const [first, last] = epochRange(this.planned);
    const held = Math.min(last - high, Math.max(first - low, by));
    return [low + held, high + held];
  }

  #look(zoom: Zoom): void {
    this.zoom = zoom;
    this.dispatchEvent(new CustomEvent('sh-zoom', { detail: zoom, bubbles: true, composed: true }));
  }

  #readColors(): void {
    this.#ink = Object.assign(this.#ink, {
      lines: this.#lines.map(({ series }) => colorOf(this, this.series[series]!.color)),
      text: colorOf(this, '--sh-muted'),
      grid: colorOf(this, '--sh-hairline'),
      family: getComputedStyle(this).fontFamily,
    });
  }

  #recolor(): void {
    if (this.#plot === undefined) return;
    this.#readColors();
    repaint(this.#plot);
  }

  #fit(): void {
    const root = this.renderRoot.querySelector<HTMLElement>('.plot');
    const plot = this.#plot;
    if (!root || !plot || root.clientWidth === 0) return;
    const size = this.#sizeOf(root);
    if (size.width === plot.width && size.height === plot.height) return;
    plot.setSize(size);
    this.#draw();
  }

  static override styles = [
    unsafeCSS(uPlotCss),
    base,
    css`
      :host {
        position: relative;
      }
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
        min-width: 0;
        font-size: 12px;
      }
      .legend > span {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        min-width: 0;
      }
      .legend .truncate {
        max-width: 160px;
      }
      .sample {
        flex: none;
        width: 22px;
        height: 8px;
        stroke: var(--color);
        stroke-width: 2;
      }
      .note {
        font-size: 12px;
      }
      .plot {
        height: var(--height);
        overflow: hidden;
      }
      .uplot {
        font-family: inherit;
      }
      .u-hz .u-cursor-x {
        border-right: 1px solid var(--sh-muted);
      }
      .u-select {
        background: color-mix(in srgb, var(--vscode-focusBorder, var(--vscode-foreground)) 18%, transparent);
        box-shadow: inset 0 0 0 1px var(--vscode-focusBorder, var(--vscode-foreground));
      }
      .tip {
        position: absolute;
        z-index: 2;
        left: calc(var(--left) + 10px);
        top: 34px;
        display: grid;
        grid-template-columns: minmax(0, auto) auto auto;
        gap: 0 10px;
        width: max-content;
        max-width: 300px;
        padding: 5px 9px 6px;
        font-size: 12px;
        pointer-events: none;
        color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
        background: var(--vscode-editorHoverWidget-background, var(--vscode-editor-background));
        border: 1px solid var(--vscode-editorHoverWidget-border, var(--sh-border));
        border-radius: 3px;
      }
      .tip.isRight {
        left: auto;
        right: calc(var(--right) + 10px);
      }
      .tip > b,
      .tip > .group {
        grid-column: 1 / -1;
      }
      .tip > .group {
        margin-top: 3px;
        font-weight: 600;
      }
      .tip > .number {
        text-align: end;
      }
      .tip > b.number {
        text-align: start;
      }
    `,
  ];
}

const sample = (dash: readonly number[]) =>
  svg`<svg class="sample" viewBox="0 0 22 8" aria-hidden="true"><path d="M0 4H22" stroke-dasharray=${dash.length === 0 ? nothing : dash.join(' ')}></path></svg>`;
