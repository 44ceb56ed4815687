import type { AskedThreshold } from '../../shared/contracts/scores.ts';

/** Event that charts and sliders dispatch when the user moves the threshold. */
export const thresholdEvent = (asked: AskedThreshold): CustomEvent<AskedThreshold> =>
  new CustomEvent('sh-threshold', { detail: asked, bubbles: true, composed: true });
