// A drag that moves what is in view: from the button down to the button up, wherever the pointer goes.

export class Panning {
  isOn = false;

  /** `moved` gets the way from the start in px. */
  start(down: PointerEvent, moved: (byPx: number) => void): void {
    // The plot below must not begin a selection of its own.
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
