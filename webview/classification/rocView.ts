// <sh-roc-view>: the validation ROC, the threshold slider and the decisions at the threshold, all computed here from the
// validation predictions, with the functions of the runner's report.

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { RunState } from '../../shared/contracts/runState.ts';
import { atLogOdds, type Threshold } from '../../shared/contracts/scores.ts';
import type { Predictions } from '../../shared/messages/run.ts';
import type { ThresholdDecisions } from '../../shared/metrics/threshold.ts';
import { t } from '../../shared/strings/strings.ts';
import { button, picker } from '../components/controls.ts';
import type { Figure } from '../components/figures.ts';
import { formatCount, formatMetric } from '../page/format.ts';
import { weightsRemarks } from '../page/weightsWords.ts';
import { base, card } from '../styles/base.ts';
import { type Binary, binaryOf, decisionOf, isSmall, type Roc, type RocPoint, rocOf } from './decision.ts';
import { rocChart } from './squareCharts.ts';
import { thresholdEvent } from './thresholdEvent.ts';
import { formatThreshold } from './thresholdText.ts';

export class RocView extends LitElement {
  static override properties = {
    run: { attribute: false },
    predictions: { attribute: false },
    isReading: { attribute: false },
    positive: { attribute: false },
    threshold: { attribute: false },
  };
  declare run: RunState;
  declare predictions: Predictions | null;
  /** Predictions are still loading. */
  declare isReading: boolean;
  /** Label whose probability is the score. */
  declare positive: number;
  declare threshold: Threshold;

  #binary: Binary | null = null;
  #roc: Roc | null = null;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('predictions') && !changed.has('positive')) return;
    this.#binary = this.predictions === null ? null : binaryOf(this.predictions, this.positive);
    this.#roc = this.#binary === null ? null : rocOf(this.#binary);
  }

  override render() {
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('rocTitle')}</h2>
        ${this.#roc === null ? nothing : html`<span class="number">${t('auroc')} <b>${formatMetric(this.#roc.auroc)}</b></span>`}
        ${this.#binary === null ? nothing : this.#classChoice()}
      </div>
      ${
        this.#binary === null
          ? html`<p class="muted" role="status">${t(this.isReading ? 'predictionsReading' : 'rocEmpty')}</p>`
          : this.#roc === null
            ? html`<p class="muted">${t('rocNoClass')}</p>`
            : this.#drawn(this.#binary, this.#roc)
      }
    </section>`;
  }

  #classChoice() {
    const { classNames } = this.run;
    return classNames.length > 2
      ? html`<span class="choice"><span class="muted">${t('oneVsRest')}</span>${picker({
          label: t('oneVsRest'),
          options: classNames,
          selected: this.positive,
          onPick: (label) => this.#tell('sh-class', label),
        })}</span>`
      : html`<span class="muted">${t('positiveClass', { className: this.#names().positive })}</span>`;
  }

  #drawn(binary: Binary, roc: Roc) {
    const { threshold } = this;
    const decision = decisionOf(binary, threshold.logOdds);
    const names = this.#names();
    const at: RocPoint = {
      falsePositiveRate: 1 - decision.specificity,
      truePositiveRate: decision.sensitivity,
      threshold: threshold.logOdds,
    };
    const numbers = {
      threshold: formatThreshold(threshold),
      sensitivity: formatMetric(decision.sensitivity),
      specificity: formatMetric(decision.specificity),
      precision: formatMetric(decision.precision),
    };
    return html`
      <div class="halves">
        ${rocChart({
          points: roc.points,
          at,
          optimum: roc.optimum,
          label: t('rocLabel', { ...numbers, className: names.positive, auroc: formatMetric(roc.auroc) }),
        })}
        <div class="controls">
          <sh-threshold-slider
            .threshold=${threshold}
            .optimum=${roc.optimum && atLogOdds(roc.optimum.threshold)}
            .valueText=${t('thresholdText', numbers)}
          ></sh-threshold-slider>
          <div class="youden">
            ${button({
              label: t('youden'),
              icon: 'target',
              hint: t('youdenHint'),
              disabled: roc.optimum === null,
              onClick: () => roc.optimum && this.dispatchEvent(thresholdEvent({ logOdds: roc.optimum.threshold })),
            })}
            <span class="muted number">${youdenText(decision, roc.optimum)}</span>
          </div>
          <sh-figures .figures=${figuresOf(decision)} .remarks=${this.#remarks(binary, decision)}></sh-figures>
          <sh-confusion-table
            .caption=${t('decisions')}
            .classNames=${[names.positive, names.negative]}
            .matrix=${[
              [decision.truePositives, decision.falseNegatives],
              [decision.falsePositives, decision.trueNegatives],
            ]}
            .cellNames=${[[t('truePositive'), t('falseNegative')], [t('falsePositive'), t('trueNegative')]]}
          ></sh-confusion-table>
        </div>
      </div>
      <p class="source muted">${this.#source(binary)} ${t('fitted')}</p>`;
  }

  #remarks(binary: Binary, decision: ThresholdDecisions): string[] {
    const names = this.#names();
    const { positives, negatives } = binary;
    const remarks = weightsRemarks(this.run.weights?.kind);
    const predictedPositive = decision.truePositives + decision.falsePositives;
    if (predictedPositive === 0) remarks.push(t('allOneClass', { className: names.negative }));
    if (predictedPositive === positives + negatives) remarks.push(t('allOneClass', { className: names.positive }));
    if (isSmall(binary))
      remarks.push(
        t('smallValidation', {
          positiveStep: formatMetric(100 / positives, 1),
          negativeStep: formatMetric(100 / negatives, 1),
        }),
      );
    return remarks;
  }

  #source({ positives, negatives }: Binary): string {
    const names = this.#names();
    const epoch = this.predictions?.epoch ?? null;
    return t('source', {
      count: formatCount(positives + negatives),
      positives: formatCount(positives),
      positive: names.positive,
      negatives: formatCount(negatives),
      negative: names.negative,
      which: epoch === null ? t('whichKept') : t('whichEpoch', { epoch }),
    });
  }

  #names(): { positive: string; negative: string } {
    const { classNames } = this.run;
    const positive = classNames[this.positive] ?? String(this.positive);
    return { positive, negative: classNames.length === 2 ? classNames[1 - this.positive]! : t('rest') };
  }

  #tell(type: 'sh-class', detail: number): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  static override styles = [
    base,
    card,
    css`
      .choice {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        margin-inline-start: auto;
      }
      .halves {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px 20px;
      }
      .controls {
        display: grid;
        align-content: start;
        gap: 12px;
        min-width: 0;
      }
      .youden {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 10px;
        font-size: 12px;
      }
      .buttonIcon {
        display: inline-flex;
      }
      .source {
        margin-top: 10px;
        font-size: 12px;
      }
      @media (min-width: 620px) and (max-width: 1099px) {
        .halves {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        }
      }
    `,
  ];
}

function youdenText({ sensitivity, specificity }: ThresholdDecisions, optimum: Roc['optimum']): string {
  const j = formatMetric(sensitivity + specificity - 1);
  if (optimum === null) return t('youdenNone', { j });
  return t('youdenAt', { j, best: formatMetric(optimum.j), threshold: formatThreshold(atLogOdds(optimum.threshold)) });
}

const figuresOf = (decision: ThresholdDecisions): Figure[] => [
  { name: t('sensitivity'), value: formatMetric(decision.sensitivity) },
  { name: t('specificity'), value: formatMetric(decision.specificity) },
  { name: t('precision'), value: formatMetric(decision.precision) },
];
