import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { softmaxRows } from '../../../shared/contracts/scores.ts';
import { classificationReport, reportText } from '../../../shared/metrics/classificationReport.ts';
import { confusionMatrix, mostProbable } from '../../../shared/metrics/confusion.ts';
import { crossEntropy } from '../../../shared/metrics/logLoss.ts';
import { averagePrecision, precisionRecallCurve } from '../../../shared/metrics/precisionRecall.ts';
import { auroc, aurocOneVsRest, rocCurve } from '../../../shared/metrics/roc.ts';
import { youdenThreshold } from '../../../shared/metrics/threshold.ts';

// Both sides compute in float64; only the order of the sums differs.
const tolerance = 1e-9;
const reference = JSON.parse(readFileSync(new URL('../../reference/metrics.json', import.meta.url), 'utf8'));
const classNames = ['NORMAL', 'PNEUMONIA'];

function close(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} here, ${expected} in scikit-learn`);
}
function allClose(actual: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  actual.forEach((value, i) => {
    close(value, expected[i]!, `${what}[${i}]`);
  });
}
// biome-ignore lint/suspicious/noExplicitAny: the reference file is plain JSON from scikit-learn
function checkReport(report: ReturnType<typeof classificationReport>, expected: any, names: readonly string[]): void {
  const row = (mine: { precision: number; recall: number; f1: number }, name: string) => {
    close(mine.precision, expected[name].precision, `${name} precision`);
    close(mine.recall, expected[name].recall, `${name} recall`);
    close(mine.f1, expected[name]['f1-score'], `${name} f1`);
  };
  report.perClass.forEach((mine, k) => {
    row(mine, names[k]!);
    assert.equal(mine.support, expected[names[k]!].support);
  });
  row(report.macroAverage, 'macro avg');
  row(report.weightedAverage, 'weighted avg');
  close(report.accuracy, expected.accuracy, 'accuracy');
}

for (const each of reference.cases) {
  const { labels, scores } = each;
  test(`rocCurve() and auroc() equal scikit-learn on "${each.name}"`, () => {
    const curve = rocCurve(labels, scores);
    allClose(curve.falsePositiveRate, each.roc.fpr, 'fpr');
    allClose(curve.truePositiveRate, each.roc.tpr, 'tpr');
    assert.equal(curve.thresholds[0], Number.POSITIVE_INFINITY);
    allClose(curve.thresholds.slice(1), each.roc.thresholds.slice(1), 'thresholds');
    close(auroc(labels, scores)!, each.auroc, 'auroc');
  });
  test(`precisionRecallCurve() and averagePrecision() equal scikit-learn on "${each.name}"`, () => {
    const curve = precisionRecallCurve(labels, scores);
    allClose(curve.precision, each.pr.precision, 'precision');
    allClose(curve.recall, each.pr.recall, 'recall');
    allClose(curve.thresholds, each.pr.thresholds, 'thresholds');
    close(averagePrecision(labels, scores)!, each.average_precision, 'average precision');
  });
  test(`youdenThreshold(), confusionMatrix() and classificationReport() equal scikit-learn on "${each.name}"`, () => {
    const threshold = youdenThreshold(labels, scores);
    close(threshold, each.youden.threshold, 'threshold');
    const matrix = confusionMatrix(
      labels,
      scores.map((score: number) => (score >= threshold ? 1 : 0)),
      2,
    );
    assert.deepEqual(matrix, each.confusion);
    const report = classificationReport(matrix, classNames);
    checkReport(report, each.report, classNames);
    assert.equal(reportText(report), each.report_text);
  });
}

test('four classes: aurocOneVsRest(), confusionMatrix() and the report equal scikit-learn', () => {
  const { labels, probabilities, confusion, report, auroc_ovr_macro, auroc_ovr_weighted } = reference.multiclass;
  const flat = probabilities.flat();
  close(aurocOneVsRest(labels, flat, 4)!, auroc_ovr_macro, 'macro');
  close(aurocOneVsRest(labels, flat, 4, 'weighted')!, auroc_ovr_weighted, 'weighted');
  const matrix = confusionMatrix(labels, mostProbable(flat, 4), 4);
  assert.deepEqual(matrix, confusion);
  checkReport(classificationReport(matrix, ['0', '1', '2', '3']), report, ['0', '1', '2', '3']);
});

test('four classes: crossEntropy() of logits equals log_loss of the probabilities, which softmaxRows() reproduces', () => {
  const { labels, probabilities, log_loss } = reference.multiclass;
  // Any number may be added to a row of logits; 900 would overflow a naive exp.
  const logits = probabilities.flatMap((row: number[], i: number) => row.map((p) => Math.log(p) + (i % 2) * 900));
  close(crossEntropy(logits, labels, [1, 1, 1, 1]), log_loss, 'log loss');
  allClose([...softmaxRows(logits, 4)], probabilities.flat(), 'softmax');
});
