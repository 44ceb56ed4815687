import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { smoothed } from '../../../webview/charts/smoothing.ts';
import { stageSpans } from '../../../webview/charts/stageSpans.ts';
import { mostClasses, runCharts, shownLabels, tipOf } from '../../../webview/run/charts.ts';
import { columnReader, columnsOf } from '../../../webview/run/columns.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../support/transcripts.ts';

const { runId, events } = chestXrayRun();
const runOf = (some: readonly RunEvent[]) => some.reduce(applyRunEvent, initialRunState(runId));
const whole = runOf(events);

test('columnsOf() contains every number of the epochs, null for missing values', () => {
  const rows = whole.epochs.map((row, i) => ({
    ...row,
    metrics: { ...row.metrics, val: { ...row.metrics.val, auroc: i === 1 ? null : row.metrics.val.auroc } },
  }));
  const columns = columnsOf(rows, 2);
  assert.equal(columns.metrics.auroc.val[1], null);
  for (const [i, { epoch, metrics, learningRates }] of rows.entries()) {
    assert.equal(columns.epochs[i], epoch);
    for (const metric of ['loss', 'accuracy', 'auroc'] as const) {
      assert.equal(columns.metrics[metric].train[i], metrics.train[metric]);
      assert.equal(columns.metrics[metric].val[i], metrics.val[metric]);
    }
    assert.deepEqual([columns.learningRate.head[i], columns.learningRate.backbone[i]], Object.values(learningRates));
    assert.deepEqual(
      columns.recall.map((column) => column[i]),
      metrics.val.recallPerClass,
    );
  }
});

test('columnReader() returns the columns of all rows after growth, replacement or truncation', () => {
  const read = columnReader();
  const resumed = runOf([
    ...events,
    { type: 'resumed', afterEpoch: 4, device: whole.device!, pid: 7, versions: {} },
    ...events.filter((event) => event.type === 'epoch' && event.epoch > 4 && event.epoch < 8),
  ]).epochs;
  const replaced = whole.epochs.map((row) => ({ ...row, metrics: { ...row.metrics, train: row.metrics.val } }));
  for (const rows of [
    whole.epochs.slice(0, 3),
    whole.epochs.slice(0, 9),
    whole.epochs,
    resumed,
    replaced,
    [],
    whole.epochs,
  ])
    assert.deepEqual(read(rows, 2), columnsOf(rows, 2));
});

test('columnReader() returns the same columns until a row is new, and never extends earlier ones', () => {
  const read = columnReader();
  const three = read(whole.epochs.slice(0, 3), 2);
  assert.equal(read(whole.epochs.slice(0, 3), 2), three);
  read(whole.epochs, 2);
  assert.deepEqual(three, columnsOf(whole.epochs.slice(0, 3), 2));
});

test('runCharts() marks the kept epochs on validation and never smooths a learning rate', () => {
  const charts = runCharts(columnsOf(whole.epochs, 2), stageSpans(whole), whole.classNames);
  assert.deepEqual(
    charts.map(({ name }) => name),
    ['loss', 'learningRate', 'accuracy', 'auroc', 'recall'],
  );
  const kept = stageSpans(whole).map((span) => ({ series: 1, epoch: span.keptEpoch! }));
  assert.deepEqual(charts[0]!.rings, kept);
  assert.deepEqual(
    charts[0]!.series[1]!.values,
    whole.epochs.map(({ metrics }) => metrics.val.loss),
  );
  assert.ok(charts[1]!.series.every(({ exact }) => exact));
  assert.ok(charts.every(({ name, series }) => name === 'learningRate' || series.every(({ exact }) => !exact)));
});

test('runCharts() omits the learning rate of a frozen backbone', () => {
  const head = runOf(upToEpoch(events, 3));
  const charts = runCharts(columnsOf(head.epochs, 2), stageSpans(head), head.classNames);
  assert.deepEqual(
    charts[1]!.series.map(({ name }) => name),
    ['Head'],
  );
});

test('runCharts() labels each of a few classes, with its own colour and dash', () => {
  const animals = animalsRun();
  const run = animals.events.reduce(applyRunEvent, initialRunState(animals.runId));
  const recall = runCharts(columnsOf(run.epochs, 4), stageSpans(run), run.classNames).at(-1)!;
  assert.deepEqual(
    recall.series.map(({ name }) => name),
    run.classNames,
  );
  assert.equal(recall.note, null);
  assert.equal(new Set(recall.series.map(({ color }) => color)).size, 4);
  assert.equal(new Set(recall.series.map(({ dash }) => dash.join())).size, 4);
});

test('shownLabels() are the ten classes with the lowest current recall, in class order', () => {
  const recall = Array.from({ length: 25 }, (_, label) => [1, label % 2 === 0 ? label / 100 : 0.9]);
  assert.deepEqual(shownLabels({ recall }, 25), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  const names = recall.map((_, label) => `class ${label}`);
  const columns = { ...columnsOf(whole.epochs.slice(0, 2), 25), recall };
  const chart = runCharts(columns, [], names).at(-1)!;
  assert.equal(chart.series.length, mostClasses);
  assert.match(chart.note!, /10 classes with the lowest recall now, of 25/);
});

test('tipOf() lists the values of every chart at one epoch, raw and smoothed', () => {
  const columns = columnsOf(whole.epochs, 2);
  const charts = runCharts(columns, stageSpans(whole), whole.classNames);
  const [loss, rate] = tipOf(charts, columns, 7, 0.6);
  const { train, val } = whole.epochs[6]!.metrics;
  assert.deepEqual(loss, {
    heading: 'Loss',
    rows: [
      {
        name: 'Train',
        value: train.loss!.toFixed(3),
        smoothed: `≈ ${smoothed(columns.metrics.loss.train, 0.6)[6]!.toFixed(3)}`,
      },
      {
        name: 'Validation',
        value: val.loss!.toFixed(3),
        smoothed: `≈ ${smoothed(columns.metrics.loss.val, 0.6)[6]!.toFixed(3)}`,
      },
    ],
  });
  assert.ok(rate!.rows.every((row) => row.smoothed === undefined));
  assert.ok(tipOf(charts, columns, 7, 0).every(({ rows }) => rows.every((row) => row.smoothed === undefined)));
});
