// <sh-compare-metrics>: one row per run with its figures on the test images; a star and a word mark the best of a column.
import { css, html, LitElement, nothing } from 'lit';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { t } from '../../shared/strings/strings.ts';
import { button } from '../components/controls.ts';
import { icon } from '../components/icons.ts';
import { base, card, table } from '../styles/base.ts';
import { send } from './act.ts';
import { sameTestSet } from './notes.ts';
import { letter, runMark, runMarkStyle } from './runMark.ts';
import { type Cell, metricColumns, tableCsv, tableMarkdown } from './table.ts';

export class CompareMetrics extends LitElement {
  static override properties = { runs: { attribute: false } };
  declare runs: readonly ComparedRun[];

  override render() {
    const { runs } = this;
    const columns = metricColumns(runs);
    const tested = runs.filter(({ state }) => state.evaluation !== null).length;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('compareMetrics')}</h2>
        <span class="muted">${t('compareMetricsHint')}</span>
        <span class="actions">
          ${button({ label: t('copyCsv'), onClick: () => send(this, { type: 'copy', text: tableCsv(runs) }) })}
          ${button({ label: t('copyMarkdown'), onClick: () => send(this, { type: 'copy', text: tableMarkdown(runs) }) })}
        </span>
      </div>
      <div class="scroll" role="region" aria-label=${t('asTable', { title: t('compareMetrics') })} tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col" class="start">${t('run')}</th>
              ${columns.map(({ key }) => html`<th scope="col">${t(key)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${runs.map(
              (run, i) => html`<tr>
                <th scope="row">
                  <button
                    type="button"
                    title=${`${t('openRun', { run: letter(run) })}: ${run.id}`}
                    @click=${() => send(this, { type: 'openRun', runId: run.id })}
                  >
                    ${runMark(run)}<span class="name"
                      ><span class="truncate">${run.name}</span><span class="muted">${run.when}</span></span
                    >
                  </button>
                </th>
                ${columns.map(({ cells }) => cell(cells[i]!))}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${tested > 1 && !sameTestSet(runs) ? html`<p class="muted note">${t('noBest')}</p>` : nothing}
    </section>`;
  }

  static override styles = [
    base,
    card,
    table,
    runMarkStyle,
    css`
      .actions {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-inline-start: auto;
      }
      .scroll {
        position: relative; /* contains the visually hidden words of the cells */
        overflow-x: auto;
      }
      table {
        width: 100%;
      }
      th.start {
        text-align: start;
      }
      th[scope='row'] {
        position: sticky;
        inset-inline-start: 0;
        background: var(--sh-surface);
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        padding: 2px;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        cursor: pointer;
      }
      button:hover .truncate {
        text-decoration: underline;
      }
      .name {
        display: grid;
        max-width: 200px;
        text-align: start;
      }
      .name .muted {
        font-size: 11px;
        font-weight: 400;
      }
      .detail {
        display: block;
        font-size: 11px;
        color: var(--sh-muted);
      }
      td.best {
        font-weight: 700;
      }
      .best svg {
        width: 12px;
        height: 12px;
        margin-inline-end: 3px;
        vertical-align: -2px;
      }
      .note {
        margin-top: 6px;
        font-size: 12px;
      }
      @media (max-width: 560px) {
        th[scope='row'] {
          position: static;
        }
      }
    `,
  ];
}

const cell = ({ text, detail, best }: Cell) => html`<td class=${best ? 'best' : ''}>
  ${best ? html`${icon('star')}<span class="visuallyHidden">${t('best')} </span>` : nothing}${text}${
    detail === undefined ? nothing : html`<span class="detail">${detail}</span>`
  }
</td>`;
