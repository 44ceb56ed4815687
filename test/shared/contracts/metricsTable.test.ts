import assert from 'node:assert/strict';
import { test } from 'node:test';
import Papa from 'papaparse';
import { encodeMetrics, metricsMarkdown } from '../../../shared/contracts/metricsTable.ts';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { chestXrayRun } from '../../webview/support/transcripts.ts';

const { runId, events } = chestXrayRun();
const run = events.reduce(applyRunEvent, initialRunState(runId));

test('encodeMetrics() writes every number of every epoch with all its digits', () => {
  const { data } = Papa.parse<Record<string, string>>(encodeMetrics(run), { header: true, skipEmptyLines: true });
  assert.equal(data.length, run.epochs.length);
  for (const [i, { epoch, stage, metrics, learningRates, best }] of run.epochs.entries()) {
    const row = data[i]!;
    assert.deepEqual(
      [row.epoch, row.stage, row.best, row.train_loss, row.val_auroc, row['val_recall PNEUMONIA']].map(String),
      [
        epoch,
        run.stages[stage]!.name,
        Number(best),
        metrics.train.loss,
        metrics.val.auroc,
        metrics.val.recallPerClass[1],
      ].map(String),
    );
    assert.equal(row.learningRate_backbone, learningRates.backbone === null ? '' : String(learningRates.backbone));
  }
});

test('encodeMetrics() escapes a class name that a spreadsheet would run as a formula', () => {
  const { meta } = Papa.parse<Record<string, string>>(encodeMetrics({ ...run, classNames: ['=1+1', 'b'] }), {
    header: true,
  });
  assert.ok(meta.fields!.every((name) => !name.startsWith('=')));
});

test('metricsMarkdown() writes the same columns with four digits', () => {
  const lines = metricsMarkdown(run).split('\n');
  const cells = (line: string) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
  assert.equal(lines.length, run.epochs.length + 2);
  const header = encodeMetrics(run).split('\n')[0]!.split(',');
  assert.deepEqual(
    cells(lines[0]!).map((name) => name.replaceAll('\\', '')),
    header,
  );
  assert.ok(cells(lines[1]!).every((cell) => cell === '---:'));
  const at = header.indexOf('val_loss');
  for (const [i, { metrics }] of run.epochs.entries())
    assert.equal(cells(lines[i + 2]!)[at], String(Number(metrics.val.loss!.toPrecision(4))));
});

test('metricsMarkdown() escapes names that would be markup', () => {
  const [header] = metricsMarkdown({ ...run, classNames: ['a|b', '<img src=x>\n*'] }).split('\n');
  assert.match(header!, /val\\_recall a\\\|b/);
  assert.match(header!, /val\\_recall \\<img src=x\\> \\\*/);
});

test('both tables of a run without epochs are empty', () => {
  const none = { ...run, epochs: [] };
  assert.equal(encodeMetrics(none).trim(), '');
  assert.doesNotMatch(metricsMarkdown(none), /\d/);
});
