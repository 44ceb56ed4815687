// The process in which ONNX Runtime computes: what aborts, hangs or takes the machine's memory ends here, and the run goes on.

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
