// TensorFlow's native library, in this process and through the package that users install: the numbers of the references and of
// ONNX Runtime, memory, and a whole run from the command line.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { differenceBetween } from '../../../../runner/devices/selfTest.ts';
import { createCpuEngine } from '../../../../runner/engine/onnx/onnxEngine.ts';
import { createTensorFlowEngine } from '../../../../runner/engine/tensorflow/engine.ts';
import { tensorFlowBinary } from '../../../../scripts/tensorflow.ts';
import { runIdOf } from '../../../../shared/contracts/run.ts';
import { readRun } from '../../../../shared/runFolder/readRun.ts';
import { allClose } from '../../../support/allClose.ts';
import { opCases } from '../../../support/opCases.ts';
import { memoryOfProcesses } from '../../../support/processMemory.ts';
import {
  adamw,
  checkClose,
  checkOperator,
  feedsOf,
  floatsOf,
  outcomeOf,
  poisonedFeedsOf,
  programCases,
  stateOf,
  stepCase,
} from '../../../support/programCases.ts';
import {
  checkForward,
  checkGradCam,
  checkTraining,
  forwardCases,
  gradCamCases,
  trainingCases,
  unfreezeOf,
} from '../../../support/referenceCases.ts';
import { tinySets, tinySetup } from '../../../support/tinyRun.ts';

const { folder, lacks: skip } = tensorFlowBinary;
const cpu = createCpuEngine(2);
const engine = skip === false ? await createTensorFlowEngine(2, folder) : cpu;
after(() => Promise.all([cpu.dispose(), engine.dispose()]));

for (const each of opCases)
  test(`the binary computes ${each.name} and its gradients as ONNX Runtime does`, { skip }, () =>
    checkOperator(each, engine, 1e-5),
  );

for (const [name, build] of Object.entries(programCases))
  test(`the binary computes ${name} as ONNX Runtime does`, { skip }, async () => {
    const source = build();
    const [expected, found] = [await outcomeOf(cpu, source), await outcomeOf(engine, source)];
    assert.deepEqual([...found.keys()], [...expected.keys()]);
    for (const [entry, values] of expected) checkClose(entry, found.get(entry)!, values);
  });

for (const each of forwardCases)
  test(`the binary reproduces torchvision's features and logits of ${each.arch}`, { skip }, () =>
    checkForward(engine, each),
  );

for (const each of trainingCases)
  test(`the binary trains as PyTorch does: ${each.arch}, ${unfreezeOf(each)} with ${each.optimizer}`, { skip }, () =>
    checkTraining(engine, each),
  );

for (const each of gradCamCases)
  test(`the binary computes Grad-CAM of the ${each.target} on ${each.arch} as PyTorch does`, { skip }, () =>
    checkGradCam(engine, each),
  );

test('the binary passes the check against the CPU at the start of a run', { skip }, async () => {
  assert.equal(await differenceBetween(engine, cpu), undefined);
});

test("a step with a non-finite loss leaves the binary's state unchanged", { skip }, async () => {
  const source = stepCase('resnet18', 'head', adamw);
  const program = await engine.load(source);
  await program.writeState(stateOf(source));
  await program.run(feedsOf(source, 1));
  const before = await program.readState();
  const out = await program.run(poisonedFeedsOf(source));
  assert.ok(!Number.isFinite(floatsOf(out.loss!)[0]));
  assert.deepEqual(await program.readState(), before);
  await program.dispose();
});

test('steps on the binary leak no memory', { skip }, async () => {
  const source = stepCase('resnet18', 'layer4', adamw);
  const program = await engine.load(source);
  await program.writeState(stateOf(source));
  const steps = async (count: number) => {
    for (let seed = 1; seed <= count; seed++) await program.run(feedsOf(source, seed));
    return memoryOfProcesses();
  };
  const [before, after] = [await steps(10), await steps(20)];
  // The state alone is 100 MB, and each step creates it anew.
  assert.ok(after - before < 150 * 2 ** 20, `grew by ${Math.round((after - before) / 2 ** 20)} MB`);
  await program.dispose();
});

test('a command-line run on TensorFlow.js matches the figures of one on ONNX Runtime', {
  skip,
}, async () => {
  const setup = await tinySetup({ train: 4, val: 2, test: 2 });
  const data = join(setup.root, 'share');
  await mkdir(join(data, 'shoulders'), { recursive: true });
  await symlink(folder, join(data, 'shoulders', 'tensorflow'));
  const sets = [...tinySets(setup.weights), 'imageSize=32', 'stages.0.epochs=1', 'stages.1.epochs=1'];
  const program = fileURLToPath(new URL('../../../../runner/cli/main.ts', import.meta.url));
  const run = async (engine: string) => {
    const runs = join(setup.root, 'runs');
    const runId = runIdOf('tiny', engine, new Date(), 0);
    const args = ['--runs', runs, '--run-id', runId, '--cache-folder', join(setup.root, 'cache'), '--threads', '2'];
    await promisify(execFile)(
      process.execPath,
      [program, 'fine-tune', setup.dataset, ...sets.flatMap((set) => ['--set', set]), '--engine', engine, ...args],
      { env: { ...process.env, XDG_DATA_HOME: data }, timeout: 120_000 },
    );
    return (await readRun(join(runs, runId))).state;
  };
  const [found, expected] = [await run('tensorflow'), await run('cpu')];
  assert.equal(found.status, 'finished');
  assert.deepEqual(found.device, {
    name: 'CPU',
    engine: 'tfjs-node 4.22.0',
    threads: 2,
    why: { code: 'gpuAsked', params: { gpu: 'tfjs-node 4.22.0' } },
  });
  const losses = ({ epochs }: typeof found) =>
    epochs.flatMap(({ metrics }) => [metrics.train.loss, metrics.val.loss]).map(Number);
  assert.equal(losses(found).length, 4);
  allClose('losses', losses(found), losses(expected), { relative: 1e-3 });
  assert.deepEqual(
    found.evaluation?.test.byThreshold?.confusionMatrix,
    expected.evaluation?.test.byThreshold?.confusionMatrix,
  );
});
