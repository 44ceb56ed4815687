// What a chart learns from the page while it is in it, as Lit controllers.
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { onThemeChange } from './theme.ts';

type Host = ReactiveControllerHost & HTMLElement;

/** The width that the page leaves its host, in whole px within bounds; the host is drawn anew when it changes. */
export class MeasuredWidth implements ReactiveController {
  readonly #host: Host;
  readonly #observer: ResizeObserver;
  /** In px. */
  value: number;

  /** `usual`: until it is known. All in px. */
  constructor(host: Host, { least, usual, most }: { least: number; usual: number; most: number }) {
    this.#host = host;
    this.value = usual;
    this.#observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0;
      const next = Math.round(Math.min(most, Math.max(least, width)));
      if (width === 0 || next === this.value) return; // out of sight
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

/** For a canvas, which the page neither resizes nor colours: tells of both while `host` is in the page. */
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
