// <sh-compare-images>: the test images on which two runs disagree, with both predictions; a click opens the image in the editor.
import { css, html, LitElement, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { t } from '../../shared/strings/strings.ts';
import { button, segments } from '../components/controls.ts';
import { icon } from '../components/icons.ts';
import { segmentsStyle } from '../components/segmentsStyle.ts';
import { baseName, formatCount, formatMetric } from '../page/format.ts';
import { base, imageTile } from '../styles/base.ts';
import { send } from './act.ts';
import type { PairedImage, Pairing, Verdict } from './pair.ts';
import { letter } from './runMark.ts';

const pageSize = 24;
const kinds = ['onlyFirst', 'onlySecond', 'bothWrong'] as const;

export class CompareImages extends LitElement {
  static override properties = {
    pair: { attribute: false },
    pairing: { attribute: false },
    kind: { state: true },
    limit: { state: true },
    broken: { state: true },
  };
  declare pair: readonly [ComparedRun, ComparedRun];
  declare pairing: Pairing;
  declare kind: number;
  declare limit: number;
  /** Addresses that failed to load. */
  declare broken: ReadonlySet<string>;

  constructor() {
    super();
    this.kind = 0;
    this.limit = pageSize;
    this.broken = new Set();
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('pairing')) return;
    this.limit = pageSize;
    this.kind = this.pairing.onlyFirst === 0 && this.pairing.onlySecond > 0 ? 1 : 0;
  }

  override render() {
    const { pair, pairing } = this;
    const [first, second] = pair.map(letter);
    const images = pairing.images.filter((image) => isOfKind(image, kinds[this.kind]!));
    return html`
      <div class="head">
        <h3>${t('disagreements')}</h3>
        ${segments({
          name: 'kind',
          label: t('disagreements'),
          options: [
            t('onlyRight', { run: first!, count: formatCount(pairing.onlyFirst) }),
            t('onlyRight', { run: second!, count: formatCount(pairing.onlySecond) }),
            t('bothWrong', { count: formatCount(pairing.bothWrong) }),
          ],
          selected: this.kind,
          onPick: (index) => {
            this.kind = index;
            this.limit = pageSize;
          },
        })}
        ${pairing.positiveClass === null ? nothing : html`<span class="muted">${t('probabilityOf', { className: pairing.positiveClass })}</span>`}
      </div>
      ${
        images.length === 0
          ? html`<p class="muted">${t('noSuchImages')}</p>`
          : html`<ul>
            ${repeat(
              images.slice(0, this.limit),
              ({ relativePath }) => relativePath,
              (image) => html`<li>${this.#tile(image)}</li>`,
            )}
          </ul>`
      }
      ${
        images.length > this.limit
          ? button({
              label: t('showMore', { count: formatCount(Math.min(pageSize * 4, images.length - this.limit)) }),
              onClick: () => (this.limit += pageSize * 4),
            })
          : nothing
      }`;
  }

  #tile(image: PairedImage) {
    const [first, second] = this.pair;
    const { relativePath } = image;
    return html`<button
      type="button"
      title=${t('openImage', { path: relativePath })}
      @click=${() => send(this, { type: 'openImage', runId: first.id, relativePath })}
    >
      ${this.#picture(first.imageRoot ?? second.imageRoot, relativePath)}
      <span class="file truncate">${baseName(relativePath)}</span>
      <span class="muted truncate">${t('trueClass', { className: image.className })}</span>
      ${verdict(first, image.first)}${verdict(second, image.second)}
    </button>`;
  }

  #picture(root: string | null, relativePath: string) {
    const address = root === null ? null : `${root}/${relativePath.split('/').map(encodeURIComponent).join('/')}`;
    if (address === null || this.broken.has(address))
      return html`<span class="picture missing">${icon('warning')}<span>${t('imageMissing')}</span></span>`;
    const failed = (): void => {
      this.broken = new Set([...this.broken, address]);
    };
    return html`<img class="picture" src=${address} alt="" loading="lazy" decoding="async" @error=${failed} />`;
  }

  static override styles = [
    base,
    segmentsStyle,
    imageTile,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 14px;
        margin-bottom: 8px;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
        gap: 8px;
        margin-bottom: 8px;
        list-style: none;
      }
      li {
        min-width: 0;
      }
      button {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: 1px;
        width: 100%;
        height: 100%;
        padding: 6px;
        border: 1px solid var(--sh-border);
        border-radius: var(--sh-radius);
        background: var(--vscode-editor-background);
        color: inherit;
        font: inherit;
        font-size: 12px;
        text-align: start;
        cursor: pointer;
      }
      button:hover {
        border-color: var(--vscode-focusBorder);
      }
      .verdict {
        display: flex;
        align-items: center;
        gap: 4px;
        min-width: 0;
      }
      .verdict svg {
        width: 13px;
        height: 13px;
      }
    `,
  ];
}

function isOfKind({ first, second }: PairedImage, kind: (typeof kinds)[number]): boolean {
  switch (kind) {
    case 'onlyFirst':
      return first.right && !second.right;
    case 'onlySecond':
      return second.right && !first.right;
    case 'bothWrong':
      return !first.right && !second.right;
  }
}

const verdict = (run: ComparedRun, { predicted, right, probability }: Verdict) => {
  const text = t('saysClass', { run: letter(run), className: predicted, probability: formatMetric(probability) });
  return html`<span class="verdict number"
    >${icon(right ? 'check' : 'failed')}<span class="visuallyHidden">${t(right ? 'isRight' : 'isWrong', { run: letter(run) })}: </span
    ><span class="truncate" title=${text}>${text}</span></span
  >`;
};
