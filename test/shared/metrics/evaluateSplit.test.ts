import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atProbability, logitsFrom } from '../../../shared/contracts/scores.ts';
import { evaluateSplit } from '../../../shared/metrics/metrics.ts';

const three = ['ant', 'bee', 'cat'];

test('evaluateSplit() averages over the classes that have images', () => {
  // ant and bee only. For ant the scores are .8 .4 | .5 .1: of 4 pairs 3 are right. For bee .5 .7 | .1 .3: all. Same as scikit-learn's
  // roc_auc_score and average_precision_score of each class against the rest.
  const evaluation = evaluateSplit({
    labels: [0, 0, 1, 1],
    logits: logitsFrom([0.8, 0.1, 0.1, 0.4, 0.3, 0.3, 0.5, 0.5, 0, 0.1, 0.7, 0.2]),
    loss: 1,
    classNames: three,
    positiveLabel: null,
    threshold: null,
  });
  assert.equal(evaluation.auroc, (3 / 4 + 1) / 2);
  assert.equal(evaluation.auprc, ((1 + 2 / 3) / 2 + 1) / 2);
  const { report, confusionMatrix } = evaluation.byHighestProbability;
  assert.deepEqual(confusionMatrix, [
    [2, 0, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]);
  assert.equal(report.macroAverage.recall, (1 + 1 / 2) / 2);
  assert.equal(report.macroAverage.precision, (2 / 3 + 1) / 2);
  assert.equal(report.accuracy, 3 / 4);
});

for (const label of [0, 1])
  test(`evaluateSplit() omits AUROC and AUPRC when all images are of class ${label}`, () => {
    const evaluation = evaluateSplit({
      labels: [label, label],
      logits: logitsFrom([0.2, 0.8, 0.6, 0.4]),
      loss: 1,
      classNames: ['ant', 'bee'],
      positiveLabel: 1,
      threshold: atProbability(0.5),
    });
    const { auroc, aurocInterval, auprc, byThreshold } = evaluation;
    assert.deepEqual({ auroc, aurocInterval, auprc }, { auroc: null, aurocInterval: null, auprc: null });
    assert.equal(byThreshold?.report.macroAverage.recall, 1 / 2);
    assert.deepEqual([byThreshold?.sensitivity, byThreshold?.specificity], label === 1 ? [1 / 2, null] : [null, 1 / 2]);
  });
