// A short run as its events, for tests of stores and displays of runs.
import type { RunEvent } from '../../shared/contracts/events.ts';
import type { Machine } from '../../shared/contracts/machine.ts';
import { photos } from '../../shared/contracts/recipes.ts';

export const runId = '20261123-101500-pets-resnet18-00ff';

const report = {
  perClass: ['cat', 'dog'].map((className) => ({ className, precision: 0.75, recall: 0.75, f1: 0.75, support: 4 })),
  accuracy: 0.75,
  macroAverage: { precision: 0.75, recall: 0.75, f1: 0.75 },
  weightedAverage: { precision: 0.75, recall: 0.75, f1: 0.75 },
  total: 8,
};
const decisions = {
  confusionMatrix: [
    [3, 1],
    [1, 3],
  ],
  report,
  sensitivity: 0.75,
  specificity: 0.75,
};
export const splitEvaluation = {
  imageCount: 8,
  loss: 0.52,
  auroc: 0.875,
  auprc: 0.9,
  majorityBaseline: 0.5,
  byHighestProbability: decisions,
  byThreshold: decisions,
};

export const epochEvent = (epoch: number, auroc: number): RunEvent => ({
  type: 'epoch',
  epoch,
  stage: 0,
  metrics: {
    train: { loss: 0.7 / epoch, accuracy: 0.7, auroc: 0.8 },
    val: {
      loss: 0.6,
      accuracy: 0.75,
      auroc,
      auprc: 0.8,
      sensitivity: 0.75,
      specificity: 0.75,
      recallPerClass: [0.75, 0.75],
    },
  },
  learningRates: { head: 0.003, backbone: null },
  imagesPerSecond: 12.5,
  elapsedMs: 1000 * epoch,
  best: true,
  predictions: `predictions/epochs/000${epoch}.csv`,
});

/** From start to finish; `pid` is the run's process, on `machine`, which older versions did not record. */
export const storyOfARun = (pid: number, machine?: Machine): RunEvent[] => [
  {
    type: 'started',
    runId,
    dataset: '/data/pets',
    recipe: photos,
    device: { name: 'Test CPU', engine: 'onnxruntime-cpu', threads: 2 },
    pid,
    ...(machine ? { machine } : {}),
    versions: { shoulders: '0.1.0' },
  },
  {
    type: 'checked',
    classNames: ['cat', 'dog'],
    counts: { train: [20, 20], val: [4, 4], test: [4, 4] },
    fingerprint: 'f'.repeat(64),
    findings: [{ kind: 'corrupt', relativePath: 'cat/böse 😀.jpg', reason: 'empty' }],
    splitOrigin: 'made',
  },
  { type: 'warning', problem: { code: 'smallSplit', params: { split: 'test', count: 8, step: 12.5 } } },
  { type: 'weightsLoaded', weights: { kind: 'random', name: 'random', sha256: null, verified: false } },
  {
    type: 'stageStarted',
    stage: 0,
    name: 'head',
    epochs: 2,
    trainableParameters: 1026,
    unfreeze: 'head',
    batchNorm: 'frozen',
  },
  { type: 'progress', phase: 'training', done: 1, total: 2, stage: 0, epoch: 1, imagesPerSecond: null, etaMs: null },
  epochEvent(1, 0.8),
  epochEvent(2, 0.85),
  { type: 'stageEnded', stage: 0, reason: 'completed', keptEpoch: 2 },
  {
    type: 'evaluated',
    val: splitEvaluation,
    test: splitEvaluation,
    threshold: 0.4,
    positiveClass: 'dog',
    keptEpoch: 2,
  },
  { type: 'ended', reason: 'finished', problem: null, elapsedMs: 4000 },
];
