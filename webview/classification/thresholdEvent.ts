import type { AskedThreshold } from '../../shared/contracts/scores.ts';

/** The event that charts and sliders dispatch when a person moves the threshold. */
export const thresholdEvent = (asked: AskedThreshold): CustomEvent<AskedThreshold> =>
  new CustomEvent('sh-threshold', { detail: asked, bubbles: true, composed: true });
