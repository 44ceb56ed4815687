import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import {
  chartedMetrics,
  epochValue,
  headlineMetric,
  metricsOn,
  metricTable,
  resultMetrics,
} from '../../../shared/contracts/classification/metricTable.ts';
import { EpochMetrics, figuresOf } from '../../../shared/contracts/events.ts';
import { epochMetrics } from '../../../shared/metrics/metrics.ts';
import { metricNames } from '../../../src/runs/metrics.ts';

// Written out, so that a change of the table shows its effect on order and names in files, lists and panels.
test('metricTable keeps the names and the order of metrics in files, lists and charts', () => {
  const names = (metrics: readonly { readonly name: string }[]) => metrics.map(({ name }) => name);
  assert.deepEqual(names(metricsOn('train')), ['loss', 'accuracy', 'auroc']);
  assert.deepEqual(names(metricsOn('val')), ['loss', 'accuracy', 'auroc', 'auprc', 'sensitivity', 'specificity']);
  assert.deepEqual(names(resultMetrics), ['auroc', 'auprc', 'accuracy', 'sensitivity', 'specificity', 'loss']);
  assert.deepEqual(names(chartedMetrics), ['loss', 'accuracy', 'auroc']);
  assert.equal(headlineMetric.label, 'AUROC');
  assert.deepEqual(metricNames.slice(0, 7), [
    'test AUROC',
    'test AUPRC',
    'test accuracy',
    'test sensitivity',
    'test specificity',
    'test loss',
    'val AUROC',
  ]);
});

test('metricTable numbers result metrics without a gap, and marks only losses as better when lower', () => {
  assert.deepEqual(
    resultMetrics.map(({ resultPlace }) => resultPlace),
    metricTable.map((_, place) => place),
  );
  assert.deepEqual(
    metricTable.filter(({ better }) => better === 'lower').map(({ scale }) => scale),
    ['loss'],
  );
});

test('an epoch computes every number of metricTable, and the log contains them all', () => {
  const scored = { labels: [0, 0, 1, 1], logits: [1, 0, 0, 1, 0, 2, 2, 0], loss: 0.5 };
  const metrics = epochMetrics({ train: scored, val: scored, classCount: 2, positiveLabel: 1 });
  for (const split of ['train', 'val'] as const)
    for (const metric of metricsOn(split))
      assert.equal(typeof epochValue(EpochMetrics.parse(metrics), split, metric), 'number', `${split} ${metric.name}`);
  const { loss: _, ...withoutLoss } = metrics.val;
  assert.ok(!EpochMetrics.safeParse({ ...metrics, val: withoutLoss }).success, 'a log of version 1 has every number');
});

test('metricTable marks exactly the metrics that the first version of the log lacks as added later', () => {
  const lines = readFileSync(`${import.meta.dirname}/finished.v1.jsonl`, 'utf8')
    .trim()
    .split('\n');
  const epoch = lines.map((line) => JSON.parse(line).event).find(({ type }) => type === 'epoch');
  for (const split of ['train', 'val'] as const)
    for (const { name, addedLater = false } of metricsOn(split))
      assert.equal(addedLater, !Object.hasOwn(epoch.metrics[split], name), `${split} ${name}`);
});

test('a log without a metric that was added later reads as not measured, and one without any other metric is damaged', () => {
  const figures = z.object(figuresOf([{ name: 'loss' }, { name: 'kappa', addedLater: true }]));
  assert.deepEqual(figures.parse({ loss: 0.5 }), { loss: 0.5, kappa: null });
  assert.deepEqual(figures.parse({ loss: 0.5, kappa: 0.25 }), { loss: 0.5, kappa: 0.25 });
  assert.ok(!figures.safeParse({ kappa: 0.25 }).success);
  assert.ok(!figures.safeParse({ loss: 0.5, kappa: 'high' }).success);
});

test('an epoch without a figure for a metric gives null to every table and chart', () => {
  const metrics = { train: {}, val: { kappa: null } };
  for (const split of ['train', 'val'] as const)
    assert.equal(epochValue(metrics, split, { name: 'kappa' } as unknown as Parameters<typeof epochValue>[2]), null);
});
