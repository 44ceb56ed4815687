// Errors of a GPU that fails midway, in the runtime's own words over a driver with injected faults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineOutOfMemory } from '../../../runner/engine/engine.ts';
import { createDeviceEngine, deviceError } from '../../../runner/engine/onnx/onnxEngine.ts';
import { type Faults, setFaults, useFaultyGpu } from '../../support/faultyGpu.ts';
import { feedsOf, sgd, stateOf, stepCase } from '../../support/programCases.ts';

const skip = useFaultyGpu();

/** Steps of the head until one fails. */
async function steps(faults: Faults, use: (step: () => Promise<unknown>) => Promise<void>): Promise<void> {
  setFaults(faults);
  // The timeout of a hang is long enough for a slow step on a busy machine.
  const engine = createDeviceEngine('webgpu', 1, { looks: faults.hangAfter === undefined ? 600 : 20, everyMs: 500 });
  try {
    const source = stepCase('resnet18', 'head', sgd);
    const program = await engine.load(source);
    await program.writeState(stateOf(source));
    let done = 0;
    await use(() => program.run(feedsOf(source, ++done)));
  } finally {
    await engine.dispose();
  }
}

test('a lost device fails the step, and every later one', { skip }, () =>
  steps({ lostAfter: 8 }, async (step) => {
    const untilItFails = async () => {
      for (let i = 0; i < 20; i++) await step();
    };
    await assert.rejects(untilItFails(), {
      code: 'engineFailed',
      message: /engine webgpu stopped: .*\[Device\] is lost/,
    });
    await assert.rejects(step(), { code: 'engineFailed' });
  }),
);

test("a device's out-of-memory error is recognised although the runtime reports it only in its log", { skip }, () =>
  steps({ memoryMb: 2 }, async (step) => {
    await assert.rejects(step(), EngineOutOfMemory);
  }),
);

test('a device with just enough memory completes its step', { skip }, () =>
  steps({ memoryMb: 200 }, async (step) => {
    await step();
  }),
);

test('a hanging device is abandoned, and its process ended', { skip }, () =>
  steps({ hangAfter: 8 }, async (step) => {
    const untilItFails = async () => {
      for (let i = 0; i < 20; i++) await step();
    };
    await assert.rejects(untilItFails(), { code: 'engineFailed', message: /no answer/ });
  }),
);

test('among several logged errors, the one about memory is reported', () => {
  assert.equal(deviceError(''), undefined);
  assert.equal(
    deviceError('[W] slow\n[E] WebGPU device error(2): [Invalid Buffer] is invalid\n - While encoding\n'),
    '[Invalid Buffer] is invalid',
  );
  assert.equal(
    deviceError(
      'WebGPU device error(2): invalid\nWebGPU device error(3): CreateCommittedResource failed with E_OUTOFMEMORY (0x8007000E)\n',
    ),
    'out of memory: CreateCommittedResource failed with E_OUTOFMEMORY (0x8007000E)',
  );
});
