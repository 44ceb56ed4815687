// Lit controllers that connect a chart to the page around it.
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { onThemeChange } from './theme.ts';

type Host = ReactiveControllerHost & HTMLElement;

/** Available width of the host element in whole px, within bounds; a change redraws the host. */
export class MeasuredWidth implements ReactiveController {
  readonly #host: Host;
  readonly #observer: ResizeObserver;
  /** Bounds in px. */
  value: number;

  /** `usual`: width until it is known. All in px. */
  constructor(host: Host, { least, usual, most }: { least: number; usual: number; most: number }) {
    this.#host = host;
    this.value = usual;
    this.#observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0;
      const next = Math.round(Math.min(most, Math.max(least, width)));
      if (width === 0 || next === this.value) return; // hidden
      this.value = next;
      host.requestUpdate();
    });
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }
}

/** For a canvas, which the page neither resizes nor recolours: reports both kinds of change while `host` is in the page. */
export function watchSurroundings(host: Host, changed: { size: () => void; theme: () => void }): void {
  const observer = new ResizeObserver(changed.size);
  let theme: { stop(): void } | undefined;
  host.addController({
    hostConnected: () => {
      theme = onThemeChange(changed.theme);
      observer.observe(host);
    },
    hostDisconnected: () => {
      theme?.stop();
      observer.disconnect();
    },
  });
}
