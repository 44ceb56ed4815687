// Errors that the client gets when the host ends, is silent, or reports an error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineKilled, EngineOutOfMemory } from '../../../../runner/engine/engine.ts';
import { createCpuEngine } from '../../../../runner/engine/onnx/onnxEngine.ts';
import type { Host, HostEvents } from '../../../../runner/engine/process/host.ts';
import { createHostedEngine } from '../../../../runner/engine/process/hostedEngine.ts';
import { memoryKills } from '../../../../runner/engine/process/memoryKills.ts';

const device = { name: 'GPU', engine: 'onnxruntime-webgpu', threads: 1 };
const source = { name: 'program', model: new Uint8Array(), inputs: {}, outputs: {}, state: [] };

function engineOn(
  post: (events: HostEvents, id: number) => void,
  own = device,
  options?: Parameters<typeof createHostedEngine>[2],
) {
  let ended = false;
  const engine = createHostedEngine(
    own,
    (events): Host => ({
      post: ({ id }) => post(events, id),
      async end() {
        ended = true;
      },
    }),
    options,
  );
  return { engine, hasEnded: () => ended };
}

test('a host that ends fails pending and later requests with its reason', async () => {
  const { engine, hasEnded } = engineOn(({ onEnd }) => onEnd('its process ended (SIGABRT)'));
  await assert.rejects(engine.load(source), /engine webgpu stopped: its process ended \(SIGABRT\)/);
  await assert.rejects(engine.load(source), /SIGABRT/);
  assert.ok(hasEnded());
});

test('a host that ends for lack of memory is reported so, whatever its last output', async () => {
  for (const reason of [
    "its process ended (SIGABRT): terminate called after throwing an instance of 'std::bad_alloc'",
    "its process ended (SIGABRT): terminate called after throwing an instance of 'std::system_error'",
    'its process ended (SIGABRT): FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'its process ended (SIGKILL, out of memory)',
  ])
    await assert.rejects(engineOn(({ onEnd }) => onEnd(reason)).engine.load(source), EngineOutOfMemory);
});

test('a process killed from outside is distinguished from one that ran out of memory', async () => {
  const { engine } = engineOn(({ onEnd }) => onEnd('its process ended (SIGKILL)'));
  await assert.rejects(engine.load(source), EngineKilled);
  const starved = engineOn(({ onEnd }) => onEnd('its process ended (SIGKILL, out of memory)'));
  await assert.rejects(starved.engine.load(source), (error) => !(error instanceof EngineKilled));
  assert.equal(
    memoryKills(() => 'pgfault 12\noom_kill 3\nnr_x 1\n'),
    3,
  );
  assert.equal(
    memoryKills(() => {
      throw new Error('ENOENT');
    }),
    0,
  );
});

test('a failing dispose does not mask an earlier failure, but is reported after success', async () => {
  let answers: (({ id: number; ok: true; value: number } | { id: number; ok: false; message: string }) | undefined)[];
  const { engine } = engineOn(({ onReply }, id) => {
    const answer = answers.shift()!;
    onReply({ ...answer, id }, '');
  });
  const well = { id: 0, ok: true, value: 1 } as const;
  const bad = (message: string) => ({ id: 0, ok: false, message }) as const;
  answers = [well, bad('not well')];
  await assert.rejects((await engine.load(source)).dispose(), { code: 'engineFailed' });
  answers = [well, bad('Out of memory'), bad('device lost')];
  const program = await engine.load(source);
  await assert.rejects(program.run({}), EngineOutOfMemory);
  await program.dispose();
});

test('an unsendable request fails alone, out of memory or not, and the host can still be ended', async () => {
  const { engine } = engineOn(() => {
    throw new RangeError('Array buffer allocation failed');
  });
  await assert.rejects(engine.load(source), EngineOutOfMemory);
  const cpu = createCpuEngine(1);
  const unsendable = { ...source, model: Float64Array.of(1) as unknown as Uint8Array };
  await assert.rejects(cpu.load(unsendable), /Only arrays of .* cross/).finally(cpu.dispose);
});

test('a host that is silent for all checks is ended and reported as unresponsive', async () => {
  const { engine, hasEnded } = engineOn(() => {}, device, { patience: { looks: 3, everyMs: 10 } });
  await assert.rejects(engine.load(source), { code: 'engineFailed' });
  assert.ok(hasEnded());
});

test('a reply just in time is accepted', async () => {
  const { engine } = engineOn(
    ({ onReply }, id) => setTimeout(() => onReply({ id, ok: true, value: id }, ''), 20),
    device,
    {
      patience: { looks: 500, everyMs: 10 },
    },
  );
  await engine.load(source);
  await engine.dispose();
});

test("a driver's error is reported as an engine failure, a CPU error as a bug, out of memory as itself", async () => {
  const answering = (message: string, own = device) =>
    engineOn(({ onReply }, id) => onReply({ id, ok: false, message }, ''), own).engine.load(source);
  await assert.rejects(answering('WebGPU device lost (2): unknown'), { code: 'engineFailed' });
  await assert.rejects(answering('shape is wrong', { ...device, engine: 'onnxruntime-cpu' }), { name: 'Error' });
  for (const message of [
    'Exception during initialization: std::bad_alloc',
    'bfc_arena.cc:360 void* AllocateRawInternal(size_t) Failed to allocate memory for requested buffer of size 69242880',
    'VK_ERROR_OUT_OF_DEVICE_MEMORY',
    'Out of memory',
    'OOM when allocating tensor with shape[32,64,112,112]',
    'pthread_create failed, error code: 12 error msg: Cannot allocate memory',
    'DmlExecutionProvider 8007000E Not enough memory resources are available to complete this operation.',
    'CUDA failure 2: out of memory ; GPU=0 ; hostname=here',
    'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While validating entries[2]',
    'AddVariableImpl(bool) was false. Too many storage buffers in shader. Current: 16, Max is 12',
  ])
    await assert.rejects(answering(message), EngineOutOfMemory);
});

test('a reply is rejected when the process logged a device error beside it', async () => {
  const { engine } = engineOn(({ onReply }, id) => onReply({ id, ok: true, value: id }, 'device error: gone'), device, {
    faultIn: (said) => /device error: (.*)/.exec(said)?.[1],
  });
  await assert.rejects(engine.load(source), { code: 'engineFailed', message: /gone/ });
});

test("a CUDA error is reported in CUDA's words, without source locations and host name", async () => {
  const message =
    '/src/cuda_call.cc:154 std::conditional_t<...> /src/cuda_call.cc:146 CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; hostname=mine ; file=/src/x.cc ; line=352 ; expr=cudaSetDevice(info_.device_id); ';
  const { engine } = engineOn(({ onReply }, id) => onReply({ id, ok: false, message }, ''));
  await assert.rejects(engine.load(source), {
    message: 'The engine webgpu stopped: CUDA failure 100: no CUDA-capable device is detected.',
  });
});
