/** What charts and sliders dispatch when a person moves the threshold: the number asked for. */
export const thresholdEvent = (threshold: number): CustomEvent<number> =>
  new CustomEvent('sh-threshold', { detail: threshold, bubbles: true, composed: true });
