// A GPU for tests on machines without one: Chromium includes SwiftShader, a Vulkan driver that computes on the CPU.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';

const drivers = ['/usr/lib/chromium/vk_swiftshader_icd.json', '/opt/google/chrome/vk_swiftshader_icd.json'];
const loaders = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/aarch64-linux-gnu/libvulkan.so.1'];

/** For processes started from now on. @returns why to skip tests of the device; false: they can run */
export function useSoftwareGpu(): string | false {
  if (process.platform !== 'linux') return 'SwiftShader is looked for on Linux only';
  const driver = drivers.find(existsSync);
  if (driver === undefined) return 'no SwiftShader here: install Chromium';
  if (!loaders.some(existsSync)) return 'no Vulkan loader here: install libvulkan1';
  process.env.VK_ICD_FILENAMES = driver;
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  return false;
}
