import { test } from 'node:test';
import { allClose } from '../../support/allClose.ts';
import { type OpCase, opCases, type RunningCase, runCase } from '../../support/opCases.ts';

// Every case is linear or smooth at this distance from kinks, so the quotient's error is the float32 rounding of two sums of up to
// a thousand terms near 1, over 2·step: some thousandths. tensorflow.test.ts compares the same gradients more closely.
const step = 1 / 64;
const tolerance = { relative: 2e-3, absolute: 5e-3 };

for (const each of opCases)
  test(`the gradient of ${each.name} equals finite differences`, async () => {
    const running = await runCase(each);
    const { gradients } = await running.run(each.inputs);
    for (const [position, i] of each.differentiable.entries())
      allClose(`gradient of input ${i}`, gradients[position]!, await quotients(running, each, i), tolerance);
    await running.release();
  });

async function quotients(running: RunningCase, { inputs }: OpCase, i: number): Promise<Float32Array> {
  const input = inputs[i]!;
  const out = new Float32Array(input.data.length);
  for (let at = 0; at < out.length; at++) {
    const lossAt = async (change: number) => {
      const data = (input.data as Float32Array).slice();
      data[at]! += change;
      return (await running.run(inputs.with(i, { ...input, data }))).loss;
    };
    out[at] = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
  }
  return out;
}
