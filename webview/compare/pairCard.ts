// <sh-compare-pair>: two runs on the same test images: counts, the paired tests in sentences, and the images they disagree on.
import { css, html, LitElement, nothing } from 'lit';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { type StringKey, t } from '../../shared/strings/strings.ts';
import { picker } from '../components/controls.ts';
import { formatCount, formatMetric } from '../page/format.ts';
import { base, card, table } from '../styles/base.ts';
import { act } from './act.ts';
import { type Pairing, pairingOf } from './pair.ts';
import { letter, runMark, runMarkStyle, runTitle } from './runMark.ts';
import type { Loaded } from './state.ts';
import { isLoaded } from './state.ts';
import { delongSentence, mcnemarSentence, pText } from './words.ts';

type Pair = readonly [ComparedRun, ComparedRun];

export class ComparePair extends LitElement {
  static override properties = {
    runs: { attribute: false },
    pair: { attribute: false },
    predictions: { attribute: false },
  };
  declare runs: readonly ComparedRun[];
  /** null: fewer than two runs. */
  declare pair: Pair | null;
  declare predictions: Readonly<Record<string, Loaded>>;

  #pairing: Pairing | null = null;

  /** Memoised, so that a third run's epoch does not pair ten thousand images again. */
  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('pair') || changed.has('predictions')) this.#pairing = this.#paired();
  }

  override render() {
    const { pair, runs } = this;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead"><h2 id="title">${t('pairTitle')}</h2></div>
      ${
        pair === null
          ? html`<p class="muted">${t('pairNeedsTwo')}</p>`
          : html`${runs.length > 2 ? this.#pickers(pair) : nothing}${this.#content(pair)}`
      }
    </section>`;
  }

  #content(pair: Pair) {
    const named = (runs: readonly ComparedRun[]) => runs.map(letter).join(', ');
    const untested = pair.filter(({ state }) => state.evaluation === null);
    if (untested.length > 0) return html`<p class="muted">${t('pairUntested', { runs: named(untested) })}</p>`;
    const unreadable = pair.filter(({ id }) => this.predictions[id] === null);
    if (unreadable.length > 0) return html`<p role="alert">${t('pairUnreadable', { runs: named(unreadable) })}</p>`;
    const pairing = this.#pairing;
    if (pairing === null) return html`<p class="muted" role="status">${t('pairLoading')}</p>`;
    return html`
      <div class="parts">
        ${counts(pair, pairing)}
        <div class="tests">${this.#tests(pair, pairing)}</div>
      </div>
      <sh-compare-images .pair=${pair} .pairing=${pairing}></sh-compare-images>`;
  }

  #tests(pair: Pair, pairing: Pairing) {
    const [first, second] = [letter(pair[0]), letter(pair[1])];
    const { obstacle, mcnemar, delong } = pairing;
    if (obstacle !== null || mcnemar === null)
      return html`<p class="obstacle">${t(obstacles[obstacle ?? 'noImages'])}</p>`;
    return html`
      <h3>${t('mcnemarTitle')}</h3>
      <p>${mcnemarSentence(mcnemar, pairing.onlyFirst, pairing.onlySecond, first, second)}</p>
      <h3>${t('delongTitle')}</h3>
      ${
        pairing.positiveClass === null
          ? html`<p>${t('delongTwoClasses', { count: pair[0].state.classNames.length })}</p>`
          : delong === null
            ? html`<p>${t('delongTooFew')}</p>`
            : html`<p>${delongSentence(delong, first, second)}</p>
              <p class="muted number">
                ${t('delongAreas', { first, second, firstArea: formatMetric(delong.areas[0]), secondArea: formatMetric(delong.areas[1]) })}${
                  fewOfAClass(pairing) ? html` · ${t('fewOfAClass')}` : nothing
                }
              </p>`
      }
      ${this.runs.length > 2 ? html`<p class="many">${manyComparisons(this.runs.length)}</p>` : nothing}`;
  }

  #pickers(pair: Pair) {
    const choose = (place: 0 | 1, label: StringKey) => {
      const options = this.runs.filter((run) => run.id !== pair[1 - place]!.id);
      return html`<span class="choice"
        ><span>${t(label)}</span>${picker({
          label: t(label),
          options: options.map(runTitle),
          selected: options.findIndex((run) => run.id === pair[place].id),
          onPick: (index) => {
            const id = options[index]?.id;
            if (id === undefined || id === pair[place].id) return;
            act(this, { type: 'pairPicked', pair: place === 0 ? [id, pair[1].id] : [pair[0].id, id] });
          },
        })}</span
      >`;
    };
    return html`<div class="choices">${choose(0, 'firstRun')}${choose(1, 'secondRun')}</div>`;
  }

  #paired(): Pairing | null {
    if (this.pair === null) return null;
    const [first, second] = this.pair;
    const [a, b] = [this.predictions[first.id], this.predictions[second.id]];
    if (!isLoaded(a) || !isLoaded(b)) return null;
    return pairingOf({ run: first, predictions: a }, { run: second, predictions: b });
  }

  static override styles = [
    base,
    card,
    table,
    runMarkStyle,
    css`
      .choices,
      .parts {
        display: flex;
        flex-wrap: wrap;
        gap: 10px 28px;
      }
      .choices {
        margin-bottom: 12px;
      }
      .choice {
        display: grid;
        flex: 1 1 240px;
        gap: 3px;
        min-width: 0;
        max-width: 480px;
      }
      vscode-dropdown {
        width: 100%;
        min-width: 0;
      }
      .tests {
        flex: 1 1 340px;
        min-width: 0;
        max-width: 760px;
      }
      .tests h3 {
        margin-top: 8px;
      }
      .tests h3:first-child {
        margin-top: 0;
      }
      .many {
        margin-top: 10px;
        padding-inline-start: 10px;
        border-inline-start: 3px solid var(--vscode-editorWarning-foreground);
      }
      .counts tbody td {
        min-width: 84px;
        text-align: center;
        border: 1px solid var(--sh-border);
        font-size: 15px;
      }
      .counts tbody td.apart {
        font-weight: 700;
        background: color-mix(in srgb, var(--vscode-charts-blue) 14%, transparent);
      }
      .counts th {
        border: 0;
        color: inherit;
      }
      sh-compare-images {
        margin-top: 14px;
      }
      :host-context(.vscode-high-contrast) .counts tbody td.apart {
        background: none;
        outline: 1px solid currentColor;
        outline-offset: -3px;
      }
    `,
  ];
}

const obstacles = {
  otherClasses: 'noTestsOtherClasses',
  otherDataset: 'noTestsOtherDataset',
  otherImages: 'noTestsOtherImages',
  otherLabels: 'noTestsOtherLabels',
  noImages: 'noTestsNoImages',
} as const;

const counts = ([first, second]: Pair, { images, bothRight, onlyFirst, onlySecond, bothWrong }: Pairing) => html`
  <div>
    <table class="counts">
      <caption>${t('pairCounts')}</caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${t('isRight', { run: letter(second) })}</th>
          <th scope="col">${t('isWrong', { run: letter(second) })}</th>
        </tr>
      </thead>
      <tbody>
        <tr><th scope="row">${t('isRight', { run: letter(first) })}</th><td>${formatCount(bothRight)}</td><td class="apart">${formatCount(onlyFirst)}</td></tr>
        <tr><th scope="row">${t('isWrong', { run: letter(first) })}</th><td class="apart">${formatCount(onlySecond)}</td><td>${formatCount(bothWrong)}</td></tr>
      </tbody>
    </table>
    <p class="muted number">${t('pairCommon', { count: formatCount(images.length) })} · ${runMark(first)} ${runMark(second)}</p>
  </div>`;

function fewOfAClass({ images, positiveClass }: Pairing): boolean {
  const positives = images.filter(({ className }) => className === positiveClass).length;
  return Math.min(positives, images.length - positives) < 30;
}

function manyComparisons(count: number): string {
  const pairs = (count * (count - 1)) / 2;
  return t('manyComparisons', { count, pairs, level: pText(0.05 / pairs).replace('p = ', '') });
}
