/** Listeners for an element that reports every position where the main button is pressed or dragged to. */
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
