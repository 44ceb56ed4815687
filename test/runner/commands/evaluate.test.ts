// Evaluations of a real run: coloured noise in two classes, ResNet-18 at 64 px.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { type Evaluated, evaluate } from '../../../runner/commands/evaluate.ts';
import { exportRun } from '../../../runner/commands/exportRun.ts';
import { writeReport } from '../../../runner/commands/report.ts';
import type { EvaluateIo, EvaluateJob } from '../../../runner/evaluation/evaluation.ts';
import { evaluationReport } from '../../../runner/terminal/evaluationReport.ts';
import { encodeSafetensors, readSafetensors } from '../../../runner/weights/formats/safetensors.ts';
import { Evaluation } from '../../../shared/contracts/classification/evaluation.ts';
import { parseRecordedPredictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import type { ErrorCode, UserError } from '../../../shared/contracts/errors.ts';
import { softmaxRows } from '../../../shared/contracts/scores.ts';
import { readEvaluationRecord } from '../../../shared/runFolder/evaluationRecords.ts';
import { readTestLooks } from '../../../shared/runFolder/testLooks.ts';
import { hashOf } from '../../../shared/runFolder/verified.ts';
import { allClose } from '../../support/allClose.ts';
import { changeSummary } from '../../support/changedSummary.ts';
import { treeOf } from '../../support/imageFolder.ts';
import { pngOf } from '../../support/imageWriters.ts';
import { forgetHashes } from '../../support/olderRun.ts';
import { picture } from '../../support/picture.ts';
import { tinyDataset, tinyRun, tinySetup } from '../../support/tinyRun.ts';

const setup = await tinySetup();
const { folder: run } = await tinyRun(setup);

/** Images that the run has not seen, in class folders named `classes`. */
async function otherImages(classes = ['blue', 'red'], count = 6): Promise<string> {
  const root = await mkdtemp(join(setup.root, 'other-'));
  await tinyDataset(root, { train: 0, val: 0, test: count + 20 }, ['blue', 'red']);
  const data = join(root, 'data');
  for (const [label, name] of ['blue', 'red'].entries()) {
    await mkdir(join(data, classes[label]!), { recursive: true });
    for (let i = 20; i < 20 + count; i++)
      await cp(join(root, 'test', name, `${name}-${i}.png`), join(data, classes[label]!, `${i}.png`));
  }
  return data;
}

const evaluated = (over: Partial<EvaluateJob> = {}, io: Partial<EvaluateIo> = {}): Promise<Evaluated> =>
  evaluate(
    {
      model: run,
      data: null,
      split: null,
      threshold: null,
      out: null,
      workingFolder: setup.root,
      ignoreUnknownClasses: false,
      unlabelled: false,
      engine: 'cpu',
      cacheFolder: join(setup.root, 'cache'),
      cacheLimitBytes: 1e9,
      useFeatureCache: true,
      threads: 2,
      ...over,
    },
    { on: () => {}, signal: new AbortController().signal, ...io },
  );

const refused = (over: Partial<EvaluateJob>, code: ErrorCode, words = '') =>
  assert.rejects(evaluated(over), (error: UserError) => {
    assert.equal(error.code, code, error.message);
    assert.ok(error.message.includes(words), error.message);
    return true;
  });

const codes = ({ record }: Evaluated) => record.warnings.map(({ code }) => code);

const predictionsIn = async ({ folder, record }: Evaluated) =>
  parseRecordedPredictions(await readFile(join(folder, 'predictions.csv'), 'utf8'), record.classNames);

for (const split of ['val', 'test'] as const)
  for (const useFeatureCache of [true, false])
    test(`evaluate() reproduces the run's own numbers on its ${split} images ${useFeatureCache ? 'from' : 'without'} the feature cache`, async () => {
      const own = await evaluated({ split, useFeatureCache });
      assert.equal(
        await readFile(join(own.folder, 'predictions.csv'), 'utf8'),
        await readFile(join(run, 'predictions', `${split}.csv`), 'utf8'),
      );
      const evaluation = Evaluation.parse(JSON.parse(await readFile(join(run, 'evaluation.json'), 'utf8')));
      assert.deepEqual(own.record.metrics, evaluation[split]);
      assert.equal(own.record.temperature, evaluation.temperature!.value);
      const { value, logOdds } = evaluation.threshold!;
      assert.deepEqual(own.record.threshold, { value, logOdds, from: 'val' });
    });

/** The run after its last epoch, before its test; `files` are removed, too. */
async function stoppedRun(files: readonly string[] = []): Promise<string> {
  const stopped = join(await mkdtemp(join(setup.root, 'stopped-')), basename(run));
  await cp(run, stopped, { recursive: true });
  for (const file of ['evaluation.json', 'run.json', 'predictions/val.csv', 'predictions/test.csv', ...files])
    await rm(join(stopped, file), { recursive: true });
  const lines = (await readFile(join(run, 'events.jsonl'), 'utf8')).split('\n');
  const end = lines.findIndex((line) => line.includes('"type":"evaluated"'));
  await writeFile(join(stopped, 'events.jsonl'), `${lines.slice(0, end).join('\n')}\n`);
  return stopped;
}

test('a stopped run is evaluated with the threshold and temperature of its kept epoch', async () => {
  const { threshold, temperature } = Evaluation.parse(JSON.parse(await readFile(join(run, 'evaluation.json'), 'utf8')));
  const one = await evaluated({ model: await stoppedRun() });
  assert.deepEqual(one.record.threshold, { value: threshold!.value, logOdds: threshold!.logOdds, from: 'val' });
  assert.equal(one.record.temperature, temperature!.value);
  assert.equal(one.record.thresholdMissing, null);
  assert.match(evaluationReport(one), /threshold 0\.\d{4} on the probability of red: the run's, Youden's J on its/);
});

test('evaluate() reports that no threshold was fitted, rather than that none beats chance', async () => {
  const one = await evaluated({ model: await stoppedRun(['predictions/epochs']) });
  assert.deepEqual([one.record.threshold, one.record.thresholdMissing], [null, 'notFitted']);
  assert.match(
    evaluationReport(one),
    /the run ended before a threshold was fitted, .*: the most probable class decides/,
  );
  assert.doesNotMatch(evaluationReport(one), /better than chance/);
});

test('evaluate() writes a record that parses back unchanged', async () => {
  const own = await evaluated();
  assert.match(own.folder, /\/evaluations\/\d{8}-\d{6}-val-[0-9a-f]{4}$/);
  const { files, sha256, ...record } = await readEvaluationRecord(own.folder);
  assert.deepEqual(record, own.record);
  assert.match(sha256!, /^[0-9a-f]{64}$/);
  assert.deepEqual(files, { 'predictions.csv': hashOf(await readFile(join(own.folder, 'predictions.csv'))) });
  assert.deepEqual((await readdir(own.folder)).sort(), ['predictions.csv', 'record.json']);
});

test('evaluate() counts looks at the labelled test images, but not at validation or other images', async () => {
  const looks = async () => (await readTestLooks(run)).length;
  const before = await looks();
  assert.equal((await readTestLooks(run))[0]?.by, 'training');
  await evaluated({ split: 'val' });
  await evaluated({ data: await otherImages() });
  await evaluated({ data: setup.dataset, split: 'test', unlabelled: true });
  assert.equal(await looks(), before);
  const own = await evaluated({ split: 'test' });
  assert.equal(own.testLooks, before + 1);
  await evaluated({ data: setup.dataset, split: 'test' });
  assert.equal(await looks(), before + 2, 'the same images by another way are looked at, too');
  const page = await readFile(await writeReport(run, 'md', join(setup.root, 'report.md')), 'utf8');
  assert.match(page, new RegExp(`looked at ${before + 2} times`));
});

test('evaluate() changes neither dataset nor run, except for its record and the counted look', async () => {
  const dataset = await treeOf(setup.dataset);
  const runFiles = (tree: string[]) =>
    tree.filter((line) => !/evaluations|test-looks/.test(line) && !line.startsWith(`${run} `));
  const before = runFiles(await treeOf(run));
  await evaluated({ split: 'test' });
  assert.deepEqual(await treeOf(setup.dataset), dataset);
  assert.deepEqual(runFiles(await treeOf(run)), before);
});

test('evaluate() matches classes by name: folders in another order give the same figures', async () => {
  const plain = await evaluated({ data: await otherImages() });
  // In code-point order RED comes before blue.
  const shuffled = await evaluated({ data: await otherImages(['blue', 'RED']) });
  // Sums over images in another order may differ in the last digit.
  allClose('loss', [shuffled.record.metrics!.loss!], [plain.record.metrics!.loss!], { absolute: 1e-12 });
  assert.deepEqual({ ...shuffled.record.metrics, loss: null }, { ...plain.record.metrics, loss: null });
  assert.deepEqual(codes(plain), []);
  assert.deepEqual(codes(shuffled), ['classNamesNormalised']);
  assert.deepEqual(shuffled.record.data.classMapping, [
    { folder: 'RED', className: 'red', byName: 'normalised', imageCount: 6 },
    { folder: 'blue', className: 'blue', byName: 'same', imageCount: 6 },
  ]);
  assert.deepEqual(plain.record.overlap, { train: 0, val: 0, test: 0, relativePaths: [] });
});

test('evaluate() warns about training images among the evaluated ones, recognised by content wherever they are', async () => {
  const all = await evaluated({ data: setup.dataset });
  assert.equal(all.record.data.imageCount, 40);
  assert.deepEqual({ ...all.record.overlap, relativePaths: [] }, { train: 20, val: 10, test: 10, relativePaths: [] });
  assert.deepEqual(codes(all), ['trainedOn', 'chosenOn']);
  const copy = join(await mkdtemp(join(setup.root, 'copy-')), 'data');
  await mkdir(copy);
  await cp(join(setup.dataset, 'train', 'red', 'red-3.png'), join(copy, 'under another name.png'));
  const one = await evaluated({ data: copy });
  assert.deepEqual(one.record.overlap?.relativePaths, ['under another name.png']);
  assert.match(evaluationReport(one), /1 of these 1 images was used for training/);
});

test('evaluate() predicts images without labels and reports no figures for them', async () => {
  const data = join(await mkdtemp(join(setup.root, 'flat-')), 'data');
  await cp(join(await otherImages(), 'red'), data, { recursive: true });
  const flat = await evaluated({ data });
  assert.equal(flat.record.metrics, null);
  assert.equal(flat.record.data.labelled, false);
  assert.equal(flat.record.data.counts, null);
  const { labels, relativePaths, logits } = await predictionsIn(flat);
  assert.equal(labels, null);
  assert.equal(relativePaths.length, 6);
  assert.ok(logits.length === 12 && logits.every(Number.isFinite));
  assert.match(evaluationReport(flat), /No labels: 6 predictions/);
  assert.doesNotMatch(evaluationReport(flat), /AUROC|accuracy/);
});

test('evaluate() reports accuracy but no AUROC when all images are of one class', async () => {
  const data = await otherImages();
  await rm(join(data, 'blue'), { recursive: true });
  const one = await evaluated({ data });
  assert.equal(one.record.metrics?.auroc, null);
  assert.equal(one.record.metrics?.byThreshold?.specificity, null);
  assert.deepEqual(one.record.data.missingClasses, ['blue']);
  assert.deepEqual(codes(one), ['oneClassOnly']);
  assert.match(evaluationReport(one), /All images here are "red"/);
});

test('evaluate() refuses folders that match no class, and skips them on request', async () => {
  const data = await otherImages();
  await cp(join(data, 'red'), join(data, 'violet'), { recursive: true });
  await refused({ data }, 'unknownClasses', '"violet"');
  const { record } = await evaluated({ data, ignoreUnknownClasses: true });
  assert.equal(record.data.imageCount, 12);
  assert.deepEqual(record.data.ignoredClasses, [{ folder: 'violet', imageCount: 6 }]);
  assert.deepEqual(
    record.warnings.map(({ code, params }) => ({ code, ...params })),
    [{ code: 'unknownClassesIgnored', count: 6, names: '"violet"' }],
  );
});

test('evaluate() applies the threshold it is given', async () => {
  const data = await otherImages();
  const { record } = await evaluated({ data, threshold: 0 });
  assert.deepEqual(record.threshold, { value: 0, from: 'given' });
  assert.equal(record.metrics?.byThreshold?.sensitivity, 1);
  assert.equal(record.metrics?.byThreshold?.specificity, 0);
  await refused({ data, threshold: 1.5 }, 'thresholdOutOfRange', '1.5');
});

test('evaluate() skips, lists and reports undecodable images', async () => {
  const data = await otherImages();
  await writeFile(join(data, 'red', 'broken.png'), 'no picture');
  await writeFile(join(data, 'red', 'notes.txt'), 'not said aloud, but listed');
  const one = await evaluated({ data });
  assert.deepEqual(one.record.skipped.map(({ relativePath }) => relativePath).sort(), [
    'red/broken.png',
    'red/notes.txt',
  ]);
  assert.deepEqual(
    one.record.warnings.map(({ code, params }) => [code, params.count, params.relativePath]),
    [['imagesSkipped', 1, 'red/broken.png']],
  );
  await rm(join(data, 'blue'), { recursive: true });
  for (const name of await readdir(join(data, 'red'))) await writeFile(join(data, 'red', name), 'no picture');
  await refused({ data }, 'noneUsable');
});

test("evaluate() with the ONNX model matches the run, except for the half precision of the run's features", async () => {
  const data = await otherImages();
  const ofRun = await evaluated({ data });
  const ofOnnx = await evaluated({ data, model: join(run, 'model.onnx') });
  const [a, b] = [await predictionsIn(ofRun), await predictionsIn(ofOnnx)];
  assert.deepEqual(b.relativePaths, a.relativePaths);
  assert.deepEqual(b.labels, a.labels);
  allClose('probabilities', softmaxRows(b.logits, 2), softmaxRows(a.logits, 2), { absolute: 2e-3 }); // features of the frozen part are float16 in a run: 3 digits
  assert.deepEqual(ofOnnx.record.threshold, ofRun.record.threshold);
  assert.equal(ofOnnx.record.metrics?.auroc, ofRun.record.metrics?.auroc);
  // The model is in its run's folder, so its training images are known, and a look counts.
  assert.deepEqual(ofOnnx.record.overlap, { train: 0, val: 0, test: 0, relativePaths: [] });
});

test('evaluate() with an export that includes preprocessing matches the run for images of any size', async () => {
  const data = await otherImages();
  const { data: pixels } = picture(3, 'large', 700, 520);
  const large = sharp(pixels, { raw: { width: 700, height: 520, channels: 3 } });
  await writeFile(join(data, 'red', 'large.png'), await large.png().toBuffer());
  const model = join(setup.root, 'whole.onnx');
  await exportRun({ runFolder: run, format: 'onnx', out: model, withPreprocessing: true });
  const [a, b] = [
    await predictionsIn(await evaluated({ data })),
    await predictionsIn(await evaluated({ data, model })),
  ];
  assert.ok(a.relativePaths.includes('red/large.png'));
  assert.deepEqual(b.relativePaths, a.relativePaths);
  allClose('probabilities', softmaxRows(b.logits, 2), softmaxRows(a.logits, 2), { absolute: 2e-3 });
});

test('evaluate() with an ONNX model outside its run requires a folder, and reports what it cannot check', async () => {
  const away = await mkdtemp(join(setup.root, 'away-'));
  const model = join(away, 'mine.onnx');
  await cp(join(run, 'model.onnx'), model);
  await refused({ model }, 'dataNeeded', '--data');
  const one = await evaluated({ model, data: await otherImages(), workingFolder: away });
  assert.match(one.folder, /\/\.shoulders\/evaluations\/\d{8}-\d{6}-data-[0-9a-f]{4}$/);
  assert.equal(one.record.overlap, null);
  assert.equal(one.testLooks, null);
  assert.deepEqual(codes(one), ['overlapUnknown']);
  assert.equal(one.record.model.kind === 'onnx' && one.record.model.file, model);
});

test('evaluate() writes into a given output folder once', async () => {
  const out = join(setup.root, 'mine', 'record');
  const { folder } = await evaluated({ out });
  assert.equal(folder, out);
  await refused({ out }, 'recordExists', '--out');
});

test('evaluate() writes nothing when it is stopped', async () => {
  const controller = new AbortController();
  const before = await readdir(join(run, 'evaluations'));
  await assert.rejects(
    evaluated(
      { useFeatureCache: false },
      { signal: controller.signal, on: ({ phase }) => phase === 'testing' && controller.abort() },
    ),
    { name: 'AbortError' },
  );
  assert.deepEqual(await readdir(join(run, 'evaluations')), before);
});

test('evaluate() reports in a sentence what is missing', async (t) => {
  const copy = join(await mkdtemp(join(setup.root, 'runs-')), run.split('/').at(-1)!);
  await cp(run, copy, { recursive: true });
  await refused({ model: join(setup.root, 'nothing') }, 'modelNotFound');
  await refused({ model: join(setup.root, 'nothing.onnx') }, 'modelNotFound');
  await refused({ model: join(run, 'model.safetensors') }, 'modelNotFound');
  await refused({ model: setup.dataset, data: setup.dataset }, 'runBroken');

  await t.test('missing images', async () => {
    const place = join(setup.dataset, 'val');
    await rename(place, `${place}-away`);
    try {
      await refused({ model: copy, useFeatureCache: false }, 'imagesGone', 'validation images');
    } finally {
      await rename(`${place}-away`, place);
    }
  });
  await t.test('a missing image and a changed image are skipped and reported', async () => {
    const gone = join(setup.dataset, 'val', 'red', 'red-1.png');
    const changed = join(setup.dataset, 'val', 'red', 'red-2.png');
    const bytes = await readFile(changed);
    await rename(gone, `${gone}.away`);
    await cp(join(setup.dataset, 'val', 'blue', 'blue-2.png'), changed);
    try {
      const one = await evaluated({ model: copy });
      assert.equal(one.record.data.imageCount, 8);
      assert.deepEqual(codes(one), ['chosenOn', 'imagesSkipped']);
      assert.deepEqual(
        one.record.skipped.map(({ reason }) => reason.slice(0, 22)),
        ['the file cannot be rea', 'its content has change'],
      );
    } finally {
      await rename(`${gone}.away`, gone);
      await writeFile(changed, bytes);
    }
  });
  await t.test('the image list', async () => {
    await rm(join(copy, 'images.csv'));
    await refused({ model: copy }, 'runWithoutImageList', '--data');
    const one = await evaluated({ model: copy, data: await otherImages() });
    assert.deepEqual(codes(one), ['overlapUnknown']);
    await writeFile(join(copy, 'images.csv'), 'nonsense');
    await refused({ model: copy }, 'runWithoutImageList', 'was damaged or changed since it was written');
    await forgetHashes(copy);
    await refused({ model: copy }, 'runWithoutImageList', 'Row 1');
    assert.deepEqual(codes(await evaluated({ model: copy, data: one.record.data.folder })), ['overlapUnknown']);
  });
  await t.test('weights so large that scores overflow', async () => {
    const file = join(copy, 'model.safetensors');
    const { tensors, metadata } = readSafetensors(await readFile(file));
    const head = tensors.get('fc.weight')!;
    (head.data as Float32Array).fill(3e38);
    await writeFile(file, encodeSafetensors(tensors, Object.fromEntries(metadata)));
    await refused({ model: copy, data: await otherImages() }, 'scoresAllNotFinite', 'any of the images (12)');
    (head.data as Float32Array)[5] = Number.NaN;
    await writeFile(file, encodeSafetensors(tensors, Object.fromEntries(metadata)));
    await refused({ model: copy, data: await otherImages() }, 'weightsNotFinite', 'fc.weight');
  });
  await t.test('missing weights', async () => {
    await rm(join(copy, 'model.safetensors'));
    await refused({ model: copy }, 'runWithoutWeights', 'first finished epoch');
  });
});

test('evaluate() and export detect changed weights by what the run recorded when the log has no checksum', async () => {
  const copy = join(await mkdtemp(join(setup.root, 'runs-')), basename(run));
  await cp(run, copy, { recursive: true });
  await forgetHashes(copy);
  const own = await evaluated({ model: copy, split: 'test' });
  assert.deepEqual(own.record.metrics, (await evaluated({ split: 'test' })).record.metrics);
  const file = join(copy, 'model.safetensors');
  const { tensors, metadata } = readSafetensors(await readFile(file));
  const head = tensors.get('fc.weight')!.data as Float32Array;
  head[7] = head[7]! * 2 ** 20; // one bit of its exponent
  await writeFile(file, encodeSafetensors(tensors, Object.fromEntries(metadata)));
  for (const split of ['val', 'test'] as const)
    await refused({ model: copy, split }, 'weightsAnswerOtherwise', 'a probability differs by 0.');
  await assert.rejects(
    exportRun({ runFolder: copy, format: 'onnx', out: join(copy, 'changed.onnx') }),
    (error: UserError) => error.code === 'weightsAnswerOtherwise',
  );
});

test('evaluate() reports which images are now decoded differently than when the run was made', async () => {
  const data = await otherImages();
  const values = Array.from({ length: 64 * 64 }, (_, i) => (i * 97) & 0xffff);
  await writeFile(join(data, 'red', 'deep.png'), pngOf({ width: 64, height: 64, colourType: 0, bits: 16, values }));
  const said = ({ record }: Evaluated) => record.warnings.filter(({ code }) => code === 'readOtherwise');
  assert.deepEqual(said(await evaluated({ data })), []);
  const older = join(setup.root, 'older-run');
  await cp(run, older, { recursive: true });
  await changeSummary(older, ({ versions: { pixels, ...versions } }) => {
    assert.match(pixels!, /^[0-9]+$/);
    return { versions };
  });
  assert.deepEqual(said(await evaluated({ data, model: older })), [
    { code: 'readOtherwise', params: { count: 1, total: 13, relativePath: 'red/deep.png' } },
  ]);
});
