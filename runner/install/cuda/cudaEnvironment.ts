// Environment of the process with the CUDA provider.
import { delimiter } from 'node:path';
import { cudaLibraryFolders } from './cuda.ts';

/**
 * The loader finds libonnxruntime.so.1 in the installed folder before the one beside the binding, and ONNX Runtime finds its providers
 * and NVIDIA's libraries there, too.
 */
export const cudaEnvironment = (before = process.env.LD_LIBRARY_PATH): Readonly<Record<string, string>> => ({
  LD_LIBRARY_PATH: [...cudaLibraryFolders(), ...(before ? [before] : [])].join(delimiter),
  // No products of shortened floats, so that results match the CPU's.
  NVIDIA_TF32_OVERRIDE: '0',
});
