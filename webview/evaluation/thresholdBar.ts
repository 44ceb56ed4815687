// <sh-threshold-bar>: the one threshold: a slider, a field, and presets. Presets are fitted on validation and only applied to the displayed
// images; the bar states on how many images. It stays in view while the page scrolls.

import { css, html, LitElement, nothing } from 'lit';
import type { AskedThreshold, Threshold } from '../../shared/contracts/scores.ts';
import type { ThresholdPreset } from '../../shared/messages/evaluation.ts';
import { type StringKey, t } from '../../shared/strings/strings.ts';
import { checkbox, checkboxStyle, picker } from '../components/controls.ts';
import { numberInput, numberInputStyle } from '../components/numberInput.ts';
import { formatCount, formatMetric } from '../page/format.ts';
import { base, card } from '../styles/base.ts';
import { act } from './act.ts';
import type { ChosenThreshold, EvaluationModel } from './model.ts';
import type { EvaluationSnapshot } from './state.ts';

type PresetType = ThresholdPreset['type'];

export class ThresholdBar extends LitElement {
  static override properties = {
    snapshot: { attribute: false },
    model: { attribute: false },
    chosen: { attribute: false },
    calibrated: { attribute: false },
    optimum: { attribute: false },
    valueText: { attribute: false },
  };
  declare snapshot: EvaluationSnapshot;
  declare model: EvaluationModel;
  declare chosen: ChosenThreshold;
  declare calibrated: boolean;
  /** Youden's threshold on validation; null: none. */
  declare optimum: Threshold | null;
  /** Text of the slider for screen readers. */
  declare valueText: string;

  override render() {
    const { chosen, model } = this;
    return html`<section class="card" aria-label=${t('threshold')}>
      <sh-threshold-slider
        .threshold=${chosen.threshold}
        .optimum=${this.optimum}
        .valueText=${this.valueText}
        .typed=${true}
        @sh-threshold=${(event: CustomEvent<AskedThreshold>) => act(this, { type: 'thresholdMoved', asked: event.detail })}
      ></sh-threshold-slider>
      <div class="rule">
        ${this.#picker()} ${this.#parameters()}
        ${
          model.temperature.value === null
            ? nothing
            : checkbox({
                label: t('temperatureToggle', { temperature: formatMetric(model.temperature.value, 2) }),
                checked: this.calibrated,
                onChange: (on) => act(this, { type: 'calibratedSet', on }),
              })
        }
      </div>
      <p class="source" role="status">${this.#source()}</p>
    </section>`;
  }

  #picker() {
    const options = this.#options();
    const { type } = this.chosen.preset;
    return picker({
      label: t('thresholdRule'),
      options: options.map((option) => t(presetWords[option])),
      selected: options.indexOf(type),
      onPick: (index) => {
        const picked = options[index];
        if (picked !== undefined && picked !== type)
          act(this, { type: 'presetPicked', preset: presetOfType(picked, this.chosen.threshold) });
      },
    });
  }

  #options(): PresetType[] {
    const own: PresetType[] = this.snapshot.subject.threshold === null ? [] : ['own'];
    const fitted: PresetType[] =
      this.model.validation === null ? [] : ['youden', 'sensitivity', 'specificity', 'costs'];
    return [...own, ...fitted, 'half', 'manual'];
  }

  #parameters() {
    const { preset } = this.chosen;
    const pick = (next: ThresholdPreset) => act(this, { type: 'presetPicked', preset: next });
    switch (preset.type) {
      case 'sensitivity':
      case 'specificity':
        return html`<span class="parameter"
          >≥ ${numberInput({
            label: t(preset.type === 'sensitivity' ? 'leastSensitivity' : 'leastSpecificity'),
            value: preset.atLeast,
            min: 0,
            max: 1,
            step: 0.01,
            onChange: (atLeast) => pick({ type: preset.type, atLeast }),
          })}</span
        >`;
      case 'costs':
        return html`<span class="parameter"
          >${t('costMissed')} ${numberInput({
            label: t('costMissedLong'),
            value: preset.falseNegative,
            min: 0.001,
            max: 1e6,
            step: 'any',
            onChange: (falseNegative) => pick({ ...preset, falseNegative }),
          })}</span
        ><span class="parameter"
          >${t('costAlarm')} ${numberInput({
            label: t('costAlarmLong'),
            value: preset.falsePositive,
            min: 0.001,
            max: 1e6,
            step: 'any',
            onChange: (falsePositive) => pick({ ...preset, falsePositive }),
          })}</span
        >`;
      default:
        return nothing;
    }
  }

  /** Source of the threshold. */
  #source(): string {
    const { chosen, model, snapshot } = this;
    const images = formatCount(model.validation?.labels.length ?? 0);
    if (chosen.reason !== null) return t(reasonWords[chosen.reason], { count: images });
    switch (chosen.preset.type) {
      case 'own':
        if (snapshot.subject.threshold?.from === 'given') return t('thresholdGiven');
        return model.validation === null ? t('thresholdOwn') : t('thresholdOwnFitted', { count: images });
      case 'half':
        return t('thresholdHalf');
      case 'manual':
        return t('thresholdManual');
      default:
        return t(snapshot.subject.split === 'val' ? 'thresholdFittedHere' : 'thresholdFitted', { count: images });
    }
  }

  static override styles = [
    base,
    card,
    checkboxStyle,
    numberInputStyle,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(220px, 1fr) minmax(0, 1.1fr);
        gap: 2px 28px;
        align-items: start;
        background: var(--vscode-editor-background);
      }
      sh-threshold-slider {
        grid-row: 1 / span 2;
      }
      .rule {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
        font-size: 12px;
      }
      .parameter {
        display: inline-flex;
        align-items: center;
        gap: 4px;
      }
      .parameter input[type='number'] {
        width: 6em;
      }
      .source {
        grid-column: 2;
        font-size: 12px;
        color: var(--sh-muted);
      }
      vscode-dropdown {
        min-width: 230px;
      }
      @media (max-width: 760px) {
        section {
          grid-template-columns: minmax(0, 1fr);
        }
        .source {
          grid-column: 1;
        }
        sh-threshold-slider {
          grid-row: auto;
        }
      }
    `,
  ];
}

const presetWords = {
  own: 'presetOwn',
  youden: 'presetYouden',
  sensitivity: 'presetSensitivity',
  specificity: 'presetSpecificity',
  costs: 'presetCosts',
  half: 'presetHalf',
  manual: 'presetManual',
} as const satisfies Record<PresetType, StringKey>;

const reasonWords = {
  noBetterThanChance: 'reasonChance',
  unreachable: 'reasonUnreachable',
  nothingPositive: 'reasonNothingPositive',
  oneClassOnly: 'reasonOneClass',
  noImages: 'reasonNoImages',
  notFinite: 'reasonNotFinite',
  ruleInvalid: 'reasonRuleInvalid',
  noValidation: 'reasonNoImages',
} as const satisfies Record<NonNullable<ChosenThreshold['reason']>, StringKey>;

function presetOfType(type: PresetType, threshold: Threshold): ThresholdPreset {
  switch (type) {
    case 'sensitivity':
    case 'specificity':
      return { type, atLeast: 0.95 };
    case 'costs':
      return { type, falseNegative: 5, falsePositive: 1 };
    case 'manual':
      return { type, ...threshold };
    default:
      return { type };
  }
}
