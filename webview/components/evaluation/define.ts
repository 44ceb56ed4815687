// The names of the evaluation panel's elements, in one place.
import { HistogramChart } from '../../charts/histogramChart.ts';
import { SquareChart } from '../../charts/squareChart.ts';
import { ConfusionTable } from '../confusionTable.ts';
import { defineControls } from '../controls.ts';
import { ExportMenu } from '../exportMenu.ts';
import { Figures } from '../figures.ts';
import { Notices } from '../notices.ts';
import { ThresholdSlider } from '../thresholdSlider.ts';
import { EvaluationCalibration } from './calibrationCard.ts';
import { EvaluationClasses } from './classesCard.ts';
import { EvaluationCurves } from './curvesCard.ts';
import { EvaluationHeader } from './evaluationHeader.ts';
import { EvaluationPanel } from './evaluationPanel.ts';
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
