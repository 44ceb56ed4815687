// <sh-run-panel>: the whole page of one run, drawn from one ViewState.

import { css, html, LitElement, nothing } from 'lit';
import { epochValue, type MetricName, resultMetrics } from '../../shared/contracts/classification/metricTable.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { problemText } from '../../shared/strings/problems.ts';
import { t } from '../../shared/strings/strings.ts';
import { runColors } from '../charts/palette.ts';
import { keptEpoch, type StageSpan, stageSpans } from '../charts/stageSpans.ts';
import { positiveLabel } from '../classification/decision.ts';
import { epochIntervals, intervalText } from '../classification/intervals.ts';
import { progressRing } from '../components/controls.ts';
import type { Figure } from '../components/figures.ts';
import { formatCount, formatMetric } from '../page/format.ts';
import { weightsRemarks } from '../page/weightsWords.ts';
import { base, card, page, tokens } from '../styles/base.ts';
import { shownPredictions, shownThreshold, type ViewState } from './state.ts';

export class RunPanel extends LitElement {
  static override properties = { state: { attribute: false } };
  declare state: ViewState;

  #spansOf: readonly unknown[] = [];
  #spans: readonly StageSpan[] = [];

  /** New spans only when the course changed, because events of every second must not redraw the curves. */
  override willUpdate(): void {
    const { run } = this.state;
    if (run === null) return;
    const of = [run.epochs, run.stages, run.recipe, run.status];
    if (of.every((part, i) => part === this.#spansOf[i])) return;
    this.#spansOf = of;
    this.#spans = stageSpans(run);
  }

  override render() {
    const { run, standing, history } = this.state;
    if (run === null)
      return html`<main class="waiting">${progressRing(t('waitingForHost'))}<p>${t('waitingForHost')}</p></main>`;
    const predictions = shownPredictions(this.state);
    return html`
      <main>
        <sh-run-header .run=${run} .standing=${standing} .stopRequested=${this.state.stopRequested}></sh-run-header>
        ${this.#notices(run)}
        ${run.evaluation === null ? latest(run) : html`<sh-test-results .run=${run}></sh-test-results>`}
        <div class="columns">
          <sh-curves .run=${run} .spans=${this.#spans} .look=${this.state.look}></sh-curves>
          <div class="side">
            <sh-roc-view
              .run=${run}
              .predictions=${predictions}
              .isReading=${this.state.isReading}
              .positive=${positiveLabel(run, this.state.pickedClass)}
              .threshold=${shownThreshold(this.state)}
            ></sh-roc-view>
            ${
              run.samples.length === 0
                ? nothing
                : html`<sh-samples
                  .run=${run}
                  .imageRoot=${this.state.imageRoot}
                  .epoch=${history.epoch}
                  .predictions=${predictions}
                  .isGone=${history.epoch !== null && history.known.get(history.epoch) === null}
                ></sh-samples>`
            }
          </div>
          ${run.epochs.length === 0 ? nothing : html`<sh-epoch-table .run=${run}></sh-epoch-table>`}${findings(run)}
        </div>
      </main>`;
  }

  #notices(run: RunState) {
    const { problem, alarms } = run;
    const warnings = [...run.warnings, ...(shownPredictions(this.state)?.problems ?? [])];
    if (problem === null && warnings.length === 0 && alarms.length === 0) return nothing;
    return html`<sh-notices
      .problem=${problem && problemText(problem)}
      .warnings=${warnings.map(problemText)}
      .alarms=${alarms.map((alarm) => ({ epoch: alarm.epoch, text: problemText(alarm.problem) }))}
      .lastLines=${this.state.standing?.lastLines ?? []}
    ></sh-notices>`;
  }

  static override styles = [
    tokens,
    runColors,
    base,
    card,
    page,
    css`
      .side {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
      /* Wide: ROC and images beside everything else; the last row absorbs their extra height. */
      @media (min-width: 1100px) {
        .columns {
          grid-template-columns: minmax(0, 1fr) clamp(380px, 34vw, 520px);
          grid-template-rows: auto auto 1fr;
        }
        .side {
          grid-area: 1 / 2 / span 3;
        }
      }
    `,
  ];
}

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

/** Validation figures of the newest epoch, until there is a test result. */
function latest(run: RunState) {
  const row = run.epochs.at(-1);
  if (row === undefined) return nothing;
  const at = run.classNames.length > 2 ? t('macroMean') : t('at05');
  const intervals: Readonly<Partial<Record<MetricName, readonly [number, number] | null>>> = epochIntervals(run, row);
  const figures = resultMetrics.map((metric): Figure => {
    const interval = intervals[metric.name];
    return {
      name: t(metric.name),
      value: formatMetric(epochValue(row.metrics, 'val', metric)),
      ...(interval && { interval: intervalText(interval) }),
      ...(metric.decidedBy === 'threshold' && { detail: at }),
    };
  });
  const remarks = [...weightsRemarks(run.weights?.kind), ...(run.recipe?.medical ? [t('notDiagnostic')] : [])];
  const title = t(row.epoch === keptEpoch(run) ? 'validationEpochKept' : 'validationEpoch', { epoch: row.epoch });
  return html`<section class="card" aria-labelledby="latest">
    <div class="cardHead"><h2 id="latest">${title}</h2></div>
    <sh-figures .figures=${figures} .remarks=${remarks}></sh-figures>
  </section>`;
}
