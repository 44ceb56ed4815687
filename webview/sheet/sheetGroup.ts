// <sh-sheet-group>: the images of one class in one split as a grid of tiles. A tile requests its thumbnail when it comes near the view;
// a click opens the image. Arrow keys move within the grid, and at its edges `sh-leave` moves on to the next one.
import { css, html, LitElement, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Mark, SheetGroup, SheetImage, SheetThumbnail } from '../../shared/messages/sheet.ts';
import { type StringKey, t } from '../../shared/strings/strings.ts';
import { button } from '../components/controls.ts';
import { icon } from '../components/icons.ts';
import { baseName, formatCount } from '../page/format.ts';
import { base } from '../styles/base.ts';
import { act, send, want } from './act.ts';
import { groupKey } from './state.ts';

/** Tiles this far outside of the view are requested, so that they are ready when scrolled to. */
const aheadPx = 400;
const moreAtOnce = 96;

export class SheetGroupView extends LitElement {
  static override properties = {
    group: { attribute: false },
    images: { attribute: false },
    markedOnly: { attribute: false },
    thumbnails: { attribute: false },
    asked: { attribute: false },
    current: { state: true },
  };
  declare group: SheetGroup;
  declare images: readonly SheetImage[];
  declare markedOnly: boolean;
  declare thumbnails: ReadonlyMap<string, SheetThumbnail>;
  declare asked: ReadonlySet<string>;
  /** Tile in the tab order. */
  declare current: number;

  readonly #near = new Set<string>();
  readonly #observed = new Set<Element>();
  #observer: IntersectionObserver | undefined;

  constructor() {
    super();
    this.current = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#observed.clear();
    this.#near.clear();
  }

  /** Focuses a tile when arrow keys arrive from the neighbouring group. */
  enter(at: 'first' | 'last'): void {
    this.#focus(at === 'first' ? 0 : this.images.length - 1);
  }

  /** Whether nothing about this group changed, so that its drawing stays. */
  override shouldUpdate(changed: Map<string, unknown>): boolean {
    const onlyNews = [...changed.keys()].every((name) => name === 'thumbnails' || name === 'asked');
    if (!onlyNews) return true;
    const before = changed.get('thumbnails') as ReadonlyMap<string, SheetThumbnail> | undefined;
    if (changed.has('asked')) return true;
    return this.images.some(({ relativePath }) => before?.get(relativePath) !== this.thumbnails.get(relativePath));
  }

  override updated(): void {
    this.#observer ??= new IntersectionObserver((seen) => this.#seen(seen), { rootMargin: `${aheadPx}px` });
    const tiles = new Set(this.renderRoot.querySelectorAll('li'));
    for (const tile of this.#observed)
      if (!tiles.has(tile as HTMLLIElement)) {
        this.#observer.unobserve(tile);
        this.#observed.delete(tile);
      }
    for (const tile of tiles) {
      if (this.#observed.has(tile)) continue;
      this.#observed.add(tile);
      this.#observer.observe(tile);
    }
    this.#ask();
  }

  override render() {
    const { group, images } = this;
    const { split, className } = group;
    const title = split === null ? className : t('sheetGroup', { split, className });
    return html`<section aria-labelledby="title">
      <div class="head">
        <h2 id="title">${title}</h2>
        <span class="muted number">${this.#countText()}</span>
      </div>
      ${
        images.length === 0
          ? html`<p class="muted">${t('sheetEmptyGroup')}</p>`
          : html`<p class="visuallyHidden" id="keys">${t('sheetKeys')}</p>
          <ul aria-labelledby="title" aria-describedby="keys" @keydown=${(event: KeyboardEvent) => this.#key(event)}>
            ${repeat(
              images,
              ({ relativePath }) => relativePath,
              (image, i) => html`<li data-path=${image.relativePath}>${this.#tile(image, i)}</li>`,
            )}
          </ul>`
      }
      ${this.#more()}
    </section>`;
  }

  #countText(): string {
    const { imageCount, markedCount } = this.group;
    const shown = formatCount(this.images.length);
    if (this.markedOnly) return t('sheetMarkedCount', { shown, count: formatCount(markedCount) });
    if (imageCount === 0) return '';
    return this.images.length === imageCount
      ? t('sheetWholeCount', { count: formatCount(imageCount) })
      : t('sheetSampleCount', { shown, count: formatCount(imageCount) });
  }

  #more() {
    const { group, images, markedOnly } = this;
    const left = group.imageCount - images.length;
    if (markedOnly || left <= 0) return nothing;
    const count = Math.min(left, moreAtOnce);
    return html`<div class="more">${button({
      label: t('sheetMore', { count: formatCount(count), className: group.className }),
      onClick: () => act(this, { type: 'moreShown', key: groupKey(group), count: images.length + count }),
    })}</div>`;
  }

  #tile(image: SheetImage, i: number) {
    const { relativePath, marks } = image;
    const details = marks.map((mark) => `${wordOf(mark)}: ${mark.detail}`);
    return html`<button
      type="button"
      class=${marks.length > 0 ? 'isMarked' : ''}
      tabindex=${i === Math.min(this.current, this.images.length - 1) ? 0 : -1}
      title=${[relativePath, ...details].join('\n')}
      @focus=${() => (this.current = i)}
      @click=${() => send(this, { type: 'openImage', relativePath })}
    >
      ${this.#picture(image)}
      <span class="file truncate" aria-hidden="true">${baseName(relativePath)}</span>
      ${marks.map(
        (mark) =>
          html`<span class="mark ${mark.kind === 'suspect' ? 'isMild' : ''}">${icon(mark.kind === 'corrupt' ? 'failed' : 'warning')}<span>${wordOf(mark)}</span></span>`,
      )}
    </button>`;
  }

  #picture({ relativePath }: SheetImage) {
    const { split, className } = this.group;
    const file = baseName(relativePath);
    const alt = split === null ? t('sheetAltFlat', { className, file }) : t('sheetAlt', { className, split, file });
    const thumbnail = this.thumbnails.get(relativePath);
    if (thumbnail === undefined) return html`<span class="picture"><span class="visuallyHidden">${alt}</span></span>`;
    if (thumbnail.address === null)
      return html`<span class="picture none"><span class="visuallyHidden">${alt}. </span>${icon('warning')}<span class="reason">${t('sheetNoPicture', { reason: thumbnail.reason ?? '' })}</span></span>`;
    const broken = (): void => act(this, { type: 'thumbnailBroken', relativePath, reason: t('sheetPictureGone') });
    return html`<img class="picture" src=${thumbnail.address} alt=${alt} loading="lazy" decoding="async" @error=${broken} />`;
  }

  #seen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const path = (target as HTMLElement).dataset.path!;
      if (isIntersecting) this.#near.add(path);
      else this.#near.delete(path);
    }
    this.#ask();
  }

  #ask(): void {
    const shown = new Set(this.images.map(({ relativePath }) => relativePath));
    const missing = [...this.#near].filter((path) => shown.has(path) && !this.asked.has(path));
    if (missing.length > 0) want(this, missing);
  }

  #key(event: KeyboardEvent): void {
    const last = this.images.length - 1;
    const to = {
      ArrowRight: this.current + 1,
      ArrowLeft: this.current - 1,
      ArrowDown: this.#below(this.current),
      ArrowUp: this.current - this.#columns(),
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (to >= 0 && to <= last) this.#focus(to);
    else this.dispatchEvent(new CustomEvent('sh-leave', { detail: to < 0 ? 'before' : 'after' }));
  }

  /** Down from above a short last row goes to its end. */
  #below(from: number): number {
    const columns = this.#columns();
    const last = this.images.length - 1;
    const isInLastRow = Math.floor(from / columns) === Math.floor(last / columns);
    return isInLastRow ? from + columns : Math.min(from + columns, last);
  }

  #columns(): number {
    const tiles = [...this.renderRoot.querySelectorAll('li')];
    const next = tiles.findIndex((tile) => tile.offsetTop > tiles[0]!.offsetTop);
    return next < 0 ? tiles.length : next;
  }

  #focus(i: number): void {
    this.current = i;
    this.renderRoot.querySelectorAll<HTMLElement>('li button')[i]?.focus();
  }

  static override styles = [
    base,
    css`
      /* Distant groups cost no layout: a dataset may have hundreds of them. */
      section {
        content-visibility: auto;
        contain-intrinsic-size: auto 420px;
        padding: 2px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 2px 10px;
        margin-bottom: 6px;
        font-size: 12px;
      }
      h2 {
        font-size: 13px;
        letter-spacing: 0;
        text-transform: none;
        overflow-wrap: anywhere;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(124px, 1fr));
        gap: 8px;
        list-style: none;
      }
      li {
        min-width: 0;
      }
      button {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: 2px;
        width: 100%;
        height: 100%;
        padding: 4px;
        border: 1px solid var(--sh-border);
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
      button.isMarked {
        border-color: var(--vscode-editorWarning-foreground, var(--sh-border));
      }
      .picture {
        display: block;
        width: 100%;
        aspect-ratio: 1;
        object-fit: contain;
        background: var(--sh-hairline);
      }
      .none {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 4px;
        padding: 6px;
        text-align: center;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      .mark {
        display: flex;
        align-items: center;
        gap: 4px;
        font-weight: 600;
      }
      .mark svg {
        width: 13px;
        height: 13px;
        color: var(--sh-bad);
      }
      .mark.isMild svg {
        color: var(--vscode-editorWarning-foreground, currentColor);
      }
      .more {
        margin-top: 8px;
      }
    `,
  ];
}

const words: Readonly<Record<Mark['kind'], StringKey>> = {
  corrupt: 'markCorrupt',
  leak: 'markLeak',
  twoClasses: 'markTwoClasses',
  duplicate: 'markDuplicate',
  alike: 'markAlike',
  suspect: 'markSuspect',
};

const wordOf = ({ kind }: Mark): string => t(words[kind]);
