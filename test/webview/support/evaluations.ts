// Evaluations for a panel: seeded predictions of two or more classes, and snapshots around them.

import { atProbability } from '../../../shared/contracts/scores.ts';
import type { Scores, Subject, ToEvaluationPanel } from '../../../shared/messages/evaluation.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { normal, stream } from '../../../shared/random.ts';

export type Snapshot = Extract<ToEvaluationPanel, { type: 'snapshot' }>;

export const twoNames = ['NORMAL', 'PNEUMONIA'] as const;
export const manyNames = ['cat', 'dog', 'horse with a very long name, as class folders sometimes have', 'owl'] as const;

export interface Drawn {
  readonly split: 'val' | 'test';
  /** Images of each class. */
  readonly sizes: readonly number[];
  readonly classNames: readonly string[];
  /** Separation of the classes in logits; `sureness` sharpens them further. */
  readonly separation: number;
  readonly sureness?: number;
}

/** Each image's logits: its class's own raised by the separation, and noise of 1. */
export function drawScores({ split, sizes, classNames, separation, sureness = 1 }: Drawn): Scores {
  const noise = stream(5, `evaluation ${split}`, sizes.length);
  const labels = sizes.flatMap((size, label) => Array<number>(size).fill(label));
  const logits = labels.flatMap((label) =>
    classNames.map((_, k) => sureness * ((k === label ? separation : 0) + normal(noise))),
  );
  const relativePaths = labels.map((label, i) => `${split}/${classNames[label]}/image #${i}.png`);
  return { relativePaths, labels, logits: logitColumns(logits), classCount: classNames.length };
}

/** Log-odds of the second of two classes. */
export const scoresOf = ({ logits }: Scores): number[] =>
  Array.from({ length: logits.length / 2 }, (_, i) => logits[2 * i + 1]! - logits[2 * i]!);

export const twoTest = drawScores({
  split: 'test',
  sizes: [60, 90],
  classNames: twoNames,
  separation: 1.2,
  sureness: 1.8,
});
export const twoVal = drawScores({
  split: 'val',
  sizes: [40, 50],
  classNames: twoNames,
  separation: 1.4,
  sureness: 1.8,
});
export const manyTest = drawScores({ split: 'test', sizes: [40, 30, 20, 25], classNames: manyNames, separation: 1.5 });
export const manyVal = drawScores({ split: 'val', sizes: [20, 20, 20, 20], classNames: manyNames, separation: 1.5 });

const runId = '20261123-091500-chest-xray-resnet50-1a2b';

export const subjectOf = (over: Partial<Subject> = {}): Subject => ({
  source: { kind: 'split', runId, split: 'test' },
  name: 'chest_xray',
  when: '23 Nov, 09:15',
  runId,
  network: 'resnet50',
  epoch: 9,
  modelFile: null,
  classNames: [...twoNames],
  positiveClass: 'PNEUMONIA',
  medical: true,
  initialWeights: null,
  threshold: null,
  temperature: null,
  split: 'test',
  folder: 'chest_xray',
  imageRoot: 'http://panel.test/pictures',
  mayRelabel: true,
  mayExplain: true,
  notes: [],
  ...over,
});

export const snapshotOf = (
  over: Partial<Omit<Snapshot, 'subject'>> = {},
  subject: Partial<Subject> = {},
): Snapshot => ({
  type: 'snapshot',
  compact: false,
  subject: subjectOf(subject),
  shown: twoTest,
  problem: null,
  validation: twoVal,
  places: { gone: [], moved: [] },
  testLooks: { training: 1, evaluate: 0, panel: 2 },
  strings: {},
  ...over,
});

export const manySnapshot = (over: Partial<Omit<Snapshot, 'subject'>> = {}, subject: Partial<Subject> = {}): Snapshot =>
  snapshotOf(
    { shown: manyTest, validation: manyVal, ...over },
    { name: 'animals', classNames: [...manyNames], positiveClass: null, medical: false, ...subject },
  );

export const unlabelledSnapshot = (): Snapshot =>
  snapshotOf(
    { shown: { ...twoTest, labels: null }, testLooks: null },
    {
      source: { kind: 'record', folder: '/w/.shoulders/evaluations/one' },
      split: null,
      mayRelabel: false,
      threshold: { ...atProbability(0.62), from: 'val' },
      notes: ['These images have no labels: there are predictions, but nothing to compare them with.'],
    },
  );
