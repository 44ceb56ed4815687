// The check of a device and its speed trial, on simulated devices that compute on the CPU.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { differenceBetween } from '../../../runner/devices/selfTest.ts';
import { trialRate } from '../../../runner/devices/trial.ts';
import type { Engine } from '../../../runner/engine/engine.ts';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { photos } from '../../../shared/contracts/recipes.ts';
import { spoiltEngine } from '../../support/spoiltEngine.ts';

const cpu = createCpuEngine(1);
after(() => cpu.dispose());

/** The CPU, except for one number of one output. */
const spoilt = (output: string, spoil: (x: number) => number): Engine =>
  spoiltEngine(cpu, {
    after(out) {
      const data = out[output]?.data as Float32Array | undefined;
      if (data) data[0] = spoil(data[0]!);
    },
  });

test('a device that matches the CPU passes the check', async () => {
  assert.equal(await differenceBetween(cpu, cpu), undefined);
});

test('a device whose norm is off by a hundredth, or whose features are not numbers, fails the check, which reports why', async () => {
  const off = await differenceBetween(
    spoilt('gradientNorm', (x) => x * 1.01),
    cpu,
  );
  assert.match(off ?? '', /gradientNorm of step 1 is off by (1\.0|0\.99|1) %/);
  const none = await differenceBetween(
    spoilt('layer4', () => Number.NaN),
    cpu,
  );
  assert.match(none ?? '', /layer4 is off by NaN %/);
});

test('the speed trial measures images per second by its clock', async () => {
  let nowMs = 0;
  const recipe = { ...photos, network: 'resnet18', imageSize: 32, batchSize: { train: 2, eval: 2 } } as const;
  const rate = await trialRate(cpu, recipe, () => (nowMs += 250));
  assert.equal(rate, 4); // two images, two programs, one clock reading before and after each run
});
