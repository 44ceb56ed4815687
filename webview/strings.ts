// Every word of the panel, once: key -> English. The host may send translations under the same keys (ToPanel.snapshot.strings);
// what it does not send stays English. `{name}` is replaced by a parameter.

import { compareStrings } from './compareStrings.ts';

export const panelStrings = {
  // state
  starting: 'Starting',
  queued: 'Queued',
  running: 'Running',
  paused: 'Paused',
  checking: 'Checking images',
  weights: 'Loading weights',
  features: 'Computing features',
  training: 'Training',
  validating: 'Validating',
  testing: 'Testing',
  saving: 'Saving',
  stopping: 'Stopping',
  stopped: 'Stopped',
  finished: 'Finished',
  failed: 'Failed',
  waitingForRunner: 'Waiting for the first word of the training process…',
  waitingForHost: 'Loading the run…',
  // header
  run: 'Run',
  device: 'Device',
  threads: '{count} threads',
  dataset: 'Dataset',
  recipe: 'Recipe',
  weightsOrigin: 'Weights',
  randomWeightsShort: 'random, not pretrained',
  weightsUnverified: 'not verified',
  images: 'Images',
  imagesSplit: '{train} train · {val} val · {test} test',
  splitGiven: 'split given by the folders',
  splitMade: 'split made here',
  splitValidationMade: 'validation split made here from train',
  splitTestMade: 'test split made here from train',
  stop: 'Stop',
  stopHint: 'Stop after the current batch; the best weights so far are kept',
  openLog: 'Open Log',
  revealFolder: 'Open Run Folder',
  progress: 'Progress',
  stageOf: 'Stage {stage} of {count} ({name})',
  epochOf: 'epoch {epoch} of {count}',
  batchOf: 'batch {done} of {total}',
  doneOf: '{done} of {total}',
  rate: '{rate} images/s',
  timeLeft: '{time} left',
  duration: 'Duration',
  // notices
  problem: 'Problem',
  warnings: 'Warnings',
  randomWeightsNote: 'From random weights, not pretrained: expect far lower numbers than usual.',
  notDiagnostic: 'Not for diagnostic use.',
  // figures
  figures: 'Key figures',
  validationEpoch: 'Validation, epoch {epoch}',
  validationEpochKept: 'Validation, epoch {epoch} (kept)',
  auroc: 'AUROC',
  auprc: 'AUPRC',
  loss: 'Loss',
  accuracy: 'Accuracy',
  accuracyShort: 'Acc.',
  sensitivity: 'Sensitivity',
  specificity: 'Specificity',
  precision: 'Precision',
  at05: 'at 0.5',
  macroMean: 'macro mean',
  // curves
  curves: 'Curves',
  train: 'Train',
  validation: 'Validation',
  epoch: 'Epoch',
  atEpoch: 'epoch {epoch}',
  kept: 'kept',
  bestSoFar: 'best so far',
  keptMark: 'weights kept, or best so far',
  chartLabel:
    '{metric} by epoch, train and validation. Latest, epoch {epoch}: train {train}, validation {val}. The same numbers stand in the epoch table.',
  chartEmpty: 'The curves start with the first finished epoch.',
  noValue: 'not measured',
  // epoch table
  epochTable: 'Epochs',
  epochTableLabel: 'Numbers of every epoch',
  stage: 'Stage',
  learningRate: 'Learning rate',
  head: 'Head',
  backbone: 'Backbone',
  throughput: 'img/s',
  sensitivityShort: 'Sens.',
  specificityShort: 'Spec.',
  // ROC
  rocTitle: 'Validation ROC',
  rocEmpty: 'The ROC curve is drawn from the validation predictions of each epoch.',
  rocNoClass: 'No ROC curve: the validation images all belong to one class.',
  rocLabel:
    'ROC curve of {className} on validation, AUROC {auroc}. At the threshold {threshold}: sensitivity {sensitivity}, specificity {specificity}.',
  falsePositiveRate: '1 − specificity',
  chance: 'chance',
  positiveClass: 'Positive class: {className}',
  oneVsRest: 'Class against the rest',
  rest: 'the rest',
  threshold: 'Threshold',
  thresholdText: '{threshold}: sensitivity {sensitivity}, specificity {specificity}, precision {precision}',
  youden: 'Youden’s J',
  youdenHint: 'Put the threshold where sensitivity + specificity − 1 is largest on validation',
  youdenAt: 'J = {j} here; largest {best} at {threshold}',
  youdenNone: 'J = {j} here; no threshold is better than chance',
  isYoudenMark: 'validation optimum',
  decisions: 'Decisions at this threshold',
  predicted: 'Predicted',
  actual: 'Actual',
  truePositive: 'TP',
  falsePositive: 'FP',
  falseNegative: 'FN',
  trueNegative: 'TN',
  source: 'Validation split, {count} images ({positives} {positive}, {negatives} {negative}), {which}.',
  whichEpoch: 'epoch {epoch}',
  whichKept: 'kept weights',
  fitted: 'The threshold is fitted on validation: expect somewhat lower numbers on new images.',
  smallValidation:
    'Few validation images: one single image moves sensitivity by {positiveStep} and specificity by {negativeStep} points. These numbers will jump from epoch to epoch.',
  allOneClass: 'At this threshold every validation image is predicted as {className}.',
  // test
  testTitle: 'Test results',
  testSource: '{count} test images, weights of epoch {epoch}',
  thresholdSource: 'Threshold {threshold}, by Youden’s J on validation',
  baseline: 'always the most frequent class: {value}',
  onValidation: 'validation {value}',
  byThreshold: 'At threshold {threshold}',
  byProbability: 'Most probable class',
  rule: 'Decision rule',
  confusionMatrix: 'Confusion matrix',
  classificationReport: 'Classification report',
  className: 'Class',
  recall: 'Recall',
  f1: 'F1',
  support: 'Images',
  macroAverage: 'Macro average',
  weightedAverage: 'Weighted average',
  total: 'Total',
  // findings
  findings: 'Findings',
  noFindings: 'None: every image decodes, no duplicates, no overlap between the splits.',
  corrupt: 'Corrupt, left out',
  suspect: 'Suspect, kept',
  ignored: 'Ignored files',
  duplicate: 'Duplicate images',
  groupOverlap: 'Groups in more than one split',
  note: 'Notes',
  inSplits: 'in {splits}',
  andMore: 'and {count} more',
  groupEntry: '{group}: {count} images in {splits}',
  ...compareStrings,
} as const;

export type StringKey = keyof typeof panelStrings;

let translations: Readonly<Record<string, string>> = {};

/** Called by the entry when the host's table arrives, before anything is drawn with it. */
export function useStrings(table: Readonly<Record<string, string>>): void {
  translations = table;
}

export function t(key: StringKey, params: Readonly<Record<string, string | number>> = {}): string {
  const template = Object.hasOwn(translations, key) ? translations[key]! : panelStrings[key];
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}
