// <sh-run-panel>: the whole page of one run, drawn from one ViewState.
import { css, html, LitElement, nothing } from 'lit';
import type { RunState } from '../../runner/contracts/runState.ts';
import {
  type Curve,
  type CurveMetric,
  curveMetrics,
  curveOf,
  keptEpoch,
  type StageSpan,
  stageSpans,
} from '../curves.ts';
import { positiveLabel, thresholdOf } from '../decision.ts';
import { formatCount, formatMetric } from '../format.ts';
import type { ViewState } from '../state.ts';
import { t } from '../strings.ts';
import { base, card, tokens } from '../styles/base.ts';
import { progressRing } from './controls.ts';
import type { Figure } from './figures.ts';

export class RunPanel extends LitElement {
  static override properties = { state: { attribute: false } };
  declare state: ViewState;

  #drawnRun: RunState | null = null;
  #spans: readonly StageSpan[] = [];
  #curves: readonly { readonly metric: CurveMetric; readonly curve: Curve }[] = [];

  /** New columns only with a new run state: a moved slider must not redraw the curves. */
  override willUpdate(): void {
    const { run } = this.state;
    if (run === null || run === this.#drawnRun) return;
    this.#drawnRun = run;
    this.#spans = stageSpans(run);
    this.#curves = curveMetrics.map((metric) => ({ metric, curve: curveOf(run.epochs, metric) }));
  }

  override render() {
    const { run, problemText, warningTexts } = this.state;
    if (run === null)
      return html`<main class="waiting">${progressRing(t('waitingForHost'))}<p>${t('waitingForHost')}</p></main>`;
    return html`
      <main>
        <sh-run-header .run=${run} .stopRequested=${this.state.stopRequested}></sh-run-header>
        ${problemText !== null || warningTexts.length > 0 ? html`<sh-notices .problem=${problemText} .warnings=${warningTexts}></sh-notices>` : nothing}
        ${run.evaluation === null ? latest(run) : html`<sh-test-results .run=${run}></sh-test-results>`}
        <div class="columns">
          ${this.#curvesOf(run)}
          <sh-roc-view
            .run=${run}
            .predictions=${this.state.predictions}
            .positive=${positiveLabel(run, this.state.pickedClass)}
            .threshold=${thresholdOf(this.state)}
          ></sh-roc-view>
          ${epochs(run)}${findings(run)}
        </div>
      </main>`;
  }

  #curvesOf(run: RunState) {
    return html`<section class="card" aria-labelledby="curves">
      <div class="cardHead">
        <h2 id="curves">${t('curves')}</h2>
        ${run.epochs.length === 0 ? nothing : html`<span class="muted keptMark"><span class="ring"></span>${t('keptMark')}</span>`}
      </div>
      ${
        run.epochs.length === 0
          ? html`<p class="muted">${t('chartEmpty')}</p>`
          : html`<div class="charts">
            ${this.#curves.map(
              ({ metric, curve }) => html`<sh-line-chart
                .metric=${metric}
                .curve=${curve}
                .spans=${this.#spans}
                .planned=${this.#spans.at(-1)?.to ?? 0}
              ></sh-line-chart>`,
            )}
          </div>`
      }
    </section>`;
  }

  static override styles = [
    tokens,
    base,
    card,
    css`
      :host {
        color: var(--vscode-foreground);
        font-family: var(--vscode-font-family);
        font-size: var(--vscode-font-size, 13px);
        line-height: 1.4;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        max-width: 1680px;
        margin: auto;
        padding: 14px 20px 24px;
      }
      .waiting {
        justify-items: center;
        padding-top: 15vh;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
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
      .charts {
        display: grid;
        gap: 10px;
      }
      @media (max-width: 560px) {
        main {
          padding: 10px 10px 16px;
        }
      }
      /* Wide: the ROC beside everything else; the last row takes what it is longer than them. */
      @media (min-width: 1100px) {
        .columns {
          grid-template-columns: minmax(0, 1fr) clamp(380px, 34vw, 520px);
          grid-template-rows: auto auto 1fr;
        }
        sh-roc-view {
          grid-area: 1 / 2 / span 3;
        }
      }
    `,
  ];
}

const epochs = (run: RunState) =>
  run.epochs.length === 0
    ? nothing
    : html`<section class="card epochs" aria-labelledby="epochs">
      <div class="cardHead"><h2 id="epochs">${t('epochTable')}</h2></div>
      <sh-epoch-table .run=${run}></sh-epoch-table>
    </section>`;

const findings = (run: RunState) =>
  run.counts === null
    ? nothing
    : html`<section class="card findings" aria-labelledby="findings">
      <div class="cardHead">
        <h2 id="findings">${t('findings')}</h2>
        <span class="muted number">${formatCount(run.findings.length)}</span>
      </div>
      <sh-findings .findings=${run.findings}></sh-findings>
    </section>`;

/** The validation figures of the newest epoch, while there is no test result. */
function latest(run: RunState) {
  const row = run.epochs.at(-1);
  if (row === undefined) return nothing;
  const { val } = row.metrics;
  const at = run.classNames.length > 2 ? t('macroMean') : t('at05');
  const figures: Figure[] = [
    { name: t('auroc'), value: formatMetric(val.auroc) },
    { name: t('auprc'), value: formatMetric(val.auprc) },
    { name: t('accuracy'), value: formatMetric(val.accuracy) },
    { name: t('sensitivity'), value: formatMetric(val.sensitivity), detail: at },
    { name: t('specificity'), value: formatMetric(val.specificity), detail: at },
    { name: t('loss'), value: formatMetric(val.loss) },
  ];
  const remarks = [
    ...(run.weights?.kind === 'random' ? [t('randomWeightsNote')] : []),
    ...(run.recipe?.medical ? [t('notDiagnostic')] : []),
  ];
  const title = t(row.epoch === keptEpoch(run) ? 'validationEpochKept' : 'validationEpoch', { epoch: row.epoch });
  return html`<section class="card" aria-labelledby="latest">
    <div class="cardHead"><h2 id="latest">${title}</h2></div>
    <sh-figures .figures=${figures} .remarks=${remarks}></sh-figures>
  </section>`;
}
