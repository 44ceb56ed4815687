// Panning by drag: from button down to button up, wherever the pointer goes.

export class Panning {
  isOn = false;

  /** `moved` gets the distance from the start in px. */
  start(down: PointerEvent, moved: (byPx: number) => void): void {
    // The plot below must not start its own selection.
    const stop = new AbortController();
    this.isOn = true;
    const end = (): void => {
      stop.abort();
      this.isOn = false;
    };
    addEventListener('mousedown', (event) => event.stopPropagation(), { capture: true, once: true });
    addEventListener('pointermove', (event) => moved(event.clientX - down.clientX), { signal: stop.signal });
    addEventListener('pointerup', end, { signal: stop.signal });
    addEventListener('pointercancel', end, { signal: stop.signal });
  }
}
