/** Listeners of an element that is asked for something at every place where the main button goes down or is dragged to. */
export function draggingAt(ask: (event: PointerEvent) => void) {
  return {
    grab: (event: PointerEvent): void => {
      if (event.button !== 0) return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      ask(event);
    },
    drag: (event: PointerEvent): void => {
      if ((event.currentTarget as Element).hasPointerCapture(event.pointerId)) ask(event);
    },
  };
}
