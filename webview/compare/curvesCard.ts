// <sh-compare-curves>: one metric of all runs, selected among the epochs' figures; the legend hides and shows runs and gives the
// values under the crosshair; the same numbers as a table.
import { css, html, LitElement, nothing } from 'lit';
import { type ComparedRun, type CurveName, curveNames } from '../../shared/messages/compare.ts';
import { t } from '../../shared/strings/strings.ts';
import { checkbox, checkboxStyle, picker } from '../components/controls.ts';
import { formatMetric } from '../page/format.ts';
import { base, card, table } from '../styles/base.ts';
import { act } from './act.ts';
import { isLoss, type Overlay, overlayOf } from './curves.ts';
import { runMark, runMarkStyle, runTitle } from './runMark.ts';

export class CompareCurves extends LitElement {
  static override properties = {
    runs: { attribute: false },
    curve: { attribute: false },
    logScale: { attribute: false },
    hiddenRuns: { attribute: false },
    cursor: { state: true },
    tableOpen: { state: true },
  };
  declare runs: readonly ComparedRun[];
  declare curve: CurveName;
  declare logScale: boolean;
  declare hiddenRuns: readonly string[];
  /** Index of the epoch under the crosshair. */
  declare cursor: number | null;
  declare tableOpen: boolean;

  #all: Overlay = { epochs: [], series: [] };
  #shown: Overlay = this.#all;

  constructor() {
    super();
    this.cursor = null;
    this.tableOpen = false;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('runs') && !changed.has('curve') && !changed.has('hiddenRuns')) return;
    this.#all = overlayOf(this.runs, this.curve);
    this.#shown = { ...this.#all, series: this.#all.series.filter(({ run }) => !this.hiddenRuns.includes(run.id)) };
  }

  override render() {
    const { epochs } = this.#all;
    const loss = isLoss(this.curve);
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('curves')}</h2>
        ${picker({
          label: t('metric'),
          options: curveNames.map((name) => t(name)),
          selected: curveNames.indexOf(this.curve),
          onPick: (index) => act(this, { type: 'curvePicked', curve: curveNames[index]! }),
        })}
        ${
          loss
            ? checkbox({
                label: t('logScale'),
                checked: this.logScale,
                onChange: (on) => act(this, { type: 'logScaleSet', on }),
              })
            : nothing
        }
      </div>
      ${epochs.length === 0 ? html`<p class="muted">${t('overlayEmpty')}</p>` : this.#chart(loss)}
    </section>`;
  }

  #chart(loss: boolean) {
    const { epochs, series } = this.#all;
    const at = Math.min(this.cursor ?? epochs.length - 1, epochs.length - 1);
    return html`
      <sh-overlay-chart
        .overlay=${this.#shown}
        .isLoss=${loss}
        .logScale=${loss && this.logScale}
        .label=${t('overlayLabel', { metric: t(this.curve), count: this.#shown.series.length })}
        @sh-cursor=${(event: CustomEvent<number | null>) => (this.cursor = event.detail)}
      ></sh-overlay-chart>
      <fieldset class="legend">
        <legend>${t('overlayLegend', { epoch: epochs[at]! })}</legend>
        ${series.map(({ run, values }) =>
          checkbox({
            label: html`${runMark(run)}<span class="truncate" title=${run.id}>${run.name}</span
                ><b class="number">${formatMetric(values[at])}</b>`,
            checked: !this.hiddenRuns.includes(run.id),
            onChange: () => act(this, { type: 'runToggled', runId: run.id }),
          }),
        )}
      </fieldset>
      <details @toggle=${(event: Event) => (this.tableOpen = (event.target as HTMLDetailsElement).open)}>
        <summary>${t('sameNumbers')}</summary>
        ${this.tableOpen ? numbers(this.#all, t(this.curve)) : nothing}
      </details>`;
  }

  static override styles = [
    base,
    card,
    table,
    runMarkStyle,
    checkboxStyle,
    css`
      .cardHead .checkbox {
        font-size: 12px;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 18px;
        min-width: 0;
        margin: 8px 0 0;
        padding: 0;
        border: 0;
        font-size: 12px;
      }
      .legend legend {
        padding: 0;
        color: var(--sh-muted);
      }
      .legend label {
        min-width: 0;
        max-width: 100%;
      }
      details {
        margin-top: 8px;
        font-size: 12px;
      }
      summary {
        cursor: pointer;
        width: fit-content;
      }
      .scroll {
        overflow: auto;
        max-height: 320px;
        margin-top: 6px;
      }
    `,
  ];
}

const numbers = ({ epochs, series }: Overlay, name: string) => html`<div
  class="scroll"
  role="region"
  aria-label=${name}
  tabindex="0"
>
  <table>
    <thead>
      <tr>
        <th scope="col">${t('epoch')}</th>
        ${series.map(({ run }) => html`<th scope="col" title=${runTitle(run)}>${runMark(run)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${epochs.map(
        (epoch, i) => html`<tr>
          <th scope="row">${epoch}</th>
          ${series.map(({ values }) => html`<td>${formatMetric(values[i])}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table>
</div>`;
