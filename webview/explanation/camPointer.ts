// <sh-cam-pointer>: a picture in which mouse or arrow keys select a point. Dispatches `sh-point` with the position in pixels of the
// original, or null. Its content has the picture's own size.
import { css, html, LitElement, nothing } from 'lit';
import type { Explanation } from '../../shared/contracts/explanation.ts';
import { t } from '../../shared/strings/strings.ts';
import { base } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';
import { movedPoint, type Point, strongestPoint } from './heatDrawing.ts';

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class CamPointer extends LitElement {
  static override properties = {
    explanation: { attribute: false },
    point: { attribute: false },
    label: { attribute: false },
    valueText: { attribute: false },
  };
  declare explanation: Explanation;
  declare point: Point | null;
  declare label: string;
  declare valueText: string;

  override render() {
    const { original } = this.explanation.view;
    const { point } = this;
    return html`<div
      class="pointer"
      role="application"
      tabindex="0"
      aria-label="${this.label}. ${this.valueText}"
      aria-describedby="keys"
      @keydown=${this.#key}
      @pointermove=${this.#move}
      @pointerleave=${() => this.#tell(null)}
      @focus=${() => this.point ?? this.#tell(strongestPoint(this.explanation))}
    >
      <slot></slot>
      ${
        point === null
          ? nothing
          : html`<span
              class="cross"
              aria-hidden="true"
              ${cssVariables({ '--x': `${(100 * point.x) / original.width}%`, '--y': `${(100 * point.y) / original.height}%` })}
            ></span>`
      }
      </div>
      <span class="visuallyHidden" id="keys">${t('camKeys')}</span>`;
  }

  #tell(point: Point | null): void {
    this.dispatchEvent(new CustomEvent<Point | null>('sh-point', { detail: point, bubbles: true, composed: true }));
  }

  #move = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const { original } = this.explanation.view;
    this.#tell({
      x: ((event.clientX - box.left) / box.width) * original.width,
      y: ((event.clientY - box.top) / box.height) * original.height,
    });
  };

  #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#tell(null);
    const step = steps[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const from = this.point ?? strongestPoint(this.explanation);
    this.#tell(movedPoint(from, step, event.shiftKey, this.explanation));
  };

  static override styles = [
    base,
    css`
      .pointer {
        position: relative;
        cursor: crosshair;
      }
      .cross {
        position: absolute;
        left: var(--x);
        top: var(--y);
        width: 15px;
        height: 15px;
        border: 2px solid white;
        border-radius: 50%;
        outline: 1px solid black;
        translate: -50% -50%;
        pointer-events: none;
      }
    `,
  ];
}
