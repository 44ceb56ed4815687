// Where an ONNX Runtime session computes: a thread of the runner (CPU) or a process of its own (GPU: a driver that aborts or hangs takes
// only this process with it).
import { requireCudaDriver } from './cudaDriver.ts';
import { graphicsTraces } from './graphicsTraces.ts';
import { OnnxProgram } from './onnxRuntime.ts';
import { hostOptions, serve } from './serve.ts';
import type { WorkerOptions } from './workerContract.ts';

const options = hostOptions<WorkerOptions>();
serve({
  async load(source) {
    if (options.provider === 'cuda') requireCudaDriver();
    return OnnxProgram.load(source, options);
  },
  graphics: graphicsTraces,
});
