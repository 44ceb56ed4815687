import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { EvaluationRecord } from '../../../../shared/contracts/classification/evaluationRecord.ts';
import { encodePredictions } from '../../../../shared/contracts/classification/predictionsFile.ts';
import { files } from '../../../../shared/contracts/run.ts';
import { readEvaluation } from '../../../../src/panels/evaluation/evaluationReader.ts';
import { pictureBytes } from '../../../../src/panels/pictureBytes.ts';
import type { Run } from '../../../../src/runs/runs.ts';
import { english } from '../../../../src/words/translate.ts';
import { chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { runOf, temporaryFolder } from '../../support/runs.ts';

const chest = chestXrayRun();
const classNames = ['NORMAL', 'PNEUMONIA'];
const csv = (split: string, labels: readonly number[] | null, names: readonly string[] = classNames) =>
  encodePredictions({
    relativePaths: ['a.png', 'b.png'].map((name) => `${split}/${name}`),
    labels,
    logits: [2, -0.25, 0, 1.5],
    classNames: names,
  });

async function runWith(t: TestContext, texts: Readonly<Record<string, string>>, events = chest.events): Promise<Run> {
  const folder = await temporaryFolder(t);
  for (const [file, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return runOf(chest.runId, events, { folder });
}

const reader = (run: Run | undefined) => ({
  run: async (id: string) => (id === run?.id ? run : undefined),
  t: english,
  wording: ({ code }: { code: string }) => `worded ${code}`,
});
const splitOf = (split: 'val' | 'test') => ({ kind: 'split', runId: chest.runId, split }) as const;

test('a split is read with its labels, and validation beside it for fitting', async (t) => {
  const run = await runWith(t, {
    [files.predictions('val')]: csv('val', [0, 1]),
    [files.predictions('test')]: csv('test', [1, 1]),
  });
  const reading = (await readEvaluation(splitOf('test'), reader(run)))!;
  assert.deepEqual(reading.shown?.labels, [1, 1]);
  assert.deepEqual(reading.validation?.relativePaths, ['val/a.png', 'val/b.png']);
  assert.deepEqual([reading.problem, reading.subject.medical, reading.subject.split], [null, true, 'test']);
  assert.equal(reading.subject.threshold?.from, 'val');
});

test('an unfinished run shows the newest validation epoch, and says that there is no test yet', async (t) => {
  const events = upToEpoch(chest.events, 3);
  const run = await runWith(t, { [files.epochPredictions(3)]: csv('val', [0, 1]) }, events);
  const val = (await readEvaluation(splitOf('val'), reader(run)))!;
  assert.deepEqual([val.shown?.relativePaths.length, val.subject.epoch], [2, 3]);
  const tested = (await readEvaluation(splitOf('test'), reader(run)))!;
  assert.equal(tested.shown, null);
  assert.match(tested.problem!, /has no test predictions/);
  assert.notEqual(tested.validation, null);
});

test('damaged, foreign and missing predictions yield a sentence with the reason', async (t) => {
  const problemOf = async (text: string | null): Promise<string> => {
    const run = await runWith(t, text === null ? {} : { [files.predictions('test')]: text });
    return (await readEvaluation(splitOf('test'), reader(run)))!.problem!;
  };
  assert.equal(await problemOf(csv('test', [0, 1], ['cat', 'dog'])), 'worded predictionsOfOtherClasses');
  assert.equal(await problemOf(csv('test', null)), 'worded predictionsUnusable');
  assert.match(await problemOf(null), /no longer in the folder of the run or record/);
  const run = await runWith(t, { predictions: 'a file where their folder was' });
  assert.match((await readEvaluation(splitOf('test'), reader(run)))!.problem!, /no longer in the folder/);
});

test('unusable rows are excluded from display and fitting, and each file reports them', async (t) => {
  const run = await runWith(t, {
    [files.predictions('val')]: csv('val', [0, 1]).replace(/0\.904\d+/, ''),
    [files.predictions('test')]: csv('test', [0, 1]).replace(/0\.817\d+/, 'NaN'),
  });
  const said: unknown[] = [];
  const wording = ({ code, params }: { code: string; params: Record<string, unknown> }) => {
    said.push([code, params.file, params.count, params.rows]);
    return `worded ${code} ${params.file}`;
  };
  const reading = (await readEvaluation(splitOf('test'), { ...reader(run), wording }))!;
  assert.deepEqual([reading.problem, reading.shown?.relativePaths], [null, ['test/a.png']]);
  assert.deepEqual(reading.validation?.relativePaths, ['val/b.png']);
  assert.deepEqual(reading.subject.notes, ['worded rowsLeftOut predictions/test.csv', 'worded rowsLeftOut predictions/val.csv']); // biome-ignore format: a pair
  assert.deepEqual(said, [
    ['rowsLeftOut', 'predictions/val.csv', 1, '2 (val/a.png: NORMAL "")'],
    ['rowsLeftOut', 'predictions/test.csv', 1, '3 (test/b.png: PNEUMONIA "NaN")'],
  ]);
  const ofValidation = (await readEvaluation(splitOf('val'), { ...reader(run), wording }))!;
  assert.deepEqual(ofValidation.subject.notes, ['worded rowsLeftOut predictions/val.csv']);
});

test('a missing run yields nothing', async () => {
  assert.equal(await readEvaluation(splitOf('val'), reader(undefined)), undefined);
});

const record = (over: Partial<EvaluationRecord['data']> = {}): EvaluationRecord => ({
  version: 1,
  id: '20261124-120000-ward-3c4d',
  createdAt: '2026-11-24T12:00:00.000Z',
  model: { kind: 'run', runId: chest.runId, keptEpoch: 7, sha256: 'a'.repeat(64) },
  network: 'resnet50',
  recipe: 'chest-xray',
  medical: true,
  classNames,
  positiveClass: 'PNEUMONIA',
  data: {
    folder: '/data/ward',
    origin: 'folder',
    split: null,
    labelled: true,
    fingerprint: 'f',
    imageCount: 2,
    counts: [1, 1],
    classMapping: [{ folder: 'normal', className: 'NORMAL', byName: 'normalised', imageCount: 1 }],
    missingClasses: [],
    ignoredClasses: [],
    ...over,
  },
  skipped: [],
  threshold: { value: 0.4, from: 'given' },
  temperature: 1.5,
  overlap: null,
  warnings: [{ code: 'overlapUnknown', params: {} }],
  metrics: null,
  device: 'CPU',
  imagesPerSecond: null,
  elapsedMs: 1,
  versions: {},
});

async function recordFolder(
  t: TestContext,
  value: EvaluationRecord,
  labels: readonly number[] | null,
): Promise<string> {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'record.json'), JSON.stringify(value));
  await writeFile(join(folder, 'predictions.csv'), csv('x', labels));
  return folder;
}

test("a record is read with its warnings, and with its run's validation if the run is present", async (t) => {
  const folder = await recordFolder(t, record(), [0, 1]);
  const run = await runWith(t, { [files.predictions('val')]: csv('val', [0, 1]) });
  const reading = (await readEvaluation({ kind: 'record', folder }, reader(run)))!;
  assert.deepEqual(reading.subject.notes, ['worded overlapUnknown']);
  assert.deepEqual([reading.subject.name, reading.subject.temperature], ['ward', 1.5]);
  assert.equal(reading.subject.folderOfClass.get('NORMAL'), 'normal');
  assert.equal(reading.validation?.relativePaths.length, 2);
  const alone = (await readEvaluation({ kind: 'record', folder }, reader(undefined)))!;
  assert.deepEqual([alone.validation, alone.subject.runId, alone.subject.modelFile], [null, null, null]);
  const model = { kind: 'onnx', file: '/models/ward.onnx', sha256: 'a'.repeat(64), runId: null } as const;
  const exported = await recordFolder(t, { ...record(), model }, [0, 1]);
  const ofFile = (await readEvaluation({ kind: 'record', folder: exported }, reader(run)))!;
  assert.deepEqual([ofFile.subject.modelFile, ofFile.validation], ['ward.onnx', null]);
});

test('a record without labels has predictions only; a missing or broken one is refused', async (t) => {
  const folder = await recordFolder(t, record({ labelled: false, counts: null, classMapping: [] }), null);
  const reading = (await readEvaluation({ kind: 'record', folder }, reader(undefined)))!;
  assert.equal(reading.shown?.labels, null);
  assert.match(reading.subject.notes[0]!, /no labels/);
  await rm(join(folder, 'predictions.csv'));
  assert.match(
    (await readEvaluation({ kind: 'record', folder }, reader(undefined)))!.problem!,
    /no longer in the folder/,
  );
  await writeFile(join(folder, 'record.json'), '{"version": 2}');
  await assert.rejects(readEvaluation({ kind: 'record', folder }, reader(undefined)), /newer/);
});

test('a picture is written only when its data match its format', () => {
  assert.ok(pictureBytes({ name: 'a', format: 'svg', data: '<svg xmlns="x"></svg>' }));
  assert.equal(pictureBytes({ name: 'a', format: 'svg', data: '<script>' }), undefined);
  assert.equal(pictureBytes({ name: 'a', format: 'png', data: 'AAAA' }), undefined);
  assert.ok(
    pictureBytes({ name: 'a', format: 'png', data: Buffer.from('89504e470d0a1a0a00', 'hex').toString('base64') }),
  );
});
