// <sh-sheet-panel>: the whole page of a contact sheet, drawn from one SheetState.
import { css, html, LitElement, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { DatasetCard } from '../../shared/messages/sheet.ts';
import { t } from '../../shared/strings/strings.ts';
import { button, progressRing } from '../components/controls.ts';
import { formatCount } from '../page/format.ts';
import { base, card, page, titleBar, tokens } from '../styles/base.ts';
import { act, send } from './act.ts';
import type { SheetGroupView } from './sheetGroup.ts';
import { filteredGroups, groupKey, groupsAtOnce, markedTotal, type SheetState, shownImages } from './state.ts';

export class SheetPanel extends LitElement {
  static override properties = { state: { attribute: false } };
  declare state: SheetState;

  override render() {
    const { card: shown } = this.state;
    if (shown === null)
      return html`<main class="waiting">${progressRing(t('sheetLoading'))}<p>${t('sheetLoading')}</p></main>`;
    return html`<main>
      <header>
        <div class="title">
          <h1>${shown.name}</h1>
          <p class="muted folder">${shown.folder}</p>
        </div>
        ${this.#actions(shown)}
      </header>
      ${
        shown.warningTexts.length > 0
          ? html`<sh-notices .problem=${null} .warnings=${shown.warningTexts}></sh-notices>`
          : nothing
      }
      <sh-dataset-card .card=${shown}></sh-dataset-card>
      ${shown.splits.length === 0 ? html`<p>${t('sheetNoImages')}</p>` : this.#sheet(shown)}
    </main>`;
  }

  #actions({ check, isChecking }: DatasetCard) {
    return html`<div class="actions" role="group" aria-label=${t('sheetActions')}>
      ${button({ label: t('sheetFineTune'), icon: 'play', primary: true, onClick: () => send(this, { type: 'fineTune' }) })}
      ${button({
        label: t(isChecking ? 'sheetChecking' : check ? 'sheetCheckAgain' : 'sheetCheck'),
        icon: 'check',
        disabled: isChecking,
        onClick: () => send(this, { type: 'check' }),
      })}
      ${check ? button({ label: t('sheetReport'), icon: 'log', onClick: () => send(this, { type: 'openReport' }) }) : nothing}
      ${button({ label: t('sheetReveal'), icon: 'folder', onClick: () => send(this, { type: 'reveal' }) })}
    </div>`;
  }

  #sheet(shown: DatasetCard) {
    const { split, className, markedOnly, thumbnails, asked, groupLimit } = this.state;
    const groups = filteredGroups(this.state);
    const more = groups.length - groupLimit;
    return html`
      <sh-sheet-filters
        .card=${shown}
        .split=${split}
        .pickedClass=${className}
        .markedOnly=${markedOnly}
        .markedCount=${markedTotal(this.state)}
      ></sh-sheet-filters>
      ${groups.length === 0 ? html`<p role="status">${t('sheetNothingMarked')}</p>` : nothing}
      ${repeat(
        groups.slice(0, groupLimit),
        groupKey,
        (group) => html`<sh-sheet-group
          .group=${group}
          .images=${shownImages(group, markedOnly)}
          .markedOnly=${markedOnly}
          .thumbnails=${thumbnails}
          .asked=${asked}
          @sh-leave=${(event: CustomEvent<'before' | 'after'>) => this.#leave(event)}
        ></sh-sheet-group>`,
      )}
      ${
        more > 0
          ? html`<div>${button({
              label: t('sheetMoreClasses', { count: formatCount(Math.min(more, groupsAtOnce)) }),
              onClick: () => act(this, { type: 'moreGroupsShown' }),
            })}</div>`
          : nothing
      }`;
  }

  /** Moves the focus from one group to the next by arrow keys. */
  #leave(event: CustomEvent<'before' | 'after'>): void {
    const groups = [...this.renderRoot.querySelectorAll<SheetGroupView>('sh-sheet-group')];
    const step = event.detail === 'after' ? 1 : -1;
    let i = groups.indexOf(event.target as SheetGroupView) + step;
    while (groups[i]?.images.length === 0) i += step;
    groups[i]?.enter(event.detail === 'after' ? 'first' : 'last');
  }

  static override styles = [
    tokens,
    base,
    card,
    page,
    titleBar,
    css`
      main {
        gap: 14px;
      }
      .folder {
        font-size: 12px;
        overflow-wrap: anywhere;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
    `,
  ];
}
