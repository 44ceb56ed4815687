/**
 * Throws the loader's message when NVIDIA's driver is missing: ONNX Runtime only reports that a library failed to load. Node.js loads
 * any library and then rejects it for not being an addon; in that case the driver is present.
 */
export function requireCudaDriver(): void {
  try {
    process.dlopen({ exports: {} }, 'libcuda.so.1');
  } catch (error) {
    if (/cannot open shared object file|wrong ELF|file too short/.test((error as Error).message)) throw error;
  }
}
