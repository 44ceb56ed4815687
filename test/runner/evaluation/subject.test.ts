// The task of what is evaluated, as its file says it.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { onnxModel } from '../../../runner/classification/evaluation/models/onnxModel.ts';
import { openSubject } from '../../../runner/evaluation/subject.ts';
import { modelMetadataOf } from '../../../runner/exports/metadata.ts';
import { initialParameters } from '../../../runner/network/initialize.ts';
import { exportedProgram } from '../../../runner/programs/exported.ts';
import { encodeModelMetadata } from '../../../shared/contracts/modelMetadata.ts';
import { photos } from '../../../shared/contracts/recipes.ts';

const { task, ...older } = encodeModelMetadata(
  modelMetadataOf({
    runId: '20260101-000000-x-resnet18-0000',
    recipe: { ...photos, imageSize: 32 },
    depth: 16,
    classNames: ['ant', 'bee'],
    positiveClass: null,
    threshold: null,
    temperature: null,
    weights: null,
  }),
);
const parameters = initialParameters('resnet18', 2, 1);

async function subjectWith(t: TestContext, metadata: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'subject-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'model.onnx');
  const { model } = exportedProgram({ architecture: 'resnet18', parameters, imageSize: 32, doc: '', metadata });
  await writeFile(file, model);
  const subject = await openSubject(file);
  assert.ok(subject.kind === 'onnx');
  return subject;
}

test('openSubject() reads the task of an ONNX file, which older files do not name', async (t) => {
  assert.equal(task, 'classification');
  assert.equal((await subjectWith(t, { ...older, task })).task, 'classification');
  const subject = await subjectWith(t, older);
  assert.equal(subject.task, 'classification');
  assert.deepEqual((await onnxModel(subject)).classNames, ['ant', 'bee']);
});

test('an ONNX file of an unknown task is refused with the known ones, whatever else its metadata lack', async (t) => {
  const { classNames: _, ...withoutClasses } = older;
  for (const metadata of [older, withoutClasses]) {
    const subject = await subjectWith(t, { ...metadata, task: 'segmentation' });
    await assert.rejects(onnxModel(subject), {
      code: 'onnxRefused',
      message: `The model "${subject.file}" was refused: its task is "segmentation", and this version reads classification. Only ONNX models exported by Shoulders can be evaluated.`,
    });
  }
});
