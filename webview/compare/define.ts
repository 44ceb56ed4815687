// The names of the compare panel's elements, in one place.

import { defineControls } from '../components/controls.ts';
import { Notices } from '../components/notices.ts';
import { CompareImages } from './compareImages.ts';
import { CompareMetrics } from './compareMetrics.ts';
import { ComparePanel } from './comparePanel.ts';
import { CompareCurves } from './curvesCard.ts';
import { OverlayChart } from './overlayChart.ts';
import { ComparePair } from './pairCard.ts';
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
