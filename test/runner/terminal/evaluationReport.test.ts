// Terminal reports of odd evaluations: one image, one class, a class without images, equal scores.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningsOf } from '../../../runner/classification/evaluation/warnings.ts';
import { depthOfModel } from '../../../runner/dataset/depth.ts';
import { evaluationReport } from '../../../runner/terminal/evaluationReport.ts';
import type { EvaluationRecord } from '../../../shared/contracts/classification/evaluationRecord.ts';
import { sentenceOf } from '../../../shared/contracts/errors.ts';
import { atProbability } from '../../../shared/contracts/scores.ts';
import { crossEntropy } from '../../../shared/metrics/logLoss.ts';
import { evaluateSplit } from '../../../shared/metrics/metrics.ts';

/** The report of these labels; probabilities [N, K]. */
function reportOf(classNames: readonly string[], labels: number[], probabilities: number[]): string {
  const positiveLabel = classNames.length === 2 ? 1 : null;
  const counts = classNames.map((_, label) => labels.filter((own) => own === label).length);
  const data: EvaluationRecord['data'] = {
    folder: '/data/ward',
    origin: 'folder',
    split: null,
    labelled: true,
    fingerprint: 'f',
    imageCount: labels.length,
    counts,
    classMapping: [],
    missingClasses: classNames.filter((_, label) => counts[label] === 0),
    ignoredClasses: [],
  };
  const about = {
    data,
    overlap: { train: 0, val: 0, test: 0, relativePaths: [] },
    skipped: [],
    depth: depthOfModel(16, []),
    normalised: [],
    notFinite: [],
    differs: null,
    readOtherwise: [],
  };
  const logits = probabilities.map((p) => Math.log(Math.max(p, 1e-30)));
  const record: EvaluationRecord = {
    version: 1,
    id: 'one',
    createdAt: '2026-11-24T12:00:00.000Z',
    model: { kind: 'run', runId: 'a-run', keptEpoch: 3, sha256: 'a'.repeat(64) },
    network: 'resnet18',
    recipe: 'photos',
    medical: false,
    classNames: [...classNames],
    positiveClass: positiveLabel === null ? null : classNames[positiveLabel]!,
    data,
    skipped: [],
    threshold: positiveLabel === null ? null : { value: 0.5, from: 'val' },
    temperature: 1.5,
    overlap: about.overlap,
    warnings: warningsOf(about, classNames),
    metrics: evaluateSplit({
      labels,
      logits,
      loss: crossEntropy(logits, labels, classNames.map(() => 1)), // biome-ignore format: a line
      classNames,
      positiveLabel,
      threshold: positiveLabel === null ? null : atProbability(0.5),
      temperature: 1.5,
    }),
    device: 'CPU',
    imagesPerSecond: 10,
    elapsedMs: 1000,
    versions: {},
  };
  return evaluationReport({ folder: '/w/record', record, testLooks: null });
}

const two = ['cat', 'dog'];
const three = ['ant', 'bee', 'cat'];
const repeated = (count: number, ...row: number[]) => Array<number[]>(count).fill(row).flat();

for (const [what, text, said] of [
  [
    'one image',
    reportOf(two, [0], [0.8, 0.2]),
    [
      /AUROC – \(one class only\) {3}AUPRC – \(no positives\)/,
      /sensitivity +– \(no positives\) +specificity +1\.000 \[/,
    ],
  ],
  [
    'one class of two, nothing called positive',
    reportOf(two, [1, 1, 1], repeated(3, 0.9, 0.1)),
    [
      /AUROC – \(one class only\)/,
      /PPV +– \(none predicted positive\)/,
      new RegExp(sentenceOf('oneClassOnly', { className: 'dog' })),
    ],
  ],
  [
    'one class of three',
    reportOf(three, [2, 2], [0.1, 0.2, 0.7, 0.3, 0.4, 0.3]),
    [/AUROC – \(one class only\) {3}AUPRC – \(one class only\)/, /balanced accuracy +– \(one class only\)/],
  ],
  [
    'three classes, one without images',
    reportOf(three, [0, 0, 1, 1], [0.8, 0.1, 0.1, 0.4, 0.3, 0.3, 0.5, 0.5, 0, 0.1, 0.7, 0.2]),
    [
      /AUROC 0\.8750 \[0\.\d+, \d\.\d+\]/,
      /There are no images of "cat" here: the results cover the other classes only/,
    ],
  ],
  [
    'equal scores, two classes',
    reportOf(two, [0, 0, 1, 1], repeated(4, 0.5, 0.5)),
    [/AUROC 0\.5000 \[0\.\d+, 0\.\d+\] {3}AUPRC 0\.5000 \[/],
  ],
  ['equal scores, three classes', reportOf(three, [0, 1, 2], repeated(3, 1 / 3, 1 / 3, 1 / 3)), [/AUROC 0\.5000 \[/]],
  ['certain and right', reportOf(three, [0, 1, 2], [1, 0, 0, 0, 1, 0, 0, 0, 1]), [/AUROC 1\.0000 \[0\.\d+, 1\.0000\]/]],
] as const)
  test(`evaluationReport() of ${what} reports what it can and cannot say, and invents no number`, () => {
    for (const pattern of said) assert.match(text, pattern);
    assert.doesNotMatch(text, /NaN|undefined|Infinity|null|\[object/);
  });
