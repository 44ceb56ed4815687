// <sh-cam-wall>: the maps of many images as tiles, which fill as replies arrive. Arrow keys move, a click or Enter enlarges one.

import { css, html, LitElement, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { fixed } from '../../shared/fixed.ts';
import type { CamImage, CamLook } from '../../shared/messages/explanation.ts';
import { t } from '../../shared/strings/strings.ts';
import { icon } from '../components/icons.ts';
import { base } from '../styles/base.ts';
import { act } from './act.ts';
import type { CamPicture } from './camPicture.ts';
import type { CamAnswer } from './state.ts';

const mapSidePx = 96;

export interface CamTile {
  readonly image: CamImage;
  readonly picture: CamPicture;
  readonly answer: CamAnswer | undefined;
}

export class CamWall extends LitElement {
  static override properties = { tiles: { attribute: false }, look: { attribute: false }, current: { state: true } };
  declare tiles: readonly CamTile[];
  declare look: CamLook;
  /** Tile in the tab order. */
  declare current: number;

  constructor() {
    super();
    this.current = 0;
  }

  override render() {
    return html`<p class="visuallyHidden" id="keys">${t('camWallKeys')}</p>
      <ul aria-label=${t('camWall')} aria-describedby="keys" @keydown=${this.#key}>
        ${repeat(
          this.tiles,
          ({ image }) => image.path,
          (tile, i) => html`<li>${this.#tile(tile, i)}</li>`,
        )}
      </ul>`;
  }

  #tile({ image, picture, answer }: CamTile, i: number) {
    const explanation = answer?.type === 'explained' ? answer.explanation : undefined;
    return html`<button
      type="button"
      tabindex=${i === Math.min(this.current, this.tiles.length - 1) ? 0 : -1}
      title=${image.path}
      @focus=${() => (this.current = i)}
      @click=${() => act(this, { type: 'shown', path: image.path })}
    >
      <sh-cam-picture
        .picture=${picture}
        .label=${t('camAlt', { file: image.name, folder: image.folder })}
        .view=${explanation?.view ?? null}
        .map=${explanation?.map ?? null}
        .look=${this.look}
        .sidePx=${mapSidePx}
      ></sh-cam-picture>
      <span class="file truncate" aria-hidden="true">${image.name}</span>
      ${this.#words(answer)}
    </button>`;
  }

  #words(answer: CamAnswer | undefined) {
    if (answer === undefined) return html`<span class="muted">${t('camWaiting')}</span>`;
    if (answer.type === 'failed')
      return html`<span class="mark">${icon('failed')}<span>${answer.sentence}</span></span>`;
    const { classNames, probabilities, predictedLabel, trueLabel, rawMaximum } = answer.explanation;
    const isWrong = trueLabel !== null && trueLabel !== predictedLabel;
    return html`<span class="number"
        >${t('camTile', { className: classNames[predictedLabel]!, percent: fixed(100 * probabilities[predictedLabel]!, 1) })}</span
      >
      ${
        trueLabel === null
          ? nothing
          : html`<span class="mark ${isWrong ? 'isWrong' : ''}">${icon(isWrong ? 'failed' : 'check')}<span>${isWrong ? t('camTileWrong', { className: classNames[trueLabel]! }) : t('camTileRight')}</span></span>`
      }
      ${rawMaximum === 0 ? html`<span class="muted">${t('camEmptyMap')}</span>` : nothing}`;
  }

  #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.tiles.length - 1;
    const columns = this.#columns();
    const to = {
      ArrowRight: this.current + 1,
      ArrowLeft: this.current - 1,
      ArrowDown: this.current + columns,
      ArrowUp: this.current - columns,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to >= 0 && to <= last) this.enter(to);
  };

  /** Focuses a tile. */
  enter(i: number): void {
    this.current = i;
    this.renderRoot.querySelectorAll<HTMLElement>('li button')[i]?.focus();
  }

  #columns(): number {
    const tiles = [...this.renderRoot.querySelectorAll('li')];
    const next = tiles.findIndex((tile) => tile.offsetTop > tiles[0]!.offsetTop);
    return next < 0 ? tiles.length : next;
  }

  static override styles = [
    base,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
        gap: 10px;
        list-style: none;
      }
      li {
        min-width: 0;
        content-visibility: auto;
        contain-intrinsic-size: auto 200px;
        padding: 2px;
      }
      button {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: 3px;
        width: 100%;
        height: 100%;
        padding: 5px;
        border: 1px solid var(--sh-border, transparent);
        border-radius: 3px;
        background: var(--vscode-editor-background);
        color: inherit;
        font: inherit;
        font-size: 11px;
        text-align: start;
        cursor: pointer;
      }
      button:hover {
        border-color: var(--vscode-focusBorder);
      }
      .mark {
        display: flex;
        align-items: start;
        gap: 4px;
        overflow-wrap: anywhere;
      }
      .mark span {
        min-width: 0;
      }
      .mark svg {
        flex: none;
        width: 13px;
        height: 13px;
      }
      .isWrong {
        font-weight: 600;
      }
      .isWrong svg {
        color: var(--sh-bad);
      }
    `,
  ];
}
