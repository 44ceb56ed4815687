// <sh-dataset-card>: the dataset in numbers: counts of every class in every split, balance, image sizes, findings of the last check.

import { css, html, LitElement, nothing } from 'lit';
import type { ImageSizes } from '../../shared/contracts/checkResult.ts';
import { fixed } from '../../shared/fixed.ts';
import { largest } from '../../shared/lists.ts';
import type { DatasetCard, SheetCheck } from '../../shared/messages/sheet.ts';
import { t } from '../../shared/strings/strings.ts';
import { icon } from '../components/icons.ts';
import { formatCount } from '../page/format.ts';
import { base, card, table } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';

export class DatasetCardView extends LitElement {
  static override properties = { card: { attribute: false } };
  declare card: DatasetCard;

  override render() {
    const { check, classNames, imbalanceText, runCount, splits } = this.card;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead"><h2 id="title">${t('sheetCard')}</h2></div>
      <div class="columns">
        <div class="counts">
          ${splits.length > 0 ? this.#counts() : nothing}
          <p class="muted note">${t('sheetByNames')}</p>
        </div>
        <dl>
          ${
            classNames.length > 1
              ? html`<dt>${t('sheetBalance')}</dt>
                <dd>${imbalanceText ?? t('sheetBalanced')}</dd>`
              : nothing
          }
          ${splits.some(({ split }) => split === null) ? html`<dt>${t('sheetSplit')}</dt><dd>${t('sheetFlat')}</dd>` : nothing}
          ${check ? html`<dt>${t('sheetSizes')}</dt><dd class="number">${sizesText(check.imageSizes)}</dd>` : nothing}
          <dt>${t('sheetUsedBy')}</dt>
          <dd>${runCount === 0 ? t('sheetNoRuns') : t('sheetRuns', { count: runCount })}</dd>
          <dt>${t('sheetLastCheck')}</dt>
          <dd>${check ? checkSection(check) : t('sheetNeverChecked')}</dd>
        </dl>
      </div>
    </section>`;
  }

  #counts() {
    const { classNames, splits } = this.card;
    const isFlat = splits.every(({ split }) => split === null);
    const ofClass = (label: number) => splits.reduce((sum, { counts }) => sum + (counts[label] ?? 0), 0);
    const ofSplit = (counts: readonly (number | null)[]) => counts.reduce<number>((sum, n) => sum + (n ?? 0), 0);
    const all = classNames.reduce((sum, _, label) => sum + ofClass(label), 0);
    const most = Math.max(1, largest(classNames.map((_, label) => ofClass(label))));
    const share = (label: number) => (all === 0 ? 0 : ofClass(label) / all);
    // A scrolling region must be reachable by keyboard.
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('sheetCounts')}>
      <table>
        <thead>
          <tr>
            <th scope="col"><span class="visuallyHidden">${t('sheetClass')}</span></th>
            ${isFlat ? nothing : splits.map(({ split }) => html`<th scope="col">${split}</th>`)}
            <th scope="col">${t(isFlat ? 'sheetImages' : 'sheetAll')}</th>
            <th scope="col" class="share">${t('sheetShare')}</th>
          </tr>
        </thead>
        <tbody>
          ${classNames.map(
            (className, label) => html`<tr>
              <th scope="row">${className}</th>
              ${isFlat ? nothing : splits.map(({ counts }) => countCell(counts[label] ?? null))}
              <td>${formatCount(ofClass(label))}</td>
              <td class="share">
                <span class="bar" aria-hidden="true" ${cssVariables({ '--share': `${(100 * ofClass(label)) / most}%` })}></span
                >${fixed(100 * share(label), 0)} %
              </td>
            </tr>`,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">${t('sheetAll')}</th>
            ${isFlat ? nothing : splits.map(({ counts }) => html`<td>${formatCount(ofSplit(counts))}</td>`)}
            <td>${this.card.isComplete ? '' : '≥ '}${formatCount(all)}</td>
            <td></td>
          </tr>
        </tfoot>
      </table>
    </div>`;
  }

  static override styles = [
    base,
    card,
    table,
    css`
      .columns {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        gap: 12px 32px;
        align-items: start;
      }
      .scroll {
        max-height: 340px;
        max-width: 100%;
        overflow: auto;
      }
      table {
        width: 100%;
      }
      tfoot th,
      tfoot td {
        font-weight: 600;
        border-bottom: none;
      }
      .share {
        min-width: 90px;
      }
      .bar {
        display: block;
        float: left;
        width: calc(var(--share) * 0.5);
        height: 8px;
        margin-top: 5px;
        background: var(--vscode-charts-blue);
        outline: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .missing {
        font-weight: 600;
      }
      .note {
        margin-top: 6px;
        font-size: 12px;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 4px 14px;
      }
      dt {
        color: var(--sh-muted);
      }
      .summary {
        font-weight: 600;
      }
      .outdated {
        display: flex;
        gap: 6px;
        margin: 4px 0;
      }
      .outdated svg {
        color: var(--vscode-editorWarning-foreground);
      }
      sh-findings {
        margin-top: 4px;
      }
      @media (max-width: 560px) {
        dl {
          grid-template-columns: minmax(0, 1fr);
        }
        dd {
          margin-bottom: 6px;
        }
        .bar {
          display: none;
        }
        .share {
          min-width: 0;
        }
      }
    `,
  ];
}

const countCell = (count: number | null) =>
  count === null || count === 0
    ? html`<td class="missing">${count === null ? t('sheetMissing') : 0}</td>`
    : html`<td>${formatCount(count)}</td>`;

function checkSection({ when, recipe, isOutdated, summary, findings, findingCount }: SheetCheck) {
  return html`<p><span class="summary">${summary}</span> <span class="muted">${t('sheetCheckedAt', { when, recipe })}</span></p>
    ${isOutdated ? html`<p class="outdated">${icon('warning')}<span>${t('sheetOutdated')}</span></p>` : nothing}
    <sh-findings .findings=${findings}></sh-findings>
    ${
      findingCount > findings.length
        ? html`<p class="muted">${t('sheetMoreFindings', { shown: formatCount(findings.length), count: formatCount(findingCount) })}</p>`
        : nothing
    }`;
}

function sizesText({ smallest, median, largest, distinct }: ImageSizes): string {
  const size = ({ width, height }: ImageSizes['median']) => `${width} × ${height}`;
  if (distinct === 1) return t('sheetOneSize', { size: size(median) });
  return t('sheetManySizes', {
    smallest: size(smallest),
    largest: size(largest),
    median: size(median),
    count: formatCount(distinct),
  });
}
