// Environment variables of the process with the CUDA provider.
import { delimiter } from 'node:path';
import { cudaLibraryFolders } from './cuda.ts';

/**
 * The loader finds libonnxruntime.so.1 in the installed folder before the one beside the binding, and ONNX Runtime its providers
 * beside itself; NVIDIA's libraries are found there, too.
 */
export const cudaEnvironment = (before = process.env.LD_LIBRARY_PATH): Readonly<Record<string, string>> => ({
  LD_LIBRARY_PATH: [...cudaLibraryFolders(), ...(before ? [before] : [])].join(delimiter),
  // Products of floats, not of floats that were shortened: the numbers of the CPU.
  NVIDIA_TF32_OVERRIDE: '0',
});
