// A person's own TensorFlow.js: where its package is looked for, and how it is opened. We do not bring it; install/ does, when asked.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { type ErrorParams, type FailureCode, UserError } from '../../../shared/contracts/errors.ts';
import type { TensorFlow } from './tensors.ts';

/** The folder in which a person installs it for Shoulders, inside the machine's data folder. */
export const tensorFlowFolder: string = join(envPaths('shoulders', { suffix: '' }).data, 'tensorflow');

/** The first that is there is taken. */
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
 * In `folder`, where `npm install --prefix` puts it, then wherever Node.js looks from this program on (the packages beside it, NODE_PATH).
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
  // The package calls what Node.js has deprecated: said here, it would stand for the reason when the process ends.
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

/** tfjs-node 4.22 asks node:util for a function that Node.js 23 took away. */
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
