// <sh-epoch-table>: the numbers behind the curves, one row an epoch; the kept epoch is marked with a word.
import { css, html, LitElement } from 'lit';
import type { EpochRow, RunState } from '../../runner/contracts/runState.ts';
import { keptEpoch, stageSpans } from '../curves.ts';
import { formatLearningRate, formatMetric, formatRate } from '../format.ts';
import { isOpen } from '../state.ts';
import { t } from '../strings.ts';
import { base, table } from '../styles/base.ts';
import { icon } from './icons.ts';

export class EpochTable extends LitElement {
  static override properties = { run: { attribute: false } };
  declare run: RunState;

  override render() {
    const { run } = this;
    const kept = new Set(stageSpans(run).map((span) => span.keptEpoch));
    const final = keptEpoch(run);
    const word = isOpen(run) && run.evaluation === null ? t('bestSoFar') : t('kept');
    return html`
      <div class="scroll" role="region" aria-label=${t('epochTableLabel')} tabindex="0">
        <table>
          <thead>
            <tr>
              <th rowspan="2" scope="col" class="first">${t('epoch')}</th>
              <th rowspan="2" scope="col" class="text">${t('stage')}</th>
              <th colspan="3" scope="colgroup" class="group">${t('train')}</th>
              <th colspan="6" scope="colgroup" class="group">${t('validation')}</th>
              <th colspan="2" scope="colgroup" class="group">${t('learningRate')}</th>
              <th rowspan="2" scope="col">${t('throughput')}</th>
            </tr>
            <tr>
              ${(
                [
                  'loss',
                  'accuracyShort',
                  'auroc',
                  'loss',
                  'accuracyShort',
                  'auroc',
                  'auprc',
                  'sensitivityShort',
                  'specificityShort',
                  'head',
                  'backbone',
                ] as const
              ).map((key) => html`<th scope="col">${t(key)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${run.epochs.map((row, i) => {
              const newStage = i > 0 && run.epochs[i - 1]!.stage !== row.stage;
              const isFinal = row.epoch === final;
              return html`<tr class="${newStage ? 'newStage' : ''} ${isFinal ? 'kept' : ''}">
                <th scope="row" class="first">
                  ${row.epoch}${kept.has(row.epoch) || isFinal ? html`<span class="mark">${icon('star')}${isFinal ? word : t('kept')}</span>` : ''}
                </th>
                <td class="text">${run.stages[row.stage]?.name ?? row.stage + 1}</td>
                ${numbersOf(row).map((text) => html`<td>${text}</td>`)}
              </tr>`;
            })}
          </tbody>
        </table>
      </div>`;
  }

  static override styles = [
    base,
    table,
    css`
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

const numbersOf = ({ metrics: { train, val }, learningRates, imagesPerSecond }: EpochRow): string[] => [
  ...[train.loss, train.accuracy, train.auroc].map((value) => formatMetric(value)),
  ...[val.loss, val.accuracy, val.auroc, val.auprc, val.sensitivity, val.specificity].map((value) =>
    formatMetric(value),
  ),
  formatLearningRate(learningRates.head),
  formatLearningRate(learningRates.backbone),
  formatRate(imagesPerSecond),
];
