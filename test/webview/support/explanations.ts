// Maps as the host sends them: chest X-rays, wider than high, of which the network gets the middle.
import { type Explanation, heatMapOf } from '../../../shared/contracts/explanation.ts';
import {
  type CamQuestion,
  type Explained,
  type ToExplanationPanel,
  usualQuestion,
} from '../../../shared/messages/explanation.ts';
import { camChoices } from '../../../src/explanation/camChoices.ts';
import { english } from '../../../src/words/translate.ts';
import { mapWith } from './maps.ts';

export const classNames = ['NORMAL', 'PNEUMONIA'];
export const pathOf = (i: number): string => `/data/chest_xray/test/${classNames[i % 2]}/image ${i}.jpeg`;

type Snapshot = Extract<ToExplanationPanel, { type: 'snapshot' }>;

export const snapshot = (count = 1, changes: Partial<Snapshot> = {}): Snapshot => ({
  type: 'snapshot',
  runId: '20261124-120000-chest-xray-resnet18-00ab',
  runName: 'chest_xray',
  keptEpoch: 5,
  classNames,
  isMedical: true,
  images: Array.from({ length: count }, (_, i) => ({
    path: pathOf(i),
    name: `image ${i}.jpeg`,
    folder: classNames[i % 2]!,
    address: `http://panel.test/pictures/${i}.svg`,
  })),
  leftOut: 0,
  choices: camChoices(english),
  strings: {},
  ...changes,
});

const grids = { layer4: 7, layer3: 14, layer2: 28, layer1: 56 } as const;

/** 300 x 200 pixels, of which the middle 200 x 200 is the input; strongest in the upper left. */
export function explanationOf(path: string, question: CamQuestion, changes: Partial<Explanation> = {}): Explanation {
  const side = grids[question.layer];
  const i = Number(/image (\d+)/.exec(path)?.[1] ?? 0);
  const pneumonia = 0.93 - 0.11 * (i % 5);
  const predictedLabel = pneumonia > 0.5 ? 1 : 0;
  const trueLabel = classNames.findIndex((name) => path.includes(`/${name}/`));
  const named = classNames.indexOf(question.target.slice(1));
  return {
    type: 'explanation',
    image: path,
    classNames,
    probabilities: [1 - pneumonia, pneumonia],
    predictedLabel,
    trueLabel,
    targetLabel: question.target === 'predicted' ? predictedLabel : question.target === 'true' ? trueLabel : named,
    of: question.of,
    layer: question.layer,
    method: question.method,
    map: heatMapOf(mapWith(side, question.target === '=NORMAL' ? [0.7, 0.7] : [0.3, 0.3]), side, side),
    rawMaximum: 0.0421,
    view: {
      imageSize: 224,
      original: { width: 300, height: 200 },
      crop: { left: 50, top: 0, width: 200, height: 200 },
    },
    remarks: [],
    check: null,
    overlayFile: null,
    ...changes,
  };
}

export const explained = (
  path: string,
  question: CamQuestion = usualQuestion,
  changes: Partial<Explanation> = {},
): Explained => ({
  type: 'explained',
  question,
  explanation: explanationOf(path, question, changes),
  remarkTexts: ['Not for diagnostic use.'],
  checked: false,
  verdictTexts: [],
});

const fractions = Array.from({ length: 21 }, (_, i) => i / 20);
const falling = (speed: number) => fractions.map((fraction) => 0.1 + 0.83 * Math.exp(-speed * fraction));

export function checkedAnswer(path: string, question: CamQuestion = usualQuestion): Explained {
  const plain = explained(path, question);
  const repeats = Array.from({ length: 19 }, (_, i) => ({ scores: falling(1 + i / 10), area: 0.5 - i / 200 }));
  return {
    ...plain,
    checked: true,
    verdictTexts: [
      'Removing what the map marks first lowers the probability faster than all 19 random orders (mean over the deletion 0.21, at random 0.46): the map points at what this network uses in this image.',
      'The same network with random weights gives a different map (rank correlation 0.08): the map depends on what was learned.',
      'Both checks concern this network and this image: they show whether the map can be trusted, not whether the network is right or looks at the right thing.',
    ],
    explanation: {
      ...plain.explanation,
      check: {
        baseline: 'blurred',
        fractions,
        deletion: { scores: falling(8), area: 0.21 },
        random: {
          seed: 1,
          repeats,
          mean: falling(1.9),
          low: falling(2.8),
          high: falling(1),
          area: { mean: 0.46, low: 0.41, high: 0.5 },
        },
        randomWeights: { seed: 1, map: heatMapOf(mapWith(7, [0.8, 0.2]), 7, 7), spearman: 0.08, ssim: 0.4 },
        verdict: [],
      },
    },
  };
}
