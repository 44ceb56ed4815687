// The names of all elements, in one place.
import { LineChart } from '../charts/lineChart.ts';
import { SquareChart } from '../charts/squareChart.ts';
import { ConfusionTable } from './confusionTable.ts';
import { defineControls } from './controls.ts';
import { CurvesView } from './curvesView.ts';
import { EpochTable } from './epochTable.ts';
import { Figures } from './figures.ts';
import { Findings } from './findings.ts';
import { Notices } from './notices.ts';
import { RocView } from './rocView.ts';
import { RunHeader } from './runHeader.ts';
import { RunPanel } from './runPanel.ts';
import { SamplesView } from './samplesView.ts';
import { TestResults } from './testResults.ts';
import { ThresholdSlider } from './thresholdSlider.ts';

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
