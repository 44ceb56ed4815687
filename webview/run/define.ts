// The names of all elements, in one place.
import { LineChart } from '../charts/lineChart.ts';
import { ConfusionTable } from '../classification/confusionTable.ts';
import { RocView } from '../classification/rocView.ts';
import { SamplesView } from '../classification/samplesView.ts';
import { SquareChart } from '../classification/squareChart.ts';
import { TestResults } from '../classification/testResults.ts';
import { ThresholdSlider } from '../classification/thresholdSlider.ts';
import { defineControls } from '../components/controls.ts';
import { Figures } from '../components/figures.ts';
import { Findings } from '../components/findings.ts';
import { Notices } from '../components/notices.ts';
import { CurvesView } from './curvesView.ts';
import { EpochTable } from './epochTable.ts';
import { RunHeader } from './runHeader.ts';
import { RunPanel } from './runPanel.ts';

export function defineElements(): void {
  defineControls();
  for (const [name, element] of Object.entries({
    'sh-confusion-table': ConfusionTable,
    'sh-curves': CurvesView,
    'sh-epoch-table': EpochTable,
    'sh-figures': Figures,
    'sh-findings': Findings,
    'sh-line-chart': LineChart,
    'sh-notices': Notices,
    'sh-roc-view': RocView,
    'sh-run-header': RunHeader,
    'sh-run-panel': RunPanel,
    'sh-samples': SamplesView,
    'sh-square-chart': SquareChart,
    'sh-test-results': TestResults,
    'sh-threshold-slider': ThresholdSlider,
  }))
    customElements.define(name, element);
}
