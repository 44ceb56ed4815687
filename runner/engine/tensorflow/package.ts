// The user's own TensorFlow.js package: where to look for it and how to open it. We do not ship it; install/ adds it on request.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { type ErrorParams, type FailureCode, UserError } from '../../../shared/contracts/errors.ts';
import type { TensorFlow } from './tensors.ts';

/** Folder of the installation made for Shoulders, inside the machine's data folder. */
export const tensorFlowFolder: string = join(envPaths('shoulders', { suffix: '' }).data, 'tensorflow');

/** In order of preference. */
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
export type TensorFlowPackage = (typeof packages)[number];

export interface InstalledTensorFlow {
  readonly name: TensorFlowPackage;
  readonly version: string;
  /** The module to load. */
  readonly file: string;
  /** The folder that was searched, for messages. */
  readonly folder: string;
}

/**
 * Looks in `folder`, where `npm install --prefix` puts the package, then wherever Node.js resolves from this program (NODE_PATH, too).
 *
 * @throws UserError tensorflowMissing
 */
export function findTensorFlow(folder: string): InstalledTensorFlow {
  for (const from of [join(folder, 'package.json'), import.meta.url])
    for (const name of packages) {
      const require = createRequire(from);
      try {
        const { version } = require(`${name}/package.json`) as { version: string };
        return { name, version, file: require.resolve(name), folder };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw unusable({ name, folder }, error);
      }
    }
  throw new UserError('tensorflowMissing', { folder });
}

/** The kind of device in use, or the reason why none can be used. */
export type Greeting = { readonly device: 'CPU' | 'GPU' } | Trouble;
type Trouble = { readonly code: FailureCode; readonly params: ErrorParams };
type Opened = { readonly tf: TensorFlow; readonly device: 'CPU' | 'GPU' } | Trouble;

interface NativeBackend {
  readonly isGPUPackage?: boolean;
  readonly isUsingGpuDevice?: boolean;
}

/** Loads the package into this process. */
export async function openTensorFlow(installed: InstalledTensorFlow): Promise<Opened> {
  const require = createRequire(import.meta.url);
  giveBackToUtil(require);
  // The package calls deprecated functions of Node.js: their warning would pass for the reason when the process ends.
  process.noDeprecation = true;
  try {
    const tf = require(installed.file) as TensorFlow;
    await tf.ready();
    const { isGPUPackage = false, isUsingGpuDevice = false } = tf.backend() as NativeBackend;
    if (isGPUPackage && !isUsingGpuDevice)
      return { code: 'tensorflowWithoutGpu', params: { package: installed.name, folder: installed.folder } };
    return { tf, device: isUsingGpuDevice ? 'GPU' : 'CPU' };
  } catch (error) {
    const { code, params } = unusable(installed, error);
    return { code, params };
  }
}

/** tfjs-node 4.22 calls a function of node:util that Node.js 23 removed. */
function giveBackToUtil(require: NodeJS.Require): void {
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function unusable({ name, folder }: Pick<InstalledTensorFlow, 'name' | 'folder'>, error: unknown): UserError {
  const message = error instanceof Error ? error.message : String(error);
  const params = { package: name, folder };
  if (/native addon module|tfjs_binding\.node.*no such file/i.test(message))
    return new UserError('tensorflowWithoutBinary', params, { cause: error });
  const reason = message.trim().split('\n')[0]!.replace(/\.$/, '').slice(0, 300);
  return new UserError('tensorflowUnusable', { ...params, reason }, { cause: error });
}
