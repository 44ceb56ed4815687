// <sh-cam-picture>: an image with the colours of a map over its crop. The browser blends the opacity, so moving the slider redraws nothing.
// An image that does not load is requested by `sh-picture-wanted`; until then, and without one, its area is plain.
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { HeatMap } from '../../shared/contracts/explanation.ts';
import type { CamLook } from '../../shared/messages/explanation.ts';
import { t } from '../../shared/strings/strings.ts';
import { icon } from '../components/icons.ts';
import { base } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';
import { wantPicture } from './act.ts';
import { type CamView, cropShares, heatPixels } from './heatDrawing.ts';

/** Location of an image's picture; `address` null: there is none, `reason` says why (null: not known yet). */
export interface CamPicture {
  readonly path: string;
  readonly address: string | null;
  readonly reason: string | null;
}

export class CamPictureView extends LitElement {
  static override properties = {
    picture: { attribute: false },
    label: { attribute: false },
    view: { attribute: false },
    map: { attribute: false },
    look: { attribute: false },
    sidePx: { attribute: false },
    framed: { attribute: false },
  };
  declare picture: CamPicture;
  declare label: string;
  /** null: unknown before the first map. */
  declare view: CamView | null;
  /** null: the image without a map. */
  declare map: HeatMap | null;
  declare look: CamLook;
  /** Side of the drawn map in pixels. */
  declare sidePx: number;
  /** Outlines the network's input. */
  declare framed: boolean;

  constructor() {
    super();
    this.map = null;
    this.view = null;
    this.sidePx = 224;
    this.framed = false;
  }

  override render() {
    const { view } = this;
    const place = view && cropShares(view);
    const ratio = view ? view.original.width / view.original.height : 1;
    return html`<div
      class="stack ${view ? 'isPlaced' : ''}"
      ${cssVariables({
        '--ratio': String(ratio),
        '--left': `${100 * (place?.left ?? 0)}%`,
        '--top': `${100 * (place?.top ?? 0)}%`,
        '--width': `${100 * (place?.width ?? 1)}%`,
        '--height': `${100 * (place?.height ?? 1)}%`,
        '--opacity': String(this.look.opacity),
      })}
    >
      ${this.#image()}
      ${this.map ? html`<canvas class="crop" width=${this.sidePx} height=${this.sidePx} aria-hidden="true"></canvas>` : nothing}
      ${this.framed && view ? html`<span class="crop frame" aria-hidden="true"></span>` : nothing}
    </div>`;
  }

  #image() {
    const { address, reason, path } = this.picture;
    if (address === null)
      return html`<span class="none" role="img" aria-label=${reason === null ? this.label : `${this.label}. ${t('camNoPicture', { reason })}`}
        >${reason === null ? nothing : html`${icon('warning')}<span aria-hidden="true">${t('camNoPicture', { reason })}</span>`}</span
      >`;
    return html`<img
      src=${address}
      alt=${this.label}
      crossorigin="anonymous"
      loading="lazy"
      decoding="async"
      @error=${() => wantPicture(this, path)}
    />`;
  }

  override updated(changed: PropertyValues<this>): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const before = changed.get('look');
    const isRecoloured = changed.has('look') && before?.colors !== this.look.colors;
    if (!canvas || !this.map || !(changed.has('map') || changed.has('sidePx') || isRecoloured)) return;
    const pixels = heatPixels(this.map, this.sidePx, this.look.colors);
    canvas.getContext('2d')!.putImageData(new ImageData(pixels, this.sidePx, this.sidePx), 0, 0);
  }

  static override styles = [
    base,
    css`
      .stack {
        position: relative;
        display: grid;
        overflow: hidden;
        background: var(--sh-hairline);
      }
      .isPlaced {
        aspect-ratio: var(--ratio);
      }
      img {
        display: block;
        width: 100%;
        height: auto;
        min-width: 0;
      }
      .isPlaced img {
        height: 100%;
        min-height: 0;
      }
      .crop {
        position: absolute;
        left: var(--left);
        top: var(--top);
        width: var(--width);
        height: var(--height);
      }
      canvas {
        opacity: var(--opacity);
      }
      /* Visible on dark and on bright images. */
      .frame {
        border: 1px solid rgb(255 255 255 / 80%);
        outline: 1px solid rgb(0 0 0 / 55%);
        pointer-events: none;
      }
      .none {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 4px;
        min-height: 96px;
        padding: 8px;
        font-size: 12px;
        text-align: center;
        overflow-wrap: anywhere;
      }
      .isPlaced .none {
        min-height: 0;
      }
    `,
  ];
}
