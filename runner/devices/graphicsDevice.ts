import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { GraphicsTraces } from '../engine/process/workerContract.ts';

export interface GraphicsDevice {
  readonly name: string;
  /** True for a driver that computes on the CPU. */
  readonly software: boolean;
}

const softwareDrivers: readonly (readonly [RegExp, string])[] = [
  [/vk_swiftshader/i, 'SwiftShader'],
  [/vulkan_lvp|lavapipe/i, 'llvmpipe'],
  [/d3d10warp/i, 'WARP'],
];

const vendors: Readonly<Record<string, string>> = { '0x10de': 'NVIDIA', '0x1002': 'AMD', '0x8086': 'Intel' };

/**
 * On Linux a real GPU is recognized by its open device file, because the loader opens the libraries of every driver, used or not.
 * Elsewhere a software driver is recognized by its library.
 *
 * @param vendorOf  vendor id of, say, /dev/dri/renderD128, from /sys
 */
export function graphicsDevice(
  { platform, libraries, deviceFiles }: GraphicsTraces,
  vendorOf: (deviceFile: string) => string | undefined = vendorInSys,
): GraphicsDevice {
  const software = softwareDrivers.find(([pattern]) => libraries.some((library) => pattern.test(library)))?.[1];
  if (platform !== 'linux') {
    const name = platform === 'darwin' ? `${cpus()[0]?.model ?? 'Mac'} GPU` : 'GPU';
    return software === undefined ? { name, software: false } : { name: software, software: true };
  }
  const file = deviceFiles.find((each) => /^\/dev\/(dri\/|nvidia\d|dxg|kgsl|mali)/.test(each));
  if (file === undefined) return { name: software ?? 'a software driver', software: true };
  if (file.startsWith('/dev/nvidia')) return { name: nvidiaModel() ?? 'NVIDIA GPU', software: false };
  const vendor = vendors[vendorOf(file) ?? ''];
  return { name: vendor === undefined ? 'GPU' : `${vendor} GPU`, software: false };
}

const vendorInSys = (deviceFile: string): string | undefined =>
  read(`/sys/class/drm/${deviceFile.split('/').at(-1)}/device/vendor`)?.trim();

/** Model of the first NVIDIA GPU: which of several computes is unknown. */
function nvidiaModel(): string | undefined {
  const folder = '/proc/driver/nvidia/gpus';
  try {
    const [first] = readdirSync(folder);
    return /^Model:\s*(.+)$/m.exec(read(`${folder}/${first}/information`) ?? '')?.[1];
  } catch {
    return undefined; // the driver has no /proc entry here
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // no such file here, either
  }
}
