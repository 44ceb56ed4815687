// The names of the Grad-CAM panel's elements, in one place.

import { defineControls } from '../components/controls.ts';
import { Notices } from '../components/notices.ts';
import { CamControls } from './camControls.ts';
import { CamPictureView } from './camPicture.ts';
import { CamPointer } from './camPointer.ts';
import { CamProbabilities } from './camProbabilities.ts';
import { CamWall } from './camWall.ts';
import { DeletionChart } from './deletionChart.ts';
import { ExplanationPanel } from './explanationPanel.ts';
import { FaithfulnessView } from './faithfulnessView.ts';

export function defineElements(): void {
  defineControls();
  for (const [name, element] of Object.entries({
    'sh-cam-controls': CamControls,
    'sh-cam-picture': CamPictureView,
    'sh-cam-pointer': CamPointer,
    'sh-cam-probabilities': CamProbabilities,
    'sh-cam-wall': CamWall,
    'sh-deletion-chart': DeletionChart,
    'sh-explanation-panel': ExplanationPanel,
    'sh-faithfulness': FaithfulnessView,
    'sh-notices': Notices,
  }))
    customElements.define(name, element);
}
