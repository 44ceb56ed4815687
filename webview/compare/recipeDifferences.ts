// <sh-recipe-differences>: the recipe fields that differ, and a button that opens the editor's own diff.
import { css, html, LitElement, nothing } from 'lit';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { t } from '../../shared/strings/strings.ts';
import { button } from '../components/controls.ts';
import { base, card, table } from '../styles/base.ts';
import { send } from './act.ts';
import { differingFields } from './recipes.ts';
import { letter, runMark, runMarkStyle, runTitle } from './runMark.ts';

export class RecipeDifferences extends LitElement {
  static override properties = { runs: { attribute: false }, pair: { attribute: false } };
  declare runs: readonly ComparedRun[];
  declare pair: readonly [ComparedRun, ComparedRun] | null;

  override render() {
    const { runs, pair } = this;
    const fields = differingFields(runs.map(({ state }) => state.recipe));
    const diffable = pair?.every(({ state }) => state.recipe !== null) ?? false;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('recipeDifferences')}</h2>
        ${
          pair === null || !diffable
            ? nothing
            : html`<span class="actions">${button({
                label: t('openDiff', { first: letter(pair[0]), second: letter(pair[1]) }),
                onClick: () => send(this, { type: 'diffRecipes', first: pair[0].id, second: pair[1].id }),
              })}</span>`
        }
      </div>
      ${fields.length === 0 ? html`<p class="muted">${t('recipesEqual')}</p>` : differences(runs, fields)}
    </section>`;
  }

  static override styles = [
    base,
    card,
    table,
    runMarkStyle,
    css`
      .actions {
        margin-inline-start: auto;
      }
      .scroll {
        overflow: auto;
        max-height: 420px;
      }
      th,
      td {
        text-align: start;
      }
      th[scope='row'] {
        font-family: var(--sh-mono);
        font-weight: 400;
      }
      td {
        max-width: 320px;
        white-space: normal;
        overflow-wrap: anywhere;
      }
    `,
  ];
}

const differences = (runs: readonly ComparedRun[], fields: ReturnType<typeof differingFields>) => html`<div
  class="scroll"
  role="region"
  aria-label=${t('asTable', { title: t('recipeDifferences') })}
  tabindex="0"
>
  <table>
    <thead>
      <tr>
        <th scope="col">${t('field')}</th>
        ${runs.map((run) => html`<th scope="col" title=${runTitle(run)}>${runMark(run)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        ({ path, values }) => html`<tr>
          <th scope="row">${path}</th>
          ${values.map((value) => html`<td>${value ?? '–'}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table>
</div>`;
