// <sh-curves>: the curves of a run with a shared crosshair and range of epochs, and their view settings. Dispatches `sh-look`.
import { css, html, LitElement, nothing } from 'lit';
import type { RunState } from '../../shared/contracts/runState.ts';
import type { ChartName, CurveLook } from '../../shared/messages/run.ts';
import { t } from '../../shared/strings/strings.ts';
import type { Zoom } from '../charts/series.ts';
import type { StageSpan } from '../charts/stageSpans.ts';
import { button, checkbox, checkboxStyle } from '../components/controls.ts';
import { rangeInput } from '../components/rangeInput.ts';
import { rangeStyle } from '../components/rangeStyle.ts';
import { base, card } from '../styles/base.ts';
import { type RunChart, runCharts, tipOf } from './charts.ts';
import { type Columns, columnReader } from './columns.ts';

/** Losses and rates span decades; proportions do not. */
const logarithmicCharts = ['loss', 'learningRate'] as const;

export class CurvesView extends LitElement {
  static override properties = {
    run: { attribute: false },
    spans: { attribute: false },
    look: { attribute: false },
    cursor: { state: true },
    pointed: { state: true },
  };
  declare run: RunState;
  declare spans: readonly StageSpan[];
  declare look: CurveLook;
  /** Epoch under the crosshair of all charts. */
  declare cursor: number | null;
  /** Chart with the pointer or the focus. */
  declare pointed: ChartName | null;

  #columnsOf = columnReader();
  #columns: Columns | undefined;
  #charts: readonly RunChart[] = [];
  #drawnOf: readonly unknown[] = [];

  constructor() {
    super();
    this.cursor = null;
    this.pointed = null;
  }

  override willUpdate(): void {
    const { run, spans } = this;
    const of = [run.epochs, spans, run.classNames];
    if (of.every((part, i) => part === this.#drawnOf[i])) return;
    this.#drawnOf = of;
    this.#columns = this.#columnsOf(run.epochs, run.classNames.length);
    this.#charts = runCharts(this.#columns, spans, run.classNames);
  }

  override render() {
    const isEmpty = this.run.epochs.length === 0;
    return html`<section class="card" aria-labelledby="curves">
      <div class="cardHead">
        <h2 id="curves">${t('curves')}</h2>
        ${
          isEmpty
            ? nothing
            : html`<span class="muted keptMark"><span class="ring"></span>${t('keptMark')}</span>
          <span class="muted hint" title=${t('chartKeysHint')}>${t('chartHint')}<span class="visuallyHidden">. ${t('chartKeysHint')}</span></span>`
        }
      </div>
      ${isEmpty ? html`<p class="muted">${t('chartEmpty')}</p>` : html`${this.#controls()}${this.#drawn()}`}
    </section>`;
  }

  #controls() {
    const { smoothing, logarithmic } = this.look;
    return html`<div class="controls">
      <span class="smoothing">
        ${rangeInput({
          id: 'smoothing',
          label: t('smoothing'),
          min: 0,
          max: 0.99,
          step: 0.01,
          value: smoothing,
          valueText: smoothing === 0 ? t('smoothingNone') : t('smoothingText', { weight: smoothing.toFixed(2) }),
          onMove: (value) => this.#change({ smoothing: value }),
        })}
        <output for="smoothing" class="number">${smoothing.toFixed(2)}</output>
      </span>
      ${logarithmicCharts.map((name) =>
        checkbox({
          label: t('logScaleOf', { metric: t(name) }),
          checked: logarithmic.includes(name),
          onChange: (on) => this.#logarithmic(name, on),
        }),
      )}
      ${this.#isZoomed() ? button({ label: t('resetZoom'), onClick: () => this.#change({ epochs: null, values: {} }) }) : nothing}
    </div>`;
  }

  #drawn() {
    const { look, spans, cursor } = this;
    const planned = spans.at(-1)?.to ?? 0;
    return html`<div class="charts">
      ${this.#charts.map(
        ({ name, heading, note, kind, series, rings, format, heightPx }) => html`<sh-line-chart
          class=${name}
          .heading=${heading}
          .note=${note}
          .kind=${kind}
          .epochs=${this.#columns!.epochs}
          .series=${series}
          .spans=${spans}
          .rings=${rings}
          .planned=${planned}
          .smoothing=${look.smoothing}
          .logarithmic=${look.logarithmic.includes(name)}
          .zoom=${this.#zoomOf(name)}
          .cursor=${cursor}
          .tip=${cursor !== null && this.pointed === name ? tipOf(this.#charts, this.#columns!, cursor, look.smoothing) : null}
          .format=${format}
          .heightPx=${heightPx}
          @sh-crosshair=${(event: CustomEvent<number | null>) => this.#point(name, event.detail)}
          @sh-zoom=${(event: CustomEvent<Zoom>) => this.#zoomed(name, event.detail)}
        ></sh-line-chart>`,
      )}
    </div>`;
  }

  #point(name: ChartName, epoch: number | null): void {
    this.cursor = epoch;
    this.pointed = epoch === null ? null : name;
  }

  /** Memoised, because a new object makes the chart redraw. */
  #zooms = new Map<ChartName, Zoom>();
  #zoomOf(name: ChartName): Zoom {
    const { epochs, values } = this.look;
    const known = this.#zooms.get(name);
    if (known && known.epochs === epochs && known.values === (values[name] ?? null)) return known;
    const zoom = { epochs, values: values[name] ?? null };
    this.#zooms.set(name, zoom);
    return zoom;
  }

  #zoomed(name: ChartName, { epochs, values }: Zoom): void {
    const { [name]: _, ...others } = this.look.values;
    this.#change({
      epochs: epochs === null ? null : [...epochs],
      values: values === null ? others : { ...others, [name]: [...values] },
    });
  }

  #isZoomed(): boolean {
    return this.look.epochs !== null || Object.keys(this.look.values).length > 0;
  }

  /** A range of values in view may include some without a logarithm. */
  #logarithmic(name: ChartName, on: boolean): void {
    const { [name]: _, ...values } = this.look.values;
    const others = this.look.logarithmic.filter((one) => one !== name);
    this.#change({ logarithmic: on ? [...others, name] : others, values });
  }

  #change(part: Partial<CurveLook>): void {
    const detail: CurveLook = { ...this.look, ...part };
    this.look = detail; // a draw before the next state must not revert it
    this.dispatchEvent(new CustomEvent('sh-look', { detail, bubbles: true, composed: true }));
  }

  static override styles = [
    base,
    card,
    rangeStyle,
    checkboxStyle,
    css`
      .keptMark {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .ring {
        width: 11px;
        height: 11px;
        border: 1.5px solid var(--sh-val);
        border-radius: 50%;
      }
      .controls {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 18px;
        min-height: 26px;
        margin-bottom: 8px;
        font-size: 12px;
      }
      .smoothing {
        display: inline-flex;
        align-items: center;
        gap: 8px;
      }
      .smoothing input {
        width: 110px;
      }
      .hint {
        margin-inline-start: auto;
      }
      .charts {
        display: grid;
        gap: 10px;
      }
      @media (max-width: 700px) {
        .hint {
          display: none;
        }
      }
    `,
  ];
}
