// <sh-compare-panel>: the whole page of a comparison, drawn from one CompareState.
import { html, LitElement, nothing } from 'lit';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { t } from '../../shared/strings/strings.ts';
import { runColors } from '../charts/palette.ts';
import { progressRing } from '../components/controls.ts';
import { base, card, page, tokens } from '../styles/base.ts';
import { comparisonNotes, predictionNotes } from './notes.ts';
import { type CompareState, pairOf } from './state.ts';

export class ComparePanel extends LitElement {
  static override properties = { state: { attribute: false } };
  declare state: CompareState;

  #pair: readonly [ComparedRun, ComparedRun] | null = null;

  /** Memoised: the same pair returns the same value, so it is not computed again. */
  override willUpdate(): void {
    const pair = pairOf(this.state);
    if (pair?.[0] !== this.#pair?.[0] || pair?.[1] !== this.#pair?.[1]) this.#pair = pair;
  }

  override render() {
    const { runs, runIds } = this.state;
    if (runs === null)
      return html`<main class="waiting">${progressRing(t('waitingForHost'))}<p>${t('waitingForHost')}</p></main>`;
    const gone = runIds.filter((id) => !runs.some((run) => run.id === id));
    const notes = [
      ...(gone.length > 0 ? [t('runsGone', { runs: gone.join(', ') })] : []),
      ...comparisonNotes(runs),
      ...predictionNotes(this.state),
    ];
    return html`<main>
      <h1>${t('compareTitle', { count: runs.length })}</h1>
      ${runs.length === 0 ? html`<p>${t('allRunsGone')}</p>` : nothing}
      ${notes.length > 0 ? html`<sh-notices .problem=${null} .warnings=${notes}></sh-notices>` : nothing}
      ${runs.length === 0 ? nothing : this.#sections(runs)}
      ${runs.some(({ state }) => state.recipe?.medical) ? html`<p><strong>${t('notDiagnostic')}</strong></p>` : nothing}
    </main>`;
  }

  #sections(runs: readonly ComparedRun[]) {
    const { curve, logScale, hidden, predictions } = this.state;
    return html`
      <sh-compare-metrics .runs=${runs}></sh-compare-metrics>
      <sh-compare-curves .runs=${runs} .curve=${curve} .logScale=${logScale} .hiddenRuns=${hidden}></sh-compare-curves>
      <sh-recipe-differences .runs=${runs} .pair=${this.#pair}></sh-recipe-differences>
      <sh-compare-pair .runs=${runs} .pair=${this.#pair} .predictions=${predictions}></sh-compare-pair>`;
  }

  static override styles = [tokens, runColors, base, card, page];
}
