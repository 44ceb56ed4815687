import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import Papa from 'papaparse';
import sharp from 'sharp';
import { chooseSamples, sampleCount } from '../../../runner/classification/samples.ts';
import { files } from '../../../shared/contracts/run.ts';
import { assertProperty } from '../../support/property.ts';
import { type TinyRun, tinyRun, tinySetup } from '../../support/tinyRun.ts';

function datasetOf(labels: readonly number[]) {
  const classNames = ['a', 'b', 'c'];
  const images = labels.map((label, i) => ({ label, relativePath: `${i}.jpg` }));
  return { images, classNames, splits: { train: [], val: labels.map((_, i) => i), test: [] } } as unknown as Parameters<
    typeof chooseSamples
  >[0];
}

test('chooseSamples() picks twelve validation images, or all, balanced over the classes and repeatable by seed', () => {
  assertProperty(
    fc.property(fc.array(fc.nat(2), { maxLength: 60 }), fc.nat(), (labels, seed) => {
      const dataset = datasetOf(labels);
      const chosen = chooseSamples(dataset, seed);
      assert.deepEqual(chosen, chooseSamples(dataset, seed));
      assert.equal(new Set(chosen).size, Math.min(sampleCount, labels.length));
      const taken = [0, 1, 2].map((label) => chosen.filter((i) => labels[i] === label).length);
      const there = [0, 1, 2].map((label) => labels.filter((one) => one === label).length);
      const most = Math.max(...taken);
      for (const label of [0, 1, 2])
        assert.ok(taken[label]! >= Math.min(there[label]!, most - 1), `${taken} of ${there}`);
    }),
  );
});

describe('a run', () => {
  let root: string;
  let run: TinyRun;
  before(async () => {
    const setup = await tinySetup({ train: 8, val: 8, test: 4 });
    root = setup.root;
    run = await tinyRun(setup, { job: { tensorboard: true } });
  });
  after(() => rm(root, { recursive: true, force: true }));

  test('writes twelve thumbnails that match their rows in the predictions of every epoch', async () => {
    const { samples, epochs, classNames } = run.state;
    assert.equal(samples.length, 12);
    for (const { file } of samples) {
      const { width, height, format } = await sharp(await readFile(join(run.folder, file))).metadata();
      assert.deepEqual([width, height, format], [64, 64, 'jpeg'], 'the network sees 64 px, nothing is enlarged');
    }
    for (const { predictions } of epochs) {
      const text = await readFile(join(run.folder, predictions), 'utf8');
      const rows = Papa.parse<Record<string, string>>(text.trimEnd(), { header: true }).data;
      for (const { row, relativePath, label } of samples) {
        assert.equal(rows[row]!.path, relativePath);
        assert.equal(rows[row]!.label, classNames[label]);
      }
    }
  });

  test('writes metrics.csv with the figures of every epoch event', async () => {
    const text = await readFile(join(run.folder, files.metrics), 'utf8');
    const rows = Papa.parse<Record<string, string>>(text.trimEnd(), { header: true }).data;
    assert.equal(rows.length, run.state.epochs.length);
    run.state.epochs.forEach(({ epoch, metrics, learningRates }, i) => {
      assert.equal(Number(rows[i]!.epoch), epoch);
      assert.equal(Number(rows[i]!.train_loss), metrics.train.loss);
      assert.equal(Number(rows[i]!.val_auroc), metrics.val.auroc);
      assert.equal(Number(rows[i]!.learningRate_head), learningRates.head);
      assert.equal(Number(rows[i]!['val_recall blue']), metrics.val.recallPerClass[0]);
    });
  });

  test('warns about few validation images, and reports its memory', () => {
    assert.ok(run.state.alarms.some(({ epoch, problem }) => epoch === 1 && problem.code === 'alarmSmallValidation'));
    const memories = run.events.flatMap((event) => (event.type === 'progress' && event.memory ? [event.memory] : []));
    assert.ok(memories.length > 0);
    for (const { usedBytes, totalBytes } of memories) assert.ok(usedBytes > 1e7 && usedBytes < totalBytes);
  });
});
