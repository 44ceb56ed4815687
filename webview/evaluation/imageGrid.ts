// <sh-image-grid>: the images of a pick with their predictions. Pictures load when they come into view; a click opens the file, and an
// image can be explained or moved to its true class. Arrow keys move between pictures.
import { css, html, LitElement, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type ImagePick, mostExplained } from '../../shared/messages/evaluation.ts';
import type { ImageOutcome } from '../../shared/metrics/perImage.ts';
import { t } from '../../shared/strings/strings.ts';
import { button, segments } from '../components/controls.ts';
import { icon } from '../components/icons.ts';
import { segmentsStyle } from '../components/segmentsStyle.ts';
import { baseName, formatCount, formatMetric } from '../page/format.ts';
import { base, card, imageTile } from '../styles/base.ts';
import { act, send } from './act.ts';
import { type TextTable, tableExports } from './exports.ts';
import { type EvaluationModel, pickedImages } from './model.ts';
import type { EvaluationSnapshot } from './state.ts';

const pageSize = 24;

export class ImageGrid extends LitElement {
  static override properties = {
    snapshot: { attribute: false },
    model: { attribute: false },
    outcomes: { attribute: false },
    pick: { attribute: false },
    limit: { state: true },
    broken: { state: true },
    listed: { state: true },
  };
  declare snapshot: EvaluationSnapshot;
  declare model: EvaluationModel;
  /** In the order of the model's images. */
  declare outcomes: readonly ImageOutcome[];
  declare pick: ImagePick;
  declare limit: number;
  /** Addresses that failed to load. */
  declare broken: ReadonlySet<string>;
  /** The image whose list of classes is filled: that of 500 classes in every tile would slow the page down. null: none. */
  declare listed: number | null;

  #images: readonly ImageOutcome[] = [];
  #moved: ReadonlyMap<string, string> = new Map();
  #gone: ReadonlySet<string> = new Set();

  constructor() {
    super();
    this.limit = pageSize;
    this.broken = new Set();
    this.listed = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (['model', 'outcomes', 'pick'].some((name) => changed.has(name)))
      this.#images = pickedImages(this.model, this.outcomes, this.pick);
    if (changed.has('pick')) this.limit = pageSize;
    if (changed.has('snapshot')) {
      const { moved, gone } = this.snapshot.places;
      this.#moved = new Map(moved.map(({ from, to }) => [from, to]));
      this.#gone = new Set(gone);
    }
  }

  override render() {
    const images = this.#images;
    const rest = images.length - this.limit;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('imagesTitle')}</h2>
        ${this.#lists()}
        <span class="muted number" role="status">${this.#what()}</span>
        ${this.#explainThese()}
        <sh-export-menu .of=${t('imagesTitle')} .items=${tableExports(this, () => this.#table())}></sh-export-menu>
      </div>
      ${
        images.length === 0
          ? html`<p class="muted">${t('noSuchImages')}</p>`
          : html`<ul @keydown=${this.#keyed}>
            ${repeat(
              images.slice(0, this.limit),
              ({ index }) => index,
              (image) => html`<li>${this.#tile(image)}</li>`,
            )}
          </ul>`
      }
      ${
        rest > 0
          ? button({
              label: t('showMore', { count: formatCount(Math.min(pageSize * 4, rest)) }),
              onClick: () => (this.limit += pageSize * 4),
            })
          : nothing
      }
    </section>`;
  }

  /** Opens the displayed list, from its beginning, as a wall of maps. */
  #explainThese() {
    const images = this.#images;
    if (!this.snapshot.subject.mayExplain || images.length < 2) return nothing;
    const { relativePaths } = this.model;
    return button({
      label: t('explainThese'),
      hint: t('explainTheseHint', { count: formatCount(Math.min(mostExplained, images.length)) }),
      onClick: () =>
        send(this, {
          type: 'explainThese',
          relativePaths: images.slice(0, mostExplained).map(({ index }) => relativePaths[index]!),
        }),
    });
  }

  #lists() {
    const { labels, side } = this.model;
    const picks: readonly { pick: ImagePick; label: string }[] = [
      ...(labels === null ? [] : [{ pick: { type: 'topLosses' } as const, label: t('topLosses') }]),
      { pick: { type: 'nearest' }, label: t(side === null ? 'leastSure' : 'nearest') },
      { pick: { type: 'all' }, label: t('allImages') },
    ];
    const { pick } = this;
    const options = picks.map(({ label }) => label);
    if (pick.type === 'cell') options.unshift(this.#cellName(pick));
    const offset = pick.type === 'cell' ? 1 : 0;
    return segments({
      name: 'list',
      label: t('imageList'),
      options,
      selected: pick.type === 'cell' ? 0 : picks.findIndex((one) => one.pick.type === pick.type),
      onPick: (index) => {
        const picked = picks[index - offset];
        if (picked) act(this, { type: 'imagesPicked', pick: picked.pick });
      },
    });
  }

  #cellName({ actual, predicted }: Extract<ImagePick, { type: 'cell' }>): string {
    const { classNames } = this.model;
    return t('cellImages', { actual: classNames[actual] ?? '', predicted: classNames[predicted] ?? '' });
  }

  #what(): string {
    const count = formatCount(this.#images.length);
    const key = { cell: 'byLoss', topLosses: 'byLoss', nearest: 'byDoubt', all: 'byName' } as const;
    return t(this.pick.type === 'all' && this.model.labels === null ? 'byScore' : key[this.pick.type], { count });
  }

  #tile(image: ImageOutcome) {
    const { classNames, labels, relativePaths } = this.model;
    const relativePath = relativePaths[image.index]!;
    const actual = labels === null ? null : image.label;
    const predicted = image.predicted ?? 0;
    const movedTo = this.#moved.get(relativePath);
    return html`<button
        type="button"
        class="open"
        title=${t('openImage', { path: relativePath })}
        @click=${() => send(this, { type: 'openImage', relativePath })}
      >
        ${this.#picture(relativePath, movedTo)}
        <span class="file truncate">${baseName(relativePath)}</span>
        ${
          actual === null
            ? nothing
            : html`<span class="truncate">${t('trueClass', { className: classNames[actual]! })}</span>`
        }
        <span class="said">
          ${actual === null ? nothing : html`${icon(actual === predicted ? 'check' : 'failed')}<span class="visuallyHidden">${t(actual === predicted ? 'sampleRight' : 'sampleWrong')}: </span>`}
          <span class="truncate">${t('saidClass', { className: classNames[predicted]! })}</span>
        </span>
        <span class="number muted truncate">${this.#score(image)}</span>
        ${image.loss === null ? nothing : html`<span class="number muted">${t('lossOf', { loss: formatMetric(image.loss, 2) })}</span>`}
        ${movedTo === undefined ? nothing : html`<span class="moved truncate" title=${movedTo}>${t('movedTo', { place: movedTo })}</span>`}
      </button>
      <span class="actions">${this.#actions(image, relativePath, actual, movedTo)}</span>`;
  }

  #score({ index, predicted }: ImageOutcome): string {
    const { classNames, positive, probabilities } = this.model;
    const label = positive ?? predicted ?? 0;
    return `p(${classNames[label]}) ${formatMetric(probabilities[index * classNames.length + label])}`;
  }

  #actions({ index }: ImageOutcome, relativePath: string, actual: number | null, movedTo: string | undefined) {
    const { mayExplain, mayRelabel } = this.snapshot.subject;
    if (this.#gone.has(relativePath)) return nothing;
    const { classNames } = this.model;
    const name = baseName(relativePath);
    const explain = mayExplain
      ? html`<button
        type="button"
        aria-label=${t('explainImage', { name })}
        @click=${() => send(this, { type: 'explain', relativePath })}
      >
        ${t('explain')}
      </button>`
      : nothing;
    if (!mayRelabel || actual === null || movedTo !== undefined) return explain;
    // Both come before the list opens: a press of the mouse, and the focus that a keyboard or a screen reader sets.
    const fill = (): void => {
      this.listed = index;
    };
    return html`${explain}<select
        aria-label=${t('moveImage', { name })}
        @pointerdown=${fill}
        @focus=${fill}
        @keydown=${fill}
        @change=${(event: Event) => {
          const select = event.target as HTMLSelectElement;
          const className = select.value;
          select.value = '';
          if (className !== '') send(this, { type: 'relabel', relativePaths: [relativePath], className });
        }}
      >
        <option value="">${t('moveToClass')}</option>
        ${this.listed === index ? classNames.map((className, label) => (label === actual ? nothing : html`<option value=${className}>${className}</option>`)) : nothing}
      </select>`;
  }

  #picture(relativePath: string, movedTo: string | undefined) {
    const root = this.snapshot.subject.imageRoot;
    const path = movedTo ?? relativePath;
    const address = root === null ? null : `${root}/${path.split('/').map(encodeURIComponent).join('/')}`;
    if (address === null || this.#gone.has(relativePath) || this.broken.has(address)) {
      const why = this.#gone.has(relativePath) ? 'imageGone' : 'imageMissing';
      return html`<span class="picture missing">${icon('warning')}<span>${t(why)}</span></span>`;
    }
    const failed = (): void => {
      this.broken = new Set([...this.broken, address]);
    };
    return html`<img class="picture" src=${address} alt="" loading="lazy" decoding="async" @error=${failed} />`;
  }

  /** Moves left and right by one, up and down by a row. */
  #keyed = (event: KeyboardEvent): void => {
    const tiles = [...this.renderRoot.querySelectorAll<HTMLButtonElement>('button.open')];
    const at = tiles.indexOf(event.target as HTMLButtonElement);
    if (at < 0) return;
    const top = tiles[0]!.offsetTop;
    const columns = Math.max(
      1,
      tiles.findIndex((tile) => tile.offsetTop > top),
    );
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -at,
      End: tiles.length - 1 - at,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    tiles[Math.min(tiles.length - 1, Math.max(0, at + step))]?.focus();
  };

  #table(): TextTable {
    const { classNames, labels, probabilities, relativePaths } = this.model;
    return {
      header: [t('path'), t('actual'), t('predicted'), ...classNames.map((name) => `p(${name})`), t('loss')],
      rows: this.#images.map(({ index, label, predicted, loss }) => [
        relativePaths[index]!,
        labels === null ? null : classNames[label]!,
        classNames[predicted ?? 0]!,
        ...classNames.map((_, k) => probabilities[index * classNames.length + k]!),
        loss,
      ]),
    };
  }

  static override styles = [
    base,
    card,
    segmentsStyle,
    imageTile,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(160px, 1fr));
        gap: 8px;
        margin-bottom: 8px;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        grid-template-rows: 1fr auto;
        min-width: 0;
        border: 1px solid var(--sh-border);
        border-radius: var(--sh-radius);
        background: var(--vscode-editor-background);
      }
      li:hover {
        border-color: var(--vscode-focusBorder);
      }
      button.open {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: 1px;
        padding: 6px;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        font-size: 12px;
        text-align: start;
        cursor: pointer;
      }
      .said {
        display: flex;
        align-items: center;
        gap: 4px;
        min-width: 0;
      }
      .said svg {
        width: 13px;
        height: 13px;
      }
      .moved {
        font-style: italic;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        padding: 0 6px 6px;
      }
      .actions:empty {
        display: none;
      }
      .actions select {
        field-sizing: content; /* as wide as its prompt, with and without the list */
      }
      .actions button,
      .actions select {
        min-width: 0;
        max-width: 100%;
        padding: 1px 6px;
        border: 1px solid var(--vscode-contrastBorder, var(--vscode-input-border, var(--sh-border)));
        border-radius: 3px;
        background: var(--vscode-dropdown-background, transparent);
        color: var(--vscode-dropdown-foreground, inherit);
        font: inherit;
        font-size: 11px;
        cursor: pointer;
      }
    `,
  ];
}
