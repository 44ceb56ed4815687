// <sh-evaluation-panel>: the whole page of an evaluation, drawn from one EvaluationState. One threshold drives every part.
import { css, html, LitElement, nothing } from 'lit';
import type { Threshold } from '../../shared/contracts/scores.ts';
import type { ImagePick } from '../../shared/messages/evaluation.ts';
import type { ImageOutcome } from '../../shared/metrics/perImage.ts';
import { t } from '../../shared/strings/strings.ts';
import { runColors } from '../charts/palette.ts';
import { formatThreshold } from '../classification/thresholdText.ts';
import { progressRing } from '../components/controls.ts';
import { formatCount } from '../page/format.ts';
import { base, card, page, tokens } from '../styles/base.ts';
import { type ClassFigures, classFigures } from './classes.ts';
import { decidedFigures, type FigureRow } from './figures.ts';
import {
  type ChosenThreshold,
  defaultPick,
  type EvaluationModel,
  type LabelledSide,
  modelOf,
  outcomesAt,
  thresholdOf,
} from './model.ts';
import { evaluationNotes } from './notes.ts';
import { overallRows } from './overall.ts';
import type { EvaluationSnapshot, EvaluationState } from './state.ts';

/** Parts that depend only on the scores. */
interface Scored {
  readonly model: EvaluationModel;
  /** null: two classes, or no labels. */
  readonly classes: ClassFigures | null;
  readonly overall: readonly FigureRow[];
  /** Youden's threshold on validation. */
  readonly optimum: Threshold | null;
}

export class EvaluationPanel extends LitElement {
  static override properties = { state: { attribute: false } };
  declare state: EvaluationState;

  #scored: Scored | null = null;
  /** Calibration off and on, each computed when first shown. */
  #known = new Map<boolean, Scored | null>();
  #of: readonly unknown[] = [];
  #outcomes: readonly ImageOutcome[] = [];
  #decidedOf: readonly unknown[] = [];

  /** A slider's step recomputes only what depends on it; moving images changes no number. */
  override willUpdate(): void {
    const { snapshot, calibrated } = this.state;
    const of = [snapshot?.shown, snapshot?.validation, snapshot?.subject];
    if (of.some((part, i) => part !== this.#of[i])) {
      this.#of = of;
      this.#known.clear();
    }
    if (!this.#known.has(calibrated))
      this.#known.set(calibrated, snapshot === null ? null : scoredOf(snapshot, calibrated));
    this.#scored = this.#known.get(calibrated)!;
  }

  override render() {
    const { snapshot } = this.state;
    if (snapshot === null)
      return html`<main class="waiting">${progressRing(t('waitingForEvaluation'))}<p>${t('waitingForEvaluation')}</p></main>`;
    const notes = evaluationNotes(snapshot, this.#scored?.model ?? null);
    return html`<main>
      <sh-evaluation-header .snapshot=${snapshot}></sh-evaluation-header>
      ${
        snapshot.problem === null && notes.length === 0
          ? nothing
          : html`<sh-notices .problem=${snapshot.problem} .warnings=${notes}></sh-notices>`
      }
      ${this.#scored === null ? nothing : this.#content(snapshot, this.#scored)}
    </main>`;
  }

  #content(snapshot: EvaluationSnapshot, scored: Scored) {
    const { state } = this;
    const { model } = scored;
    const chosen = thresholdOf(snapshot, model, state.preset);
    const { threshold } = chosen;
    const outcomes = this.#decided(model, threshold);
    const pick = fittingPick(state.pick, model);
    return html`
      ${model.side === null ? nothing : this.#bar(snapshot, model, chosen)}
      ${snapshot.compact ? nothing : this.#numbers(snapshot, scored, threshold)}
      <div class=${snapshot.compact || model.classNames.length > 3 ? 'whole' : 'halves'}>
        ${
          model.labels === null
            ? nothing
            : html`<sh-evaluation-matrix
              .model=${model}
              .outcomes=${outcomes}
              .share=${state.matrixShare}
              .pick=${pick}
              .how=${model.side === null ? t('byProbability') : t('byThreshold', { threshold: formatThreshold(threshold) })}
            ></sh-evaluation-matrix>`
        }
        ${
          snapshot.compact || model.labels === null
            ? nothing
            : html`<sh-evaluation-calibration
              .model=${model}
              .calibrated=${state.calibrated}
              .isValidation=${snapshot.subject.source.kind === 'split' && snapshot.subject.split === 'val'}
            ></sh-evaluation-calibration>`
        }
      </div>
      <sh-image-grid
        .snapshot=${snapshot}
        .model=${model}
        .outcomes=${outcomes}
        .pick=${pick}
      ></sh-image-grid>`;
  }

  #bar(snapshot: EvaluationSnapshot, model: EvaluationModel, chosen: ChosenThreshold) {
    const side = model.side!;
    const called = side.scores.filter((score) => score >= chosen.threshold.logOdds).length;
    return html`<sh-threshold-bar
      .snapshot=${snapshot}
      .model=${model}
      .chosen=${chosen}
      .calibrated=${this.state.calibrated}
      .optimum=${this.#scored!.optimum}
      .valueText=${t('thresholdCalls', {
        threshold: formatThreshold(chosen.threshold),
        count: formatCount(called),
        total: formatCount(side.scores.length),
        className: model.classNames[model.positive!]!,
      })}
    ></sh-threshold-bar>`;
  }

  #numbers(snapshot: EvaluationSnapshot, { model, classes, overall, optimum }: Scored, threshold: Threshold) {
    const splitName = splitNameOf(snapshot);
    if (model.side === null)
      return classes === null
        ? nothing
        : html`<sh-overall-figures
            .overall=${overall}
            .heading=${t('figuresOverall', { split: splitName })}
            .splitName=${splitName}
          ></sh-overall-figures>
          <sh-evaluation-classes .model=${model} .classes=${classes} .pickedClass=${this.state.pickedClass}></sh-evaluation-classes>`;
    const decided =
      model.side.labels === null
        ? null
        : decidedFigures(model, model.side as LabelledSide, threshold, this.state.prevalence);
    return html`
      ${
        decided === null
          ? nothing
          : html`<sh-evaluation-figures
            .decided=${decided}
            .overall=${overall}
            .threshold=${threshold}
            .prevalence=${this.state.prevalence}
            .splitName=${splitName}
          ></sh-evaluation-figures>`
      }
      <sh-evaluation-curves
        .model=${model}
        .threshold=${threshold}
        .figures=${decided?.figures ?? null}
        .optimum=${optimum}
        .auroc=${overall[0]?.figure ?? null}
        .auprc=${overall[1]?.figure ?? null}
      ></sh-evaluation-curves>`;
  }

  /** Memoised: the same outcomes return the same value, so ten thousand images are not sorted again. */
  #decided(model: EvaluationModel, threshold: Threshold): readonly ImageOutcome[] {
    if (this.#decidedOf[0] !== model || this.#decidedOf[1] !== threshold.logOdds) {
      this.#decidedOf = [model, threshold.logOdds];
      this.#outcomes = outcomesAt(model, threshold);
    }
    return this.#outcomes;
  }

  static override styles = [
    tokens,
    runColors,
    base,
    card,
    page,
    css`
      sh-threshold-bar {
        position: sticky;
        top: 0;
        z-index: 2;
      }
      .whole,
      .halves {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
      .whole:empty,
      .halves:empty {
        display: none;
      }
      @media (min-width: 1000px) {
        .halves {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1.2fr);
        }
      }
      @media (max-width: 560px) {
        sh-threshold-bar {
          position: static;
        }
      }
      @media (max-height: 520px) {
        sh-threshold-bar {
          position: static;
        }
      }
    `,
  ];
}

function scoredOf(snapshot: EvaluationSnapshot, calibrated: boolean): Scored | null {
  const model = modelOf(snapshot, calibrated);
  if (model === null) return null;
  const classes = model.side === null ? classFigures(model) : null;
  const best = model.side === null ? null : thresholdOf(snapshot, model, { type: 'youden' });
  return {
    model,
    classes,
    overall: overallRows(model, classes),
    optimum: best === null || best.reason !== null ? null : best.threshold,
  };
}

/** Selecting a cell requires labels. */
function fittingPick(pick: ImagePick | null, model: EvaluationModel): ImagePick {
  const needsLabels = pick?.type === 'cell' || pick?.type === 'topLosses';
  return pick === null || (needsLabels && model.labels === null) ? defaultPick(model) : pick;
}

const splitNameOf = ({ subject }: EvaluationSnapshot): string =>
  subject.split === 'val'
    ? t('validation')
    : subject.split === 'test'
      ? t('splitTest')
      : subject.split === 'train'
        ? t('train')
        : subject.name;
