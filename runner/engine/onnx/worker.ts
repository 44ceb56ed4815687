// The process in which ONNX Runtime computes: an abort, a hang or exhausted memory ends this process, and the run continues.

import { hostOptions, serve } from '../process/serve.ts';
import type { WorkerOptions } from '../process/workerContract.ts';
import { requireCudaDriver } from './cudaDriver.ts';
import { graphicsTraces } from './graphicsTraces.ts';
import { OnnxProgram } from './onnxRuntime.ts';

const options = hostOptions<WorkerOptions>();
serve({
  async load(source) {
    if (options.provider === 'cuda') requireCudaDriver();
    return OnnxProgram.load(source, options);
  },
  graphics: graphicsTraces,
});
