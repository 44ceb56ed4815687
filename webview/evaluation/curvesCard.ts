// <sh-evaluation-curves>: the ROC curve, precision and recall, and the scores of the images by class; the threshold is a draggable point or
// line in each. Every chart has its numbers as a table.
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Figure } from '../../shared/contracts/classification/evaluation.ts';
import {
  type AskedThreshold,
  nothing as nothingPositive,
  shownAt,
  type Threshold,
} from '../../shared/contracts/scores.ts';
import { type FiguresAt, figuresAt } from '../../shared/metrics/figuresAt.ts';
import { precisionRecallCurve } from '../../shared/metrics/precisionRecall.ts';
import { rocCurve } from '../../shared/metrics/roc.ts';
import { type RocBand, rocBand } from '../../shared/metrics/rocBand.ts';
import { t } from '../../shared/strings/strings.ts';
import { type RocPoint, rocPoints } from '../classification/decision.ts';
import { type ScoreHistogram, scoreHistogram } from '../classification/scoreHistogram.ts';
import { precisionRecallChart, rocChart } from '../classification/squareCharts.ts';
import { formatThreshold } from '../classification/thresholdText.ts';
import { formatCount, formatMetric } from '../page/format.ts';
import { base, card } from '../styles/base.ts';
import { act } from './act.ts';
import { chartExports, drawingIn, type TextTable, tableExports } from './exports.ts';
import { valueText } from './figures.ts';
import type { EvaluationModel, LabelledSide } from './model.ts';

interface Curves {
  /** null: a class has no images. */
  readonly roc: readonly RocPoint[] | null;
  readonly band: RocBand | null;
  /** null: no positives, or no labels. */
  readonly precisionRecall: readonly { readonly x: number; readonly y: number; readonly threshold?: number }[] | null;
  readonly prevalence: number;
  readonly histogram: ScoreHistogram;
}

export class EvaluationCurves extends LitElement {
  static override properties = {
    model: { attribute: false },
    threshold: { attribute: false },
    figures: { attribute: false },
    optimum: { attribute: false },
    auroc: { attribute: false },
    auprc: { attribute: false },
  };
  /** Two classes only. */
  declare model: EvaluationModel;
  declare threshold: Threshold;
  /** Figures at the threshold; null: no labels. */
  declare figures: FiguresAt | null;
  /** Youden's threshold, fitted on validation; null: there is none. */
  declare optimum: Threshold | null;
  declare auroc: Figure | null;
  declare auprc: Figure | null;

  #curves: Curves | null = null;
  #of: EvaluationModel | null = null;

  override willUpdate(_: PropertyValues<this>): void {
    if (this.model === this.#of) return;
    this.#of = this.model;
    this.#curves = curvesOf(this.model);
  }

  override render() {
    const curves = this.#curves!;
    return html`<div class="charts" @sh-threshold=${this.#moved}>
      ${this.figures === null ? nothing : html`${this.#roc(curves)}${this.#precisionRecall(curves)}`}
      ${this.#histogram(curves)}
    </div>`;
  }

  #moved = (event: CustomEvent<AskedThreshold>): void => {
    event.stopPropagation();
    act(this, { type: 'thresholdMoved', asked: event.detail });
  };

  #roc({ roc, band }: Curves) {
    const { classNames, positive } = this.model;
    const { sensitivity, specificity } = this.figures!;
    const words = {
      className: classNames[positive!]!,
      threshold: formatThreshold(this.threshold),
      sensitivity: formatMetric(sensitivity.value),
      specificity: formatMetric(specificity.value),
    };
    return html`<section class="card" aria-labelledby="roc">
      <div class="cardHead">
        <h2 id="roc">${t('rocCurve')}</h2>
        ${this.auroc === null ? nothing : html`<span class="number">${t('auroc')} <b>${valueText(this.auroc)}</b></span>`}
        ${band === null ? nothing : html`<span class="muted">${t('rocBand')}</span>`}
        ${
          roc === null
            ? nothing
            : html`<sh-export-menu
              .of=${t('rocCurve')}
              .items=${[
                ...tableExports(this, () => rocTable(roc, this.model)),
                ...chartExports(this, () => drawingIn(this.renderRoot, '.roc'), t('rocCurve'), 'roc'),
              ]}
            ></sh-export-menu>`
        }
      </div>
      ${
        roc === null
          ? html`<p class="muted">${t('rocUndefined')}</p>`
          : html`${rocChart({
              points: roc,
              at: {
                falsePositiveRate: 1 - (specificity.value ?? Number.NaN),
                truePositiveRate: sensitivity.value ?? Number.NaN,
                threshold: this.threshold.logOdds,
              },
              optimum: this.#optimumPoint(),
              band,
              label: t('rocShownLabel', { ...words, auroc: this.auroc === null ? '–' : valueText(this.auroc) }),
            })}
            <sh-number-table .of=${t('rocCurve')} .table=${() => rocTable(roc, this.model)}></sh-number-table>`
      }
    </section>`;
  }

  /** Position of Youden's threshold, fitted on validation, among the displayed images. */
  #optimumPoint(): RocPoint | null {
    const { optimum, model } = this;
    const { labels, scores } = model.side!;
    if (optimum === null || labels === null) return null;
    const threshold = optimum.logOdds;
    const { sensitivity, specificity } = figuresAt(labels, scores, threshold);
    if (sensitivity.value === null || specificity.value === null) return null;
    return { threshold, truePositiveRate: sensitivity.value, falsePositiveRate: 1 - specificity.value };
  }

  #precisionRecall({ precisionRecall, prevalence }: Curves) {
    const { sensitivity, ppv } = this.figures!;
    return html`<section class="card" aria-labelledby="pr">
      <div class="cardHead">
        <h2 id="pr">${t('precisionRecallCurve')}</h2>
        ${
          this.auprc === null
            ? nothing
            : html`<span class="number">${t('auprc')} <b>${valueText(this.auprc)}</b></span>
              <span class="muted number">${t('prevalenceBaseline', { value: formatMetric(prevalence) })}</span>`
        }
        ${
          precisionRecall === null
            ? nothing
            : html`<sh-export-menu
              .of=${t('precisionRecallCurve')}
              .items=${[
                ...tableExports(this, () => precisionRecallTable(precisionRecall, this.model)),
                ...chartExports(
                  this,
                  () => drawingIn(this.renderRoot, '.precisionRecall'),
                  t('precisionRecallCurve'),
                  'precision-recall',
                ),
              ]}
            ></sh-export-menu>`
        }
      </div>
      ${
        precisionRecall === null
          ? html`<p class="muted">${t('precisionRecallUndefined')}</p>`
          : html`${precisionRecallChart({
              points: precisionRecall,
              at: sensitivity.value === null || ppv.value === null ? null : { x: sensitivity.value, y: ppv.value },
              prevalence,
              label: t('precisionRecallLabel', {
                auprc: this.auprc === null ? '–' : valueText(this.auprc),
                threshold: formatThreshold(this.threshold),
                recall: formatMetric(sensitivity.value),
                precision: formatMetric(ppv.value),
              }),
            })}
            <sh-number-table .of=${t('precisionRecallCurve')} .table=${() => precisionRecallTable(precisionRecall, this.model)}></sh-number-table>`
      }
    </section>`;
  }

  #histogram({ histogram }: Curves) {
    const className = this.model.classNames[this.model.positive!]!;
    const table = () => histogramTable(histogram);
    return html`<section class="card wide" aria-labelledby="scores">
      <div class="cardHead">
        <h2 id="scores">${t('scoresByClass')}</h2>
        <span class="muted">${t('scoresHint')}</span>
        <sh-export-menu
          .of=${t('scoresByClass')}
          .items=${[
            ...tableExports(this, table),
            ...chartExports(this, () => drawingIn(this.renderRoot, '.histogram'), t('scoresByClass'), 'scores'),
          ]}
        ></sh-export-menu>
      </div>
      <sh-histogram-chart
        class="histogram"
        .histogram=${histogram}
        .threshold=${this.threshold.probability}
        .xLabel=${t('probabilityOfClass', { className })}
        .label=${t('histogramLabel', {
          className,
          threshold: formatThreshold(this.threshold),
          above: formatCount(this.model.side!.scores.filter((score) => score >= this.threshold.logOdds).length),
          count: formatCount(this.model.side!.scores.length),
        })}
      ></sh-histogram-chart>
      <sh-number-table .of=${t('scoresByClass')} .table=${table}></sh-number-table>
    </section>`;
  }

  static override styles = [
    base,
    card,
    css`
      .charts {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
      }
      @media (min-width: 720px) {
        .charts {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        }
        .wide {
          grid-column: 1 / -1;
        }
      }
      @media (min-width: 1250px) {
        .charts {
          grid-template-columns: repeat(3, minmax(0, 1fr));
        }
        .wide {
          grid-column: auto;
        }
        .wide:only-child {
          grid-column: 1 / -1;
        }
      }
    `,
  ];
}

function curvesOf({ side, classNames, positive }: EvaluationModel): Curves {
  const { labels, scores, probabilities } = side!;
  const histogram = scoreHistogram({
    labels,
    scores: probabilities,
    names: { positive: classNames[positive!]!, negative: classNames[1 - positive!]!, all: t('allImages') },
  });
  if (labels === null) return { roc: null, band: null, precisionRecall: null, prevalence: 0, histogram };
  const positives = labels.filter((label) => label === 1).length;
  const negatives = labels.length - positives;
  return {
    roc: negatives === 0 || positives === 0 ? null : rocPoints(side as LabelledSide),
    band: rocBand(rocCurve(labels, scores), positives, negatives),
    precisionRecall: positives === 0 ? null : precisionRecallPoints(side as LabelledSide),
    prevalence: labels.length === 0 ? 0 : positives / labels.length,
    histogram,
  };
}

/** From predicting everything positive to predicting nothing positive. */
function precisionRecallPoints({ labels, scores }: LabelledSide) {
  const { precision, recall, thresholds } = precisionRecallCurve(labels, scores);
  return precision.map((y, i) => {
    const threshold = thresholds[i];
    return { x: recall[i]!, y, ...(threshold === undefined ? {} : { threshold }) };
  });
}

/** The displayed probability and the log-odds; a threshold above every score has no number. */
const thresholdCells = (logOdds: number | undefined, { shownTemperature }: EvaluationModel): (number | null)[] =>
  logOdds === undefined || logOdds === nothingPositive.logOdds
    ? [logOdds === undefined ? null : 1, null]
    : [shownAt(logOdds, shownTemperature).probability, logOdds];

const rocTable = (points: readonly RocPoint[], model: EvaluationModel): TextTable => ({
  header: [t('threshold'), t('logOdds'), t('falsePositiveRate'), t('sensitivity')],
  rows: points.map(({ threshold, falsePositiveRate, truePositiveRate }) => [
    ...thresholdCells(threshold, model),
    falsePositiveRate,
    truePositiveRate,
  ]),
});

const precisionRecallTable = (points: NonNullable<Curves['precisionRecall']>, model: EvaluationModel): TextTable => ({
  header: [t('threshold'), t('logOdds'), t('recall'), t('precision')],
  rows: points.map(({ threshold, x, y }) => [...thresholdCells(threshold, model), x, y]),
});

const histogramTable = ({ edges, up, down }: ScoreHistogram): TextTable => ({
  header: [t('scoreFrom'), t('scoreTo'), up.name, ...(down === null ? [] : [down.name])],
  rows: up.counts.map((count, i) => [edges[i]!, edges[i + 1]!, count, ...(down === null ? [] : [down.counts[i]!])]),
});
