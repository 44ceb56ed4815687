// A GPU with injected faults, for engines of tests: a Vulkan layer over the software driver (faultyDriver.cpp).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { useSoftwareGpu } from './softwareGpu.ts';

export interface Faults {
  /** The device is lost from this submission of work on. */
  readonly lostAfter?: number;
  /** This submission of work never returns. */
  readonly hangAfter?: number;
  readonly memoryMb?: number;
}

/** For processes started from now on: see setFaults(). @returns why to skip its tests; false: they can run */
export function useFaultyGpu(): string | false {
  const missing = useSoftwareGpu();
  if (missing !== false) return missing;
  const folder = mkdtempSync(join(tmpdir(), 'shoulders-layer-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const library = join(folder, 'libfaulty.so');
  const program = fileURLToPath(new URL('./faultyDriver.cpp', import.meta.url));
  const { status, stderr } = spawnSync('g++', ['-O1', '-shared', '-fPIC', program, '-o', library]);
  if (status !== 0) return `faultyDriver.cpp cannot be compiled (g++, libvulkan-dev): ${stderr}`;
  const layer = {
    name: 'VK_LAYER_TEST_faulty',
    type: 'GLOBAL',
    library_path: library,
    api_version: '1.3.0',
    implementation_version: '1',
    description: 'fails as told',
  };
  writeFileSync(join(folder, 'faulty.json'), JSON.stringify({ file_format_version: '1.1.2', layer }));
  process.env.VK_LAYER_PATH = folder;
  process.env.VK_INSTANCE_LAYERS = layer.name;
  return false;
}

/** Sets the faults of engines started from now on. */
export function setFaults({ lostAfter, hangAfter, memoryMb }: Faults): void {
  const set = (name: string, value: number | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = String(value);
  };
  set('FAULTY_LOST_AFTER', lostAfter);
  set('FAULTY_HANG_AFTER', hangAfter);
  set('FAULTY_MEMORY_MB', memoryMb);
}
