// A model card: what people who receive the model without the run must know. Parts that only a person can fill in are blank, and marked.
import { whiteOf } from '../../shared/contracts/depth.ts';
import type { ExportRecord } from '../../shared/contracts/exports.ts';
import type { ModelMetadata } from '../../shared/contracts/modelMetadata.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { limits, noticesOf } from './contents.ts';
import type { Block, Document, ReportInput } from './reports.ts';
import { datasetSection } from './sections/datasetSection.ts';
import { recipeSection } from './sections/recipeSection.ts';
import { resultSection } from './sections/resultSection.ts';
import { figure } from './wording.ts';

export interface CardInput extends Pick<ReportInput, 'run' | 'log' | 'test' | 'testLooks' | 'createdAt' | 'versions'> {
  /** Temperature of the calibration; null: none was fitted. */
  readonly temperature: number | null;
  /** The export that the card describes; null for a card alone. */
  readonly exported: Omit<ExportRecord, 'version' | 'createdAt' | 'shoulders'> | null;
}

export function modelCardOf({
  run: whole,
  log,
  test,
  testLooks,
  createdAt,
  versions,
  temperature,
  exported,
}: CardInput): Document {
  const run = shareable(whole);
  const { recipe, classNames, evaluation } = run;
  const positive = evaluation?.positiveClass ?? null;
  return {
    title: `Model card: ${run.runId}`,
    notices: noticesOf(run, log),
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Network', recipe ? `${recipe.network} at ${recipe.imageSize} px, ${colors[recipe.color]}` : 'unknown'],
          ['Classes', classNames.join(', ') || 'unknown'],
          ...(positive === null ? [] : [['Positive class', positive] as const]),
          ['Trained', createdAt ?? 'unknown'],
          [
            'Software',
            Object.entries(versions)
              .map((entry) => entry.join(' '))
              .join(', ') || 'unknown',
          ],
        ],
      },
      { kind: 'heading', text: 'Intended use' },
      { kind: 'list', items: blanks(recipe?.medical ?? false) },
      ...(exported ? fileSection(exported) : []),
      ...resultSection({ run, test, testLooks }),
      ...(temperature === null ? [] : [calibration(temperature)]),
      ...datasetSection(run, { listed: false }),
      { kind: 'list', items: dataBlanks },
      ...recipeSection(run),
      ...limits(run),
    ],
  };
}

const colors = { rgb: 'colour', grayscale: 'greyscale' } as const;
const toFill = 'TO BE FILLED IN';

const blanks = (medical: boolean): string[] => [
  `What the model is for: ${toFill}`,
  `Who uses it, and how its predictions are used: ${toFill}`,
  `What it must not be used for: ${medical ? `Diagnosis. Further: ${toFill}` : toFill}`,
  `Who is responsible for it, and how to contact them: ${toFill}`,
  `Licence of the model: ${toFill}`,
];

const dataBlanks = [
  `Where the images come from (places, devices, years), and whether they may be used for this: ${toFill}`,
  `Who is represented and who is missing (age, sex, skin, severity …): ${toFill}`,
  `How the labels were created, and by whom: ${toFill}`,
];

/** The run without paths of this machine and names of single images, which are private. */
function shareable(run: RunState): RunState {
  const nameOf = (path: string) => path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
  return {
    ...run,
    dataset: run.dataset && nameOf(run.dataset),
    recipe: run.recipe && { ...run.recipe, weights: nameOf(run.recipe.weights) },
  };
}

function fileSection({
  file,
  format,
  sizeBytes,
  sha256,
  model,
  parity,
  keptEpoch,
}: NonNullable<CardInput['exported']>): Block[] {
  const onWhat =
    parity.comparedOn === 'images'
      ? `${parity.count} validation and test images of the run`
      : `${parity.count} generated patterns: none of the run’s images existed any more`;
  return [
    { kind: 'heading', text: 'File' },
    {
      kind: 'facts',
      rows: [
        ['File', `${file} (${(sizeBytes / 1e6).toFixed(1)} MB)`],
        ['SHA-256', sha256],
        ['Format', formats[format]],
        ['Weights', `of epoch ${keptEpoch}, stored as ${model.weightType}`],
        ['Input', inputs[model.input]],
        ['16-bit images', deepImages(model)],
        ['Checked', `against the run, on ${onWhat}`],
        [
          'Largest difference',
          `${parity.maxLogitDifference.toPrecision(2)} in a logit, ${parity.maxProbabilityDifference.toPrecision(2)} in a probability`,
        ],
        ['Changed decisions', `${parity.changedDecisions} of ${parity.count}`],
      ],
    },
  ];
}

const formats = {
  onnx: 'ONNX; its metadata contains classes, preprocessing, threshold and temperature',
  pth: 'PyTorch state_dict, for torchvision',
  safetensors: 'safetensors state_dict, for torchvision',
} as const;

const inputs = {
  normalized: 'float32 [N, 3, S, S]: resized, cropped and normalised as given in the .json beside the file',
  image:
    'uint8 [N, H, W, 3], upright RGB of any size: the file does the rest, in ONNX Runtime (OpenCV 5 resizes without antialiasing and gives different results)',
} as const;

const deepImages = ({ input, preprocessing: { depth } }: ModelMetadata): string => {
  const rule = `round(255 * value / ${whiteOf(depth)}), at most 255`;
  return input === 'image'
    ? `The file takes bytes: convert 16-bit values to bytes first, ${rule}`
    : `Converted to bytes first, ${rule}`;
};

const calibration = (temperature: number): Block => ({
  kind: 'facts',
  rows: [
    [
      'Calibration',
      `Temperature ${figure(temperature)}, fitted on validation: calibrated probabilities are softmax(logits / temperature)`,
    ],
  ],
});
