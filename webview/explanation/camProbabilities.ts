// <sh-cam-probabilities>: the network's probabilities for the image, highest first, with a mark at the explained class.
import { css, html, LitElement, nothing } from 'lit';
import type { Explanation } from '../../shared/contracts/explanation.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatCount, formatMetric } from '../page/format.ts';
import { base, card, table } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';

const most = 12;

export class CamProbabilities extends LitElement {
  static override properties = { explanation: { attribute: false } };
  declare explanation: Explanation;

  override render() {
    const { classNames, probabilities, predictedLabel, trueLabel, targetLabel } = this.explanation;
    const order = classNames.map((_, label) => label).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
    const shown = order.filter((label, place) => place < most || label === trueLabel || label === targetLabel);
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead"><h2 id="title">${t('camProbabilities')}</h2></div>
      <table aria-labelledby="title">
        <thead>
          <tr><th scope="col" class="words">${t('camClassName')}</th><th scope="col">${t('camProbability')}</th></tr>
        </thead>
        <tbody>
          ${shown.map((label) => {
            const marks = [
              ...(label === predictedLabel ? [t('camIsPredicted')] : []),
              ...(label === trueLabel ? [t('camIsTrue')] : []),
              ...(label === targetLabel ? [t('camIsTarget')] : []),
            ];
            return html`<tr class=${label === targetLabel ? 'isTarget' : ''}>
              <th scope="row"><span class="name">${classNames[label]}</span>${marks.length > 0 ? html` <span class="muted">${marks.join(', ')}</span>` : nothing}</th>
              <td class="number"><span class="bar" ${cssVariables({ '--share': String(probabilities[label]) })}></span>${formatMetric(probabilities[label], 4)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
      ${
        shown.length < classNames.length
          ? html`<p class="muted">${t('camOtherClasses', { shown: shown.length, count: formatCount(classNames.length) })}</p>`
          : nothing
      }
    </section>`;
  }

  static override styles = [
    base,
    card,
    table,
    css`
      table {
        width: 100%;
      }
      .words {
        text-align: start;
      }
      tbody th {
        white-space: normal;
        overflow-wrap: anywhere;
        font-weight: 400;
      }
      .isTarget .name {
        font-weight: 700;
      }
      td {
        position: relative;
        width: 45%;
      }
      .bar {
        position: absolute;
        inset: 3px auto 3px 0;
        width: calc(var(--share) * (100% - 62px));
        background: color-mix(in srgb, var(--sh-train) 28%, transparent);
        border-inline-end: 2px solid var(--sh-train);
        z-index: -1;
      }
      tr {
        position: relative;
        z-index: 0;
      }
      p {
        margin-top: 6px;
        font-size: 12px;
      }
    `,
  ];
}
