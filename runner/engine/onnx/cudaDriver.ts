/**
 * Throws what the loader says when NVIDIA's driver is not there: ONNX Runtime says only that a library failed to load. Node.js loads
 * any library that it is asked to, and refuses it afterwards because it is no addon; the driver is there then.
 */
export function requireCudaDriver(): void {
  try {
    process.dlopen({ exports: {} }, 'libcuda.so.1');
  } catch (error) {
    if (/cannot open shared object file|wrong ELF|file too short/.test((error as Error).message)) throw error;
  }
}
