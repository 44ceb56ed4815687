// Evaluations and explanations of a run on a GPU engine, with a software driver.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { evaluate } from '../../../runner/commands/evaluate.ts';
import { openExplainSession } from '../../../runner/commands/explain.ts';
import type { Engine } from '../../../runner/engine/engine.ts';
import { createDeviceEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { evaluationReport } from '../../../runner/terminal/evaluationReport.ts';
import { parseRecordedPredictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import { type Explanation, mapValues } from '../../../shared/contracts/explanation.ts';
import type { NamedEngine } from '../../../shared/contracts/job.ts';
import { softmaxRows } from '../../../shared/contracts/scores.ts';
import { checkClose } from '../../support/programCases.ts';
import { useSoftwareGpu } from '../../support/softwareGpu.ts';
import { tinyRun, tinySetup } from '../../support/tinyRun.ts';

const skip = useSoftwareGpu();
const setup = await tinySetup({ train: 4, val: 4, test: 4 });
const { folder: run } = await tinyRun(setup, { sets: ['stages.1.epochs=1'] });
const { signal } = new AbortController();

async function evaluatedOn(engine: NamedEngine) {
  const evaluated = await evaluate(
    {
      model: run,
      data: null,
      split: null,
      threshold: null,
      out: join(setup.root, `evaluated on ${engine}`),
      workingFolder: setup.root,
      ignoreUnknownClasses: false,
      unlabelled: false,
      engine,
      cacheFolder: join(setup.root, 'cache'),
      cacheLimitBytes: 1e9,
      useFeatureCache: true,
      threads: 2,
    },
    { on: () => {}, signal },
  );
  const csv = await readFile(join(evaluated.folder, 'predictions.csv'), 'utf8');
  return { ...evaluated, predictions: parseRecordedPredictions(csv, evaluated.record.classNames) };
}

async function explainedOn(createEngine?: () => Engine): Promise<Explanation> {
  const session = await openExplainSession(
    { runFolder: run, engine: 'cpu', threads: 2 },
    createEngine && { createEngine },
  );
  const explained: Explanation[] = [];
  const images = [join(setup.dataset, 'val', 'red', 'red-0.png')];
  const asked = { target: 'predicted', of: 'probability', layer: 'layer4', method: 'grad-cam', check: false } as const;
  await session.answer(
    { ...asked, images, overlayFolder: null, colors: 'jet' },
    { on: (line) => line.type === 'explanation' && explained.push(line) },
  );
  await session.dispose();
  assert.equal(explained.length, 1);
  return explained[0]!;
}

test("an evaluation on a GPU is recorded as such, with probabilities like the CPU's", {
  skip,
}, async () => {
  const [cpu, gpu] = [await evaluatedOn('cpu'), await evaluatedOn('webgpu')];
  assert.equal(gpu.record.device, 'SwiftShader');
  assert.match(evaluationReport(gpu), /Computed on SwiftShader, not on the CPU/);
  assert.doesNotMatch(evaluationReport(cpu), /Computed on/);
  const flat = ({ predictions }: typeof cpu) => Float32Array.from(softmaxRows(predictions.logits, 2));
  checkClose('probabilities', flat(gpu), flat(cpu));
});

test("a map made on a GPU equals the CPU's", { skip }, async () => {
  const [cpu, gpu] = [await explainedOn(), await explainedOn(() => createDeviceEngine('webgpu'))];
  checkClose('map', mapValues(gpu.map), mapValues(cpu.map));
});
