// The names of the evaluation panel's elements, in one place.

import { ConfusionTable } from '../classification/confusionTable.ts';
import { HistogramChart } from '../classification/histogramChart.ts';
import { SquareChart } from '../classification/squareChart.ts';
import { ThresholdSlider } from '../classification/thresholdSlider.ts';
import { defineControls } from '../components/controls.ts';
import { Figures } from '../components/figures.ts';
import { Notices } from '../components/notices.ts';
import { EvaluationCalibration } from './calibrationCard.ts';
import { EvaluationClasses } from './classesCard.ts';
import { EvaluationCurves } from './curvesCard.ts';
import { EvaluationHeader } from './evaluationHeader.ts';
import { EvaluationPanel } from './evaluationPanel.ts';
import { ExportMenu } from './exportMenu.ts';
import { EvaluationFigures, OverallFigures } from './figuresCard.ts';
import { ImageGrid } from './imageGrid.ts';
import { EvaluationMatrix } from './matrixCard.ts';
import { NumberTable } from './numberTable.ts';
import { ThresholdBar } from './thresholdBar.ts';

export function defineElements(): void {
  defineControls();
  for (const [name, element] of Object.entries({
    'sh-confusion-table': ConfusionTable,
    'sh-evaluation-calibration': EvaluationCalibration,
    'sh-evaluation-classes': EvaluationClasses,
    'sh-evaluation-curves': EvaluationCurves,
    'sh-evaluation-figures': EvaluationFigures,
    'sh-evaluation-header': EvaluationHeader,
    'sh-evaluation-matrix': EvaluationMatrix,
    'sh-evaluation-panel': EvaluationPanel,
    'sh-export-menu': ExportMenu,
    'sh-figures': Figures,
    'sh-histogram-chart': HistogramChart,
    'sh-image-grid': ImageGrid,
    'sh-notices': Notices,
    'sh-number-table': NumberTable,
    'sh-overall-figures': OverallFigures,
    'sh-square-chart': SquareChart,
    'sh-threshold-bar': ThresholdBar,
    'sh-threshold-slider': ThresholdSlider,
  }))
    customElements.define(name, element);
}
