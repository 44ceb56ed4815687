// <sh-evaluation-calibration>: whether predictions of 80 % are right in 80 % of the cases, before and after temperature scaling, which is
// fitted on validation.

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { largest } from '../../shared/lists.ts';
import { type StringKey, t } from '../../shared/strings/strings.ts';
import type { SquareDot } from '../classification/squareChart.ts';
import { reliabilityChart } from '../classification/squareCharts.ts';
import { checkbox, checkboxStyle } from '../components/controls.ts';
import type { Figure } from '../components/figures.ts';
import { formatCount, formatMetric } from '../page/format.ts';
import { base, card } from '../styles/base.ts';
import { act } from './act.ts';
import { type Calibration, calibrationOf } from './calibration.ts';
import { chartExports, drawingIn, type TextTable, tableExports } from './exports.ts';
import { shown } from './figuresCard.ts';
import type { EvaluationModel } from './model.ts';

export class EvaluationCalibration extends LitElement {
  static override properties = {
    model: { attribute: false },
    calibrated: { attribute: false },
    splitName: { attribute: false },
    isValidation: { attribute: false },
  };
  /** Requires labels. */
  declare model: EvaluationModel;
  declare calibrated: boolean;
  declare splitName: string;
  /** The temperature was fitted on the displayed images. */
  declare isValidation: boolean;

  #calibration: Calibration | null = null;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('model')) this.#calibration = calibrationOf(this.model);
  }

  override render() {
    const calibration = this.#calibration;
    const { model } = this;
    const className = model.positive === null ? null : model.classNames[model.positive]!;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('calibration')}</h2>
        <span class="muted">${className === null ? t('calibrationOfTop') : t('calibrationOf', { className })}</span>
        ${
          calibration === null
            ? nothing
            : html`<sh-export-menu
              .of=${t('calibration')}
              .items=${[
                ...tableExports(this, () => calibrationTable(calibration)),
                ...chartExports(
                  this,
                  () => drawingIn(this.renderRoot, '.reliability'),
                  t('calibration'),
                  'calibration',
                ),
              ]}
            ></sh-export-menu>`
        }
      </div>
      ${calibration === null ? html`<p class="muted">${t('calibrationUndefined')}</p>` : this.#drawn(calibration, className)}
    </section>`;
  }

  #drawn(calibration: Calibration, className: string | null) {
    return html`<div class="halves">
        <div>
          ${reliabilityChart(
            dotsOf(calibration),
            {
              x: className === null ? t('meanTopProbability') : t('probabilityOfClass', { className }),
              y: className === null ? t('shareRight') : t('shareOfClass', { className }),
            },
            t('calibrationLabel', { ece: formatMetric(calibration.ece.value), bins: calibration.bins.length }),
          )}
          <sh-number-table .of=${t('calibration')} .table=${() => calibrationTable(calibration)}></sh-number-table>
        </div>
        <div class="words">
          <sh-figures .figures=${figuresOf(calibration, this.model.positive !== null)}></sh-figures>
          ${this.#temperature()}
          <p class="muted">${t('calibrationHint')}</p>
        </div>
      </div>`;
  }

  #temperature() {
    const { temperature } = this.model;
    if (temperature.value === null) return html`<p>${t(temperatureReasons[temperature.reason])}</p>`;
    const told =
      temperature.from === 'own'
        ? t('temperatureOwn')
        : t('temperatureFitted', { count: formatCount(temperature.images ?? 0) });
    return html`${checkbox({
      label: t('temperatureToggle', { temperature: formatMetric(temperature.value, 2) }),
      checked: this.calibrated,
      onChange: (on) => act(this, { type: 'calibratedSet', on }),
    })}
      <p>${t(temperature.value > 1 ? 'temperatureTooSure' : 'temperatureTooUnsure')} ${told} ${this.isValidation && temperature.from === 'val' ? t('temperatureSameImages') : ''}</p>`;
  }

  static override styles = [
    base,
    card,
    checkboxStyle,
    css`
      .halves {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px 20px;
      }
      .words {
        display: grid;
        align-content: start;
        gap: 10px;
        font-size: 12px;
      }
      @media (min-width: 620px) {
        .halves {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        }
      }
    `,
  ];
}

const temperatureReasons = {
  noImages: 'temperatureNoValidation',
  noValidation: 'temperatureNoValidation',
  oneClassOnly: 'temperatureOneClass',
  notFinite: 'temperatureNoValidation',
  noErrors: 'temperatureNoErrors',
  noBetterThanChance: 'temperatureChance',
} as const satisfies Record<NonNullable<EvaluationModel['temperature']['reason']>, StringKey>;

/** Skips empty bins. */
function dotsOf({ bins }: Calibration): SquareDot[] {
  const most = Math.max(1, largest(bins.map(({ share }) => share.n)));
  return bins.flatMap(({ meanScore, share }) =>
    meanScore === null || share.value === null || share.interval === null
      ? []
      : [
          {
            x: meanScore,
            y: share.value,
            low: share.interval[0],
            high: share.interval[1],
            size: share.n / most,
            title: t('binTitle', {
              count: formatCount(share.n),
              mean: formatMetric(meanScore),
              share: formatMetric(share.value),
              low: formatMetric(share.interval[0]),
              high: formatMetric(share.interval[1]),
            }),
          },
        ],
  );
}

function figuresOf({ ece, eceByChance, brier, brierBaseline }: Calibration, isTwo: boolean): Figure[] {
  const images = t('imagesCounted', { count: formatCount(brier.n) });
  return [
    {
      name: t('ece'),
      figure: ece,
      detail:
        eceByChance === null
          ? images
          : t('eceDetail', { mean: formatMetric(eceByChance.mean), high: formatMetric(eceByChance.high) }),
    },
    {
      name: t(isTwo ? 'brier' : 'brierMany'),
      figure: brier,
      detail: brierBaseline === null ? images : t('brierDetail', { images, value: formatMetric(brierBaseline) }),
    },
  ].map(shown);
}

const calibrationTable = ({ bins }: Calibration): TextTable => ({
  header: [t('scoreFrom'), t('scoreTo'), t('images'), t('meanProbability'), t('sharePositive'), t('low'), t('high')],
  rows: bins.map(({ low, high, meanScore, share }) => [
    low,
    high,
    share.n,
    meanScore,
    share.value,
    share.interval?.[0] ?? null,
    share.interval?.[1] ?? null,
  ]),
});
