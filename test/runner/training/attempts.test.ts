// The next attempt after each failure of a device.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineKilled, EngineOutOfMemory } from '../../../runner/engine/engine.ts';
import { cpuDevice } from '../../../runner/engine/onnx/onnxEngine.ts';
import { type Attempt, firstAttempt, imagesAtOnce, nextAttempt } from '../../../runner/training/attempts.ts';
import { type FailureCode, UserError } from '../../../shared/contracts/errors.ts';

const cpu = cpuDevice(2);
const gpu = { name: 'Some GPU', engine: 'onnxruntime-webgpu', threads: 1, why: { code: 'gpuFaster', params: {} } };
const tensorFlowOnCpu = { name: 'CPU', engine: 'tfjs-node 4.22.0', threads: 2 };
const standing = { batch: 24, epoch: 3, threads: 2 };

/** Out of memory again and again: `limits`, and the warnings, until nothing is left. */
function untilTheEnd(device: typeof gpu | typeof cpu, batch = 24) {
  const steps: string[] = [];
  let attempt: Attempt = firstAttempt;
  let on = device as typeof cpu;
  for (;;) {
    try {
      attempt = nextAttempt(new EngineOutOfMemory(on, 'bad_alloc'), { ...attempt, device: on }, { ...standing, batch });
      on = attempt.device as typeof cpu;
      steps.push(`${on.name} ${imagesAtOnce(attempt.limits, on)}`);
    } catch (error) {
      assert.ok(error instanceof UserError);
      return {
        steps,
        code: error.code,
        told: attempt.failures.map(({ code, params }) => `${code} ${params.now ?? ''}`),
      };
    }
  }
}

test('nextAttempt() halves the micro-batch down to one image, then moves to the CPU and the whole batch, then gives up', () => {
  assert.deepEqual(untilTheEnd(cpu), {
    steps: ['CPU 12', 'CPU 6', 'CPU 3', 'CPU 1'],
    code: 'outOfMemoryForOne',
    told: ['fewerAtOnce 1'],
  });
  assert.deepEqual(untilTheEnd(gpu, 2), {
    steps: ['Some GPU 1', 'CPU Infinity', 'CPU 1'],
    code: 'outOfMemoryForOne',
    told: ['fewerAtOnce 1', 'gpuStopped ', 'fewerAtOnce 1'],
  });
  // Trunk and evaluation may have larger batches than one.
  assert.deepEqual(untilTheEnd(cpu, 1).steps, ['CPU 1']);
  assert.deepEqual(untilTheEnd(tensorFlowOnCpu, 2).steps, ['CPU 1']);
});

test('nextAttempt() keeps the device and the reason for its choice, and reports each retry', () => {
  const { device, limits, failures } = nextAttempt(
    new EngineOutOfMemory({ ...gpu, name: 'GPU' }, 'VK_ERROR_OUT_OF_DEVICE_MEMORY'),
    { ...firstAttempt, device: gpu },
    standing,
  );
  assert.equal(device, gpu);
  assert.deepEqual([...limits], [[gpu.engine, 12]]);
  const params = { device: 'Some GPU', before: 24, now: 12, batch: 24, epoch: 3 };
  assert.deepEqual(failures, [{ code: 'fewerAtOnce', params }]);
});

test('nextAttempt() retries the whole batch after a kill, and treats a second kill in the epoch as out of memory', () => {
  const killed = new EngineKilled(cpu, 'its process ended (SIGKILL)');
  const once = nextAttempt(killed, { ...firstAttempt, device: cpu }, standing);
  assert.equal(once.device, cpu);
  assert.equal(imagesAtOnce(once.limits, cpu), Number.POSITIVE_INFINITY);
  assert.deepEqual(once.failures, [{ code: 'engineKilled', params: { device: 'CPU', epoch: 3 } }]);
  const twice = nextAttempt(killed, { ...once, device: cpu }, standing);
  assert.equal(imagesAtOnce(twice.limits, cpu), 12);
  // A later epoch is a new occasion; the limit stays.
  const later = nextAttempt(killed, { ...twice, device: cpu }, { ...standing, epoch: 4 });
  assert.equal(imagesAtOnce(later.limits, cpu), 12);
  assert.equal(later.failures.at(-1)!.code, 'engineKilled');
  assert.equal(imagesAtOnce(nextAttempt(killed, { ...later, device: cpu }, { ...standing, epoch: 4 }).limits, cpu), 6);
});

test("nextAttempt() limits only the CPU when the CPU's check of a GPU runs out of memory", () => {
  const first = nextAttempt(new EngineOutOfMemory(cpu, 'bad_alloc'), { ...firstAttempt, device: gpu }, standing);
  assert.equal(first.device, gpu);
  assert.equal(imagesAtOnce(first.limits, gpu), Number.POSITIVE_INFINITY);
  assert.equal(imagesAtOnce(first.limits, cpu), 12);
  assert.equal(first.failures[0]!.params.device, 'CPU');
  const atOne = { device: gpu, limits: new Map([[cpu.engine, 1]]), failures: [] };
  assert.throws(() => nextAttempt(new EngineOutOfMemory(cpu, 'bad_alloc'), atOne, standing), {
    code: 'outOfMemoryForOne',
  });
});

test('nextAttempt() moves a run to the CPU only when a GPU fails', () => {
  const failed = (code: FailureCode) => new UserError(code, { reason: 'device lost', engine: 'webgpu' });
  const { device, failures } = nextAttempt(failed('engineFailed'), { ...firstAttempt, device: gpu }, standing);
  assert.deepEqual(device, cpu);
  assert.deepEqual(failures, [{ code: 'gpuStopped', params: { gpu: 'Some GPU', reason: 'device lost', epoch: 3 } }]);
  const given: readonly (readonly [unknown, typeof gpu | typeof cpu])[] = [
    [failed('engineFailed'), cpu],
    [failed('engineFailed'), tensorFlowOnCpu],
    [failed('outOfMemory'), cpu],
    [failed('diskFull'), gpu],
    [new Error('a bug'), gpu],
  ];
  for (const [error, on] of given)
    assert.throws(
      () => nextAttempt(error, { ...firstAttempt, device: on }, standing),
      (thrown) => thrown === error,
    );
});
