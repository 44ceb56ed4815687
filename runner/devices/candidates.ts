// The engines on graphics devices: where they can be had, and what their drivers say when there is nothing to compute with.
import { type ErrorCode, UserError } from '../../shared/contracts/errors.ts';
import type { Problem } from '../../shared/contracts/events.ts';
import { type DeviceEngineName, deviceEngineNames, type FineTuneJob } from '../../shared/contracts/job.ts';
import { deviceEngines } from '../engine/onnx/providers.ts';
import { cuda } from '../install/cuda/cuda.ts';
import type { Installable } from '../install/installable.ts';

interface Manner {
  /** Messages of onnxruntime 1.30, the driver or the loader where there is no device, with the wording for each. */
  readonly none: readonly (readonly [RegExp, string])[];
  /** That, of one that `auto` has tried. */
  readonly noneCode?: ErrorCode;
  /** Why one that was asked for computes. */
  readonly asked: ErrorCode;
  /** It must be installed before. */
  readonly installable?: Installable;
  readonly inAuto: boolean;
}

const manners: Readonly<Record<DeviceEngineName, Manner>> = {
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
    const { inAuto, installable } = manners[name];
    if (inAuto && isOffered(name, place) && (await (installable?.isInstalled() ?? true))) found.push(name);
  }
  return found;
}

/** For before a run begins: what cannot work anyway. @throws UserError engineUnavailable, engineNotInstalled */
export async function requireEngine(wanted: FineTuneJob['engine'], place: Place = process): Promise<void> {
  const engine = deviceEngineNames.find((name) => name === wanted);
  if (engine === undefined) return;
  if (!isOffered(engine, place)) {
    const places = deviceEngines[engine].platforms.map((each) => placeNames[each]).join(', ');
    throw new UserError('engineUnavailable', { engine, reason: `ONNX Runtime supports it on ${places} only` });
  }
  const { installable } = manners[engine];
  if (installable && !(await installable.isInstalled())) throw new UserError('engineNotInstalled', { engine });
}

const placeNames: Readonly<Record<string, string>> = {
  'linux-x64': 'Linux (x64)',
  'win32-x64': 'Windows (x64)',
  'win32-arm64': 'Windows (arm64)',
  'darwin-arm64': 'macOS (Apple silicon)',
};

export const askedCode = (engine: DeviceEngineName): ErrorCode => manners[engine].asked;

/** In our words: there is no device for `engine`. undefined: `error` says something else. */
export const noDevice = (engine: DeviceEngineName, error: Error): string | undefined =>
  manners[engine].none.find(([pattern]) => pattern.test(wordsOf(error)))?.[1];

/** Why `auto` leaves a device whose driver has failed. */
export function leftBecause(engine: DeviceEngineName, error: Error): Problem {
  const none = noDevice(engine, error);
  const { noneCode } = manners[engine];
  if (none !== undefined && noneCode !== undefined) return { code: noneCode, params: {} };
  return { code: 'gpuNotUsable', params: { reason: none ?? reasonOf(error) } };
}

export const reasonOf = (error: Error): string => wordsOf(error).slice(0, 200);

const wordsOf = (error: Error): string => (error instanceof UserError ? String(error.params.reason) : error.message);
