// <sh-evaluation-classes>: with more than two classes, each against the rest as curve and as row, macro and weighted means, and the most
// frequent confusions; selecting one shows its images.

import { css, html, LitElement, nothing } from 'lit';
import type { Figure } from '../../shared/contracts/classification/evaluation.ts';
import { fixed } from '../../shared/fixed.ts';
import { oneVsRest } from '../../shared/metrics/roc.ts';
import { t } from '../../shared/strings/strings.ts';
import { dashes, runColor } from '../charts/palette.ts';
import { rocPoints } from '../classification/decision.ts';
import type { SquareLine } from '../classification/squareChart.ts';
import { rocOverlay } from '../classification/squareCharts.ts';
import { picker } from '../components/controls.ts';
import { formatCount } from '../page/format.ts';
import { base, card, table } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';
import { act } from './act.ts';
import { type ClassFigures, classColumns as columns, type MeanRow } from './classes.ts';
import { chartExports, drawingIn, type TextTable, tableExports } from './exports.ts';
import { methodText, rangeWords, valueText } from './figures.ts';
import type { EvaluationModel } from './model.ts';

/** Number of distinguishable lines. */
const mostLines = dashes.length;
const mostPairs = 10;

export class EvaluationClasses extends LitElement {
  static override properties = {
    model: { attribute: false },
    classes: { attribute: false },
    pickedClass: { attribute: false },
  };
  /** Requires labels and more than two classes. */
  declare model: EvaluationModel;
  declare classes: ClassFigures;
  declare pickedClass: number;

  override render() {
    const { classes } = this;
    return html`${this.#curves(classes)}${this.#table(classes)}${this.#pairs(classes)}`;
  }

  #curves({ rows }: ClassFigures) {
    const { labels, logOdds, classNames } = this.model;
    const drawable = rows.filter(({ auroc }) => auroc.value !== null);
    // The worst classes are the interesting ones; the picked one is always included.
    const worst = drawable.toSorted((a, b) => a.auroc.value! - b.auroc.value!).slice(0, mostLines);
    const picked = drawable.find(({ label }) => label === this.pickedClass);
    const shown = picked === undefined || worst.includes(picked) ? worst : [...worst.slice(0, -1), picked];
    const lines = shown.map(({ label }, i): SquareLine => {
      const side = oneVsRest(labels!, logOdds, classNames.length, label);
      const points = rocPoints(side).map(({ falsePositiveRate: x, truePositiveRate: y }) => ({ x, y }));
      return { points, color: runColor(i), dash: dashes[i]! };
    });
    return html`<section class="card" aria-labelledby="roc">
      <div class="cardHead">
        <h2 id="roc">${t('rocOneVsRest')}</h2>
        ${
          drawable.length > mostLines
            ? html`<span class="muted">${t('worstAreas', { shown: mostLines, count: drawable.length })}</span>${picker({
                label: t('oneVsRest'),
                options: classNames,
                selected: this.pickedClass,
                onPick: (label) => act(this, { type: 'classPicked', label }),
              })}`
            : nothing
        }
        <sh-export-menu
          .of=${t('rocOneVsRest')}
          .items=${chartExports(this, () => drawingIn(this.renderRoot, '.roc'), t('rocOneVsRest'), 'roc-one-vs-rest')}
        ></sh-export-menu>
      </div>
      ${shown.length === 0 ? html`<p class="muted">${t('rocUndefined')}</p>` : rocOverlay(lines, t('rocOverlayLabel', { count: shown.length }))}
      <ul class="legend">
        ${shown.map(
          ({ className, auroc }, i) => html`<li>
            <svg class="line" viewBox="0 0 28 8" aria-hidden="true" ${cssVariables({ '--color': `var(${runColor(i)})` })}>
              <path d="M0 4H28" stroke-dasharray=${dashes[i]!.join(' ')}></path></svg
            ><span class="truncate">${className}</span> <b class="number">${valueText(auroc)}</b>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  #table(classes: ClassFigures) {
    const { rows, means, total } = classes;
    return html`<section class="card" aria-labelledby="classes">
      <div class="cardHead">
        <h2 id="classes">${t('byClass')}</h2>
        <span class="muted">${t('byClassHint')}</span>
        <sh-export-menu .of=${t('byClass')} .items=${tableExports(this, () => classTable(classes))}></sh-export-menu>
      </div>
      <div class="scroll" role="region" aria-label=${t('asTable', { title: t('byClass') })} tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col" class="start">${t('className')}</th>
              ${columns.map((key) => html`<th scope="col">${t(key)}</th>`)}
              <th scope="col">${t('support')}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) => html`<tr>
                <th scope="row" class="name truncate" title=${row.className}>${row.className}</th>
                ${columns.map((key) => figureCell(row[key]))}
                <td>${formatCount(row.support)}</td>
              </tr>`,
            )}
          </tbody>
          <tfoot>
            ${(['macro', 'weighted'] as const).map(
              (average) => html`<tr>
                <th scope="row">${t(meanWords[average])}</th>
                ${columns.map((key) => figureCell(means[average][key]))}
                <td>${formatCount(total)}</td>
              </tr>`,
            )}
          </tfoot>
        </table>
      </div>
    </section>`;
  }

  #pairs({ pairs }: ClassFigures) {
    const { classNames } = this.model;
    const name = (label: number) => classNames[label]!;
    return html`<section class="card" aria-labelledby="pairs">
      <div class="cardHead">
        <h2 id="pairs">${t('confusedPairs')}</h2>
        <sh-export-menu
          .of=${t('confusedPairs')}
          .items=${tableExports(this, () => ({
            header: [t('actual'), t('predicted'), t('images'), t('shareOfActual')],
            rows: pairs.map(({ trueLabel, predictedLabel, count, share }) => [
              name(trueLabel),
              name(predictedLabel),
              count,
              share.value,
            ]),
          }))}
        ></sh-export-menu>
      </div>
      ${pairs.length === 0 ? html`<p class="muted">${t('noConfusedPairs')}</p>` : nothing}
      <ol>
        ${pairs.slice(0, mostPairs).map(
          ({ trueLabel: actual, predictedLabel: predicted, count, share }) => html`<li>
            <button
              type="button"
              @click=${() => act(this, { type: 'imagesPicked', pick: { type: 'cell', actual, predicted } })}
            >
              ${t('confusedPair', {
                actual: name(actual),
                predicted: name(predicted),
                count: formatCount(count),
                percent: fixed(share.value! * 100, 0),
              })}
            </button>
          </li>`,
        )}
      </ol>
    </section>`;
  }

  static override styles = [
    base,
    card,
    table,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-top: 8px;
        font-size: 12px;
        list-style: none;
      }
      .legend li {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
        max-width: 100%;
      }
      .line {
        flex: none;
        width: 28px;
        height: 8px;
        fill: none;
        stroke: var(--color);
        stroke-width: 2.5;
      }
      .scroll {
        overflow: auto;
        max-height: 480px;
      }
      .scroll table {
        width: 100%;
      }
      th.name {
        max-width: 170px;
      }
      th.start {
        text-align: start;
      }
      td .interval {
        display: block;
        font-size: 11px;
        color: var(--sh-muted);
      }
      tfoot tr:first-child > * {
        border-top: 1px solid var(--sh-border);
      }
      ol {
        display: grid;
        gap: 2px;
        margin: 0;
        padding-inline-start: 22px;
        font-size: 12px;
      }
      ol button {
        vertical-align: top; /* the number is at the first line */
        padding: 1px 4px;
        border: 0;
        border-radius: 3px;
        background: none;
        color: inherit;
        font: inherit;
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--sh-muted);
        text-underline-offset: 2px;
        cursor: pointer;
      }
      /* Below this width the table does not fit beside the curves. */
      @media (min-width: 1250px) {
        :host {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1.4fr);
        }
        section:first-child {
          grid-row: span 2;
        }
      }
    `,
  ];
}

const figureCell = (figure: Figure) => html`<td title=${methodText(figure)}>
  ${valueText(figure)}${figure.interval === null ? nothing : html`<span class="interval">${rangeWords(figure.interval)}</span>`}
</td>`;

const meanWords = { macro: 'macroAverage', weighted: 'weightedAverage' } as const;

const classTable = ({ rows, means, total }: ClassFigures): TextTable => ({
  header: [
    t('className'),
    ...columns.flatMap((key) => [t(key), `${t(key)}, ${t('low')}`, `${t(key)}, ${t('high')}`]),
    t('support'),
  ],
  rows: [
    ...rows.map((row) => [
      row.className,
      ...columns.flatMap((key) => [row[key].value, row[key].interval?.[0] ?? null, row[key].interval?.[1] ?? null]),
      row.support,
    ]),
    ...Object.entries(means).map(([average, mean]: [string, MeanRow]) => [
      t(meanWords[average as 'macro' | 'weighted']),
      ...columns.flatMap((key) => [mean[key].value, mean[key].interval?.[0] ?? null, mean[key].interval?.[1] ?? null]),
      total,
    ]),
  ],
});
