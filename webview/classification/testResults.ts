// <sh-test-results>: results of the kept weights on the test split, after the end: figures, confusion matrix, report,
// and the source of the threshold.
import { css, html, LitElement, nothing } from 'lit';
import type { ClassificationReport, Decisions } from '../../shared/contracts/classification/evaluation.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { evaluatedThreshold } from '../../shared/contracts/runState.ts';
import type { Interval } from '../../shared/metrics/intervals.ts';
import { t } from '../../shared/strings/strings.ts';
import { button, segments } from '../components/controls.ts';
import type { Figure } from '../components/figures.ts';
import { icon } from '../components/icons.ts';
import { segmentsStyle } from '../components/segmentsStyle.ts';
import { formatCount, formatMetric } from '../page/format.ts';
import { weightsRemarks } from '../page/weightsWords.ts';
import { base, card, table } from '../styles/base.ts';
import { evaluationInterval, intervalText, shareInterval } from './intervals.ts';
import { formatThreshold } from './thresholdText.ts';

export class TestResults extends LitElement {
  static override properties = {
    run: { attribute: false },
    rule: { state: true },
  };
  declare run: RunState;
  declare rule: 'threshold' | 'probability';

  constructor() {
    super();
    this.rule = 'threshold';
  }

  override render() {
    const { evaluation, classNames, recipe, weights } = this.run;
    if (evaluation === null) return nothing;
    const { test, val, keptEpoch } = evaluation;
    const threshold = evaluatedThreshold(evaluation);
    const byThreshold = test.byThreshold !== null && threshold !== null && this.rule === 'threshold';
    const decisions = byThreshold ? test.byThreshold! : test.byHighestProbability;
    const valDecisions = byThreshold && val.byThreshold ? val.byThreshold : val.byHighestProbability;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('testTitle')}</h2>
        <span class="muted">${t('testSource', { count: formatCount(test.imageCount), epoch: keptEpoch })}${
          threshold === null ? '' : ` · ${t('thresholdSource', { threshold: formatThreshold(threshold) })}`
        }</span>
        ${recipe?.medical ? html`<strong class="notDiagnostic">${icon('warning')}${t('notDiagnostic')}</strong>` : nothing}
        <span class="evaluate">${button({ label: t('openEvaluation'), icon: 'target', hint: t('openEvaluationHint'), primary: true, onClick: () => this.#openEvaluation() })}</span>
      </div>
      <sh-figures
        .figures=${figuresOf(test, decisions, val, valDecisions)}
        .remarks=${weightsRemarks(weights?.kind)}
      ></sh-figures>
      ${
        test.byThreshold !== null && threshold !== null
          ? segments({
              name: 'rule',
              label: t('rule'),
              options: [t('byThreshold', { threshold: formatThreshold(threshold) }), t('byProbability')],
              selected: byThreshold ? 0 : 1,
              onPick: (index) => (this.rule = index === 0 ? 'threshold' : 'probability'),
            })
          : nothing
      }
      <div class="tables">
        <sh-confusion-table
          .caption=${t('confusionMatrix')}
          .classNames=${classNames}
          .matrix=${decisions.confusionMatrix}
        ></sh-confusion-table>
        ${reportTable(decisions.report)}
      </div>
    </section>`;
  }

  #openEvaluation(): void {
    this.dispatchEvent(
      new CustomEvent('sh-ask', { detail: { type: 'openEvaluation' }, bubbles: true, composed: true }),
    );
  }

  static override styles = [
    base,
    card,
    table,
    segmentsStyle,
    css`
      .notDiagnostic {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .evaluate {
        margin-inline-start: auto;
      }
      .buttonIcon {
        display: inline-flex;
      }
      .notDiagnostic svg {
        color: var(--vscode-editorWarning-foreground);
      }
      .segments {
        margin: 12px 0 0;
      }
      .tables {
        display: flex;
        flex-wrap: wrap;
        gap: 16px 40px;
        margin-top: 12px;
      }
      .tables > * {
        min-width: 0;
        max-width: 100%;
      }
      .scroll {
        overflow-x: auto;
        flex: 1 1 340px;
        max-width: 640px;
      }
      .scroll table {
        width: 100%;
      }
      th.name {
        max-width: 220px;
      }
      th.start {
        text-align: start;
      }
      tfoot tr:first-child > * {
        border-top: 1px solid var(--sh-border);
      }
      tfoot th {
        font-weight: 400;
      }
    `,
  ];
}

function figuresOf(
  test: NonNullable<RunState['evaluation']>['test'],
  decisions: Decisions,
  val: NonNullable<RunState['evaluation']>['val'],
  valDecisions: Decisions,
): Figure[] {
  const beside = (value: number | null) => t('onValidation', { value: formatMetric(value) });
  const figures: Figure[] = [
    {
      name: t('auroc'),
      value: formatMetric(test.auroc),
      ...within(evaluationInterval(test)),
      detail: beside(val.auroc),
    },
    { name: t('auprc'), value: formatMetric(test.auprc), detail: beside(val.auprc) },
    {
      name: t('accuracy'),
      value: formatMetric(decisions.report.accuracy),
      ...within(shareInterval(decisions.report.accuracy, decisions.report.total)),
      detail: t('baseline', { value: formatMetric(test.majorityBaseline) }),
    },
  ];
  if (decisions.sensitivity !== null)
    figures.push({
      name: t('sensitivity'),
      value: formatMetric(decisions.sensitivity),
      detail: beside(valDecisions.sensitivity),
    });
  if (decisions.specificity !== null)
    figures.push({
      name: t('specificity'),
      value: formatMetric(decisions.specificity),
      detail: beside(valDecisions.specificity),
    });
  figures.push({ name: t('loss'), value: formatMetric(test.loss), detail: beside(val.loss) });
  return figures;
}

const within = (interval: Interval | null): { interval?: string } =>
  interval === null ? {} : { interval: intervalText(interval) };

const reportTable = (report: ClassificationReport) => html`
  <div class="scroll" role="region" aria-label=${t('classificationReport')} tabindex="0">
    <table>
      <caption>${t('classificationReport')}</caption>
      <thead>
        <tr>
          <th scope="col" class="start">${t('className')}</th>
          ${(['precision', 'recall', 'f1', 'support'] as const).map((key) => html`<th scope="col">${t(key)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${report.perClass.map((row) => reportRow(row.className, row, row.support))}
      </tbody>
      <tfoot>
        ${reportRow(t('macroAverage'), report.macroAverage, report.total)}
        ${reportRow(t('weightedAverage'), report.weightedAverage, report.total)}
      </tfoot>
    </table>
  </div>`;

const reportRow = (name: string, row: ClassificationReport['macroAverage'], images: number) => html`<tr>
  <th scope="row" class="name truncate" title=${name}>${name}</th>
  <td>${formatMetric(row.precision)}</td>
  <td>${formatMetric(row.recall)}</td>
  <td>${formatMetric(row.f1)}</td>
  <td>${formatCount(images)}</td>
</tr>`;
