// Engines on GPUs: where each is available, and what its driver reports when there is no GPU.
import { type ErrorCode, UserError } from '../../shared/contracts/errors.ts';
import type { Problem } from '../../shared/contracts/events.ts';
import { type DeviceEngineName, deviceEngineNames, type FineTuneJob } from '../../shared/contracts/job.ts';
import { deviceEngines } from '../engine/onnx/providers.ts';
import { cuda } from '../install/cuda/cuda.ts';
import type { Installable } from '../install/installable.ts';

interface Provider {
  /** Messages of onnxruntime 1.30, the driver or the loader that mean "no device", each with our wording. */
  readonly none: readonly (readonly [RegExp, string])[];
  /** Code for "no device" when `auto` has tried this engine. */
  readonly noneCode?: ErrorCode;
  /** Code of the reason when the user chose this engine. */
  readonly asked: ErrorCode;
  /** Set for an engine that must be installed first. */
  readonly installable?: Installable;
  readonly inAuto: boolean;
}

const providers: Readonly<Record<DeviceEngineName, Provider>> = {
  webgpu: {
    none: [
      [/Failed to get a WebGPU adapter/, 'WebGPU finds no GPU (on Linux it needs libvulkan1 and a Vulkan driver)'],
    ],
    noneCode: 'gpuNone',
    asked: 'gpuAsked',
    inAuto: true,
  },
  cuda: {
    none: [
      [/libcuda\.so/, 'no NVIDIA driver is installed (it needs version 580 or later, and a graphics card of NVIDIA)'],
      [/CUDA failure 100:/, 'the NVIDIA driver finds no graphics card'],
      [/CUDA failure 35:/, 'the NVIDIA driver is older than 580, which CUDA 13 needs'],
    ],
    asked: 'gpuAsked',
    installable: cuda,
    inAuto: true,
  },
  directml: { none: [], asked: 'gpuAsked', inAuto: false },
  coreml: { none: [], asked: 'coremlAsked', inAuto: false },
};

interface Place {
  readonly platform: string;
  readonly arch: string;
}

const isOffered = (engine: DeviceEngineName, { platform, arch }: Place): boolean =>
  deviceEngines[engine].platforms.some((place) => place === `${platform}-${arch}`);

/** Engines that `auto` tries: those that are always present, and those a person has installed. */
export async function candidatesHere(place: Place = process): Promise<DeviceEngineName[]> {
  const found: DeviceEngineName[] = [];
  for (const name of deviceEngineNames) {
    const { inAuto, installable } = providers[name];
    if (inAuto && isOffered(name, place) && (await (installable?.isInstalled() ?? true))) found.push(name);
  }
  return found;
}

/** Rejects, before a run begins, an engine that cannot work. @throws UserError engineUnavailable, engineNotInstalled */
export async function requireEngine(wanted: FineTuneJob['engine'], place: Place = process): Promise<void> {
  const engine = deviceEngineNames.find((name) => name === wanted);
  if (engine === undefined) return;
  if (!isOffered(engine, place)) {
    const places = deviceEngines[engine].platforms.map((each) => placeNames[each]).join(', ');
    throw new UserError('engineUnavailable', { engine, reason: `ONNX Runtime supports it on ${places} only` });
  }
  const { installable } = providers[engine];
  if (installable && !(await installable.isInstalled())) throw new UserError('engineNotInstalled', { engine });
}

const placeNames: Readonly<Record<string, string>> = {
  'linux-x64': 'Linux (x64)',
  'win32-x64': 'Windows (x64)',
  'win32-arm64': 'Windows (arm64)',
  'darwin-arm64': 'macOS (Apple silicon)',
};

export const askedCode = (engine: DeviceEngineName): ErrorCode => providers[engine].asked;

/** Our wording if `error` means that `engine` has no device; undefined: it means something else. */
export const noDevice = (engine: DeviceEngineName, error: Error): string | undefined =>
  providers[engine].none.find(([pattern]) => pattern.test(wordsOf(error)))?.[1];

/** Reason for which `auto` rejects a device whose driver failed. */
export function leftBecause(engine: DeviceEngineName, error: Error): Problem {
  const none = noDevice(engine, error);
  const { noneCode } = providers[engine];
  if (none !== undefined && noneCode !== undefined) return { code: noneCode, params: {} };
  return { code: 'gpuNotUsable', params: { reason: none ?? reasonOf(error) } };
}

export const reasonOf = (error: Error): string => wordsOf(error).slice(0, 200);

const wordsOf = (error: Error): string => (error instanceof UserError ? String(error.params.reason) : error.message);
