// <sh-faithfulness>: whether the map is trustworthy: the verdict in words, the deletion curve against chance, and the map of the same
// network with random weights.
import { css, html, LitElement, nothing } from 'lit';
import type { CamLook, Explained } from '../../shared/messages/explanation.ts';
import { t } from '../../shared/strings/strings.ts';
import { button } from '../components/controls.ts';
import { baseName, formatMetric } from '../page/format.ts';
import { base, card } from '../styles/base.ts';
import { act } from './act.ts';
import type { CamPicture } from './camPicture.ts';

/** Same number as in the runner. */
const repeats = 19;

export class FaithfulnessView extends LitElement {
  static override properties = {
    answer: { attribute: false },
    picture: { attribute: false },
    look: { attribute: false },
    busy: { attribute: false },
  };
  declare answer: Explained;
  declare picture: CamPicture;
  declare look: CamLook;
  /** The check is running. */
  declare busy: boolean;

  override render() {
    const { checked, explanation, verdictTexts } = this.answer;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead"><h2 id="title">${t('camCheck')}</h2></div>
      ${explanation.check ? this.#result() : checked ? verdictTexts.map((text) => html`<p>${text}</p>`) : this.#offer()}
    </section>`;
  }

  #offer() {
    return html`<p class="muted">${t('camCheckIntro', { repeats })}</p>
      <div class="row">
        ${button({
          label: t('camCheckButton'),
          icon: 'check',
          disabled: this.busy,
          onClick: () => act(this, { type: 'checkAsked' }),
        })}
        ${this.busy ? html`<span>${t('camChecking')}</span>` : nothing}
      </div>`;
  }

  #result() {
    const { explanation, verdictTexts } = this.answer;
    const { view, map, of } = explanation;
    const { deletion, random, fractions, randomWeights } = explanation.check!;
    const file = baseName(explanation.image);
    const axis = t(of === 'probability' ? 'camScoreProbability' : 'camScoreLogit');
    const { mean, low, high } = random;
    const sides = [
      {
        name: t('camThisMap'),
        map,
        label: t('camMapAlt', { className: explanation.classNames[explanation.targetLabel]!, file }),
      },
      { name: t('camRandomWeights'), map: randomWeights.map, label: t('camRandomWeightsAlt', { file }) },
    ];
    return html`<ul class="verdict">${verdictTexts.map((text) => html`<li>${text}</li>`)}</ul>
      <div class="figures">
        <figure class="chart">
          <h3>${t('camDeletion')}</h3>
          <sh-deletion-chart
            .curves=${{ fractions, scores: deletion.scores, mean, low, high }}
            .isShare=${of === 'probability'}
            .axis=${axis}
            .label=${t('camDeletionLabel', {
              score: axis,
              area: formatMetric(deletion.area),
              randomArea: formatMetric(random.area.mean),
              low: formatMetric(random.area.low),
              high: formatMetric(random.area.high),
            })}
          ></sh-deletion-chart>
        </figure>
        ${sides.map(
          (side) => html`<figure class="map">
            <h3>${side.name}</h3>
            <sh-cam-picture .picture=${this.picture} .label=${side.label} .view=${view} .map=${side.map} .look=${this.look} .sidePx=${112}></sh-cam-picture>
          </figure>`,
        )}
      </div>`;
  }

  static override styles = [
    base,
    card,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
        margin-top: 8px;
      }
      .verdict {
        display: grid;
        gap: 6px;
        padding-inline-start: 18px;
        margin-bottom: 12px;
        max-width: 90ch;
      }
      .figures {
        display: flex;
        flex-wrap: wrap;
        gap: 12px 20px;
      }
      .chart {
        flex: 2 1 260px;
        min-width: 0;
      }
      .map {
        flex: 1 1 150px;
        max-width: 240px;
        min-width: 0;
      }
      h3 {
        margin-bottom: 4px;
      }
    `,
  ];
}
