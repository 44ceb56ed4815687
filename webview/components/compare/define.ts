// The names of the compare panel's elements, in one place.
import { OverlayChart } from '../../charts/overlayChart.ts';
import { defineControls } from '../controls.ts';
import { Notices } from '../notices.ts';
import { CompareCurves } from './compareCurves.ts';
import { CompareImages } from './compareImages.ts';
import { CompareMetrics } from './compareMetrics.ts';
import { ComparePair } from './comparePair.ts';
import { ComparePanel } from './comparePanel.ts';
import { RecipeDifferences } from './recipeDifferences.ts';

export function defineElements(): void {
  defineControls();
  for (const [name, element] of Object.entries({
    'sh-compare-curves': CompareCurves,
    'sh-compare-images': CompareImages,
    'sh-compare-metrics': CompareMetrics,
    'sh-compare-pair': ComparePair,
    'sh-compare-panel': ComparePanel,
    'sh-notices': Notices,
    'sh-overlay-chart': OverlayChart,
    'sh-recipe-differences': RecipeDifferences,
  }))
    customElements.define(name, element);
}
