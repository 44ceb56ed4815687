// The engine in its process: an installed package is found, opened and used; a missing one is reported in one sentence.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Engine } from '../../../../runner/engine/engine.ts';
import { createTensorFlowEngine } from '../../../../runner/engine/tensorflow/engine.ts';
import { UserError } from '../../../../shared/contracts/errors.ts';
import { installTensorFlow, plainTensorFlow } from '../../../support/fakeTensorFlow.ts';
import { feedsOf, outcomeOf, poisonedFeedsOf, sgd, stateOf, stepCase } from '../../../support/programCases.ts';

const opened: Engine[] = [];
after(() => Promise.all(opened.map((engine) => engine.dispose())));

async function open(folder: string): Promise<Engine> {
  const engine = await createTensorFlowEngine(2, folder);
  opened.push(engine);
  return engine;
}

const plain = JSON.stringify(plainTensorFlow);

test('the engine names its package and device, and trains', async () => {
  const engine = await open(await installTensorFlow());
  assert.deepEqual(engine.device, { name: 'CPU', engine: 'tfjs-node 4.22.0', threads: 2 });
  const outcome = await outcomeOf(engine, stepCase('resnet18', 'head', sgd));
  assert.ok(outcome.get('change of fc.bias')!.some((change) => change !== 0));
});

test('the GPU package is preferred over the CPU package', async () => {
  const folder = await installTensorFlow();
  const main = `const tf = require(${plain}); Object.assign(tf.backend(), { isGPUPackage: true, isUsingGpuDevice: true }); module.exports = tf;`;
  await installTensorFlow({ name: '@tensorflow/tfjs-node-gpu', main, folder });
  const engine = await open(folder);
  assert.deepEqual(engine.device, { name: 'GPU', engine: 'tfjs-node-gpu 4.22.0', threads: 2 });
});

test('a package works that calls functions of node:util which Node.js 23 removed', async () => {
  const main = `if (!require('util').isNullOrUndefined(null)) throw new Error('no'); module.exports = require(${plain});`;
  assert.equal((await open(await installTensorFlow({ main }))).device.name, 'CPU');
});

test('the end of an engine process fails pending and later requests', async () => {
  const main = `module.exports = { ...require(${plain}), matMul: () => process.abort() };`;
  const engine = await open(await installTensorFlow({ main }));
  const source = stepCase('resnet18', 'head', sgd);
  const program = await engine.load(source);
  await program.writeState(stateOf(source));
  const isTold = (error: unknown) => error instanceof UserError && /tfjs-node 4.22.0 stopped/.test(error.message);
  await assert.rejects(program.run(feedsOf(source, 1)), isTold);
  await assert.rejects(program.run(poisonedFeedsOf(source)), isTold);
});

const troubles: readonly (readonly [string, string, Parameters<typeof installTensorFlow>[0], RegExp])[] = [
  [
    'a package without its binary',
    'tensorflowWithoutBinary',
    {
      main: `throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found at path: /x. \\nPlease run");`,
    },
    /npm rebuild --prefix ".+" @tensorflow\/tfjs-node /,
  ],
  [
    'a binary that cannot be loaded',
    'tensorflowUnusable',
    { main: `throw new Error('libtensorflow.so.2: cannot open shared object file: No such file or directory');` },
    /cannot be loaded \(libtensorflow\.so\.2: cannot open/,
  ],
  [
    'a package for a GPU that finds none',
    'tensorflowWithoutGpu',
    {
      name: '@tensorflow/tfjs-node-gpu',
      main: `const tf = require(${plain}); tf.backend().isGPUPackage = true; module.exports = tf;`,
    },
    /CUDA 11\.2 and cuDNN 8\.1/,
  ],
  [
    'a package that takes its process with it, after warnings that help nobody here,',
    'tensorflowUnusable',
    {
      main: `
        process.emitWarning('is old', 'DeprecationWarning');
        exports.ready = () => new Promise(() => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50));`,
    },
    /\(its process ended \(SIGKILL\)\)/,
  ],
];
for (const [what, code, options, sentence] of troubles)
  test(`${what} is reported in one sentence`, async () => {
    const folder = await installTensorFlow(options);
    await assert.rejects(
      open(folder),
      (error) => error instanceof UserError && error.code === code && sentence.test(error.message),
    );
  });

test('a missing package is reported with its install command', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tensorflow-'));
  t.after(() => rm(folder, { recursive: true }));
  await assert.rejects(open(folder), (error) => {
    assert.ok(error instanceof UserError && error.code === 'tensorflowMissing');
    return error.message.includes(`is not installed in "${folder}": install it (\`shoulders install tensorflow\``);
  });
});
