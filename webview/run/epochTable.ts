// <sh-epoch-table>: the numbers behind the curves, one row per epoch; a word marks the kept epoch. A long run shows its newest
// rows; the host copies or saves the whole table (`sh-ask`).

import { css, html, LitElement, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { epochValue, metricsOn } from '../../shared/contracts/classification/metricTable.ts';
import type { EpochRow, RunState } from '../../shared/contracts/runState.ts';
import { t } from '../../shared/strings/strings.ts';
import { keptEpoch, stageSpans } from '../charts/stageSpans.ts';
import { button } from '../components/controls.ts';
import { icon } from '../components/icons.ts';
import { formatCount, formatLearningRate, formatMetric, formatRate } from '../page/format.ts';
import { base, card, table } from '../styles/base.ts';
import { shownLabels } from './charts.ts';
import { columnsOf } from './columns.ts';
import { isOpen } from './state.ts';

/** Maximum number of rows: more make the page's layout slow, and nobody reads them there. */
const mostRows = 100;

export class EpochTable extends LitElement {
  static override properties = { run: { attribute: false } };
  declare run: RunState;

  override render() {
    const { run } = this;
    const count = run.epochs.length;
    return html`<section class="card" aria-labelledby="epochs">
      <div class="cardHead">
        <h2 id="epochs">${t('epochTable')}</h2>
        ${count > mostRows ? html`<span class="muted">${t('newestEpochs', { shown: mostRows, count: formatCount(count) })}</span>` : nothing}
        <span class="actions">
          ${button({ label: t('copyCsv'), icon: 'copy', onClick: () => this.#ask({ type: 'copyTable', format: 'csv' }) })}
          ${button({ label: t('copyMarkdown'), icon: 'copy', onClick: () => this.#ask({ type: 'copyTable', format: 'markdown' }) })}
          ${button({ label: t('saveCsv'), icon: 'save', onClick: () => this.#ask({ type: 'saveTable' }) })}
        </span>
      </div>
      ${guard([run.epochs, run.stages, run.evaluation, run.status, run.classNames], () => this.#table())}
    </section>`;
  }

  #table() {
    const { run } = this;
    const kept = new Set(stageSpans(run).map((span) => span.keptEpoch));
    const final = keptEpoch(run);
    const word = isOpen(run) && run.evaluation === null ? t('bestSoFar') : t('kept');
    const first = Math.max(0, run.epochs.length - mostRows);
    const rows = run.epochs.slice(first);
    const labels = shownLabels(columnsOf(rows.slice(-1), run.classNames.length), run.classNames.length);
    return html`
      <div class="scroll" role="region" aria-label=${t('epochTableLabel')} tabindex="0">
        <table>
          <thead>
            <tr>
              <th rowspan="2" scope="col" class="first">${t('epoch')}</th>
              <th rowspan="2" scope="col" class="text">${t('stage')}</th>
              ${figureColumns.map(({ split, metrics }) => html`<th colspan=${metrics.length} scope="colgroup" class="group">${t(split === 'train' ? 'train' : 'validation')}</th>`)}
              <th colspan="2" scope="colgroup" class="group">${t('learningRate')}</th>
              <th rowspan="2" scope="col">${t('throughput')}</th>
              ${labels.length === 0 ? nothing : html`<th colspan=${labels.length} scope="colgroup" class="group">${t('recallColumns')}</th>`}
            </tr>
            <tr>
              ${columnWords.map((key) => html`<th scope="col">${t(key)}</th>`)}
              ${labels.map((label) => html`<th scope="col" class="className truncate" title=${t('recallOf', { className: run.classNames[label]! })}>${run.classNames[label]}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${repeat(
              rows,
              (row) => row.epoch,
              (row, i) => {
                const before = run.epochs[first + i - 1];
                const newStage = before !== undefined && before.stage !== row.stage;
                const isFinal = row.epoch === final;
                return html`<tr class="${newStage ? 'newStage' : ''} ${isFinal ? 'kept' : ''}">
                  <th scope="row" class="first">
                    ${row.epoch}${kept.has(row.epoch) || isFinal ? html`<span class="mark">${icon('star')}${isFinal ? word : t('kept')}</span>` : ''}
                  </th>
                  <td class="text">${run.stages[row.stage]?.name ?? row.stage + 1}</td>
                  ${numbersOf(row, labels).map((text) => html`<td>${text}</td>`)}
                </tr>`;
              },
            )}
          </tbody>
        </table>
      </div>`;
  }

  #ask(detail: { type: 'copyTable'; format: 'csv' | 'markdown' } | { type: 'saveTable' }): void {
    this.dispatchEvent(new CustomEvent('sh-ask', { detail, bubbles: true, composed: true }));
  }

  static override styles = [
    base,
    card,
    table,
    css`
      .actions {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-inline-start: auto;
      }
      .buttonIcon {
        display: inline-flex;
      }
      .scroll {
        overflow: auto;
        max-height: 420px;
      }
      table {
        width: 100%;
      }
      th,
      td {
        padding-inline: 6px;
      }
      thead th {
        background: var(--sh-surface);
      }
      th.group {
        text-align: center;
        border-inline-start: 1px solid var(--sh-hairline);
      }
      .className {
        max-width: 110px;
      }
      .text {
        text-align: start;
      }
      .first {
        position: sticky;
        inset-inline-start: 0;
        background: var(--sh-surface);
        text-align: start;
      }
      .mark {
        display: inline-flex;
        align-items: center;
        gap: 2px;
        margin-inline-start: 8px;
        font-size: 11px;
        vertical-align: bottom;
      }
      .mark svg {
        width: 13px;
        height: 13px;
        color: var(--sh-val);
      }
      tr.kept > * {
        font-weight: 600;
      }
      tr.newStage > * {
        border-top: 1px dashed var(--sh-muted);
      }
    `,
  ];
}

const figureColumns = (['train', 'val'] as const).map((split) => ({ split, metrics: metricsOn(split) }));

const columnWords = [
  ...figureColumns.flatMap(({ metrics }) => metrics.map(({ short }) => short.key)),
  'head',
  'backbone',
] as const;

const numbersOf = ({ metrics, learningRates, imagesPerSecond }: EpochRow, labels: readonly number[]): string[] => [
  ...figureColumns.flatMap(({ split, metrics: shown }) =>
    shown.map((metric) => formatMetric(epochValue(metrics, split, metric))),
  ),
  formatLearningRate(learningRates.head),
  formatLearningRate(learningRates.backbone),
  formatRate(imagesPerSecond),
  ...labels.map((label) => formatMetric(metrics.val.recallPerClass[label])),
];
