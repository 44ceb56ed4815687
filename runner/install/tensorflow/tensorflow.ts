// TensorFlow.js for the CPU or for NVIDIA's GPUs: installed by the user's npm, whose package downloads TensorFlow's native
// library from Google, or copied from a folder where that was done. It is tried before it replaces an earlier installation.
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Found } from '../../../shared/contracts/install.ts';
import { createTensorFlowEngine } from '../../engine/tensorflow/engine.ts';
import { type TensorFlowPackage, tensorFlowFolder } from '../../engine/tensorflow/package.ts';
import type { Installable, InstallIo } from '../installable.ts';
import { npmCi } from '../npm.ts';
import { checkRoom } from '../room.ts';
import packages from './tensorflowPackages.json' with { type: 'json' };

const version = '4.22.0';

/** Entries as in a package-lock.json: path below the folder -> version, hash and dependencies. */
export type LockedPackages = Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;

interface Variant {
  readonly name: 'tensorflow' | 'tensorflow-gpu';
  readonly package: TensorFlowPackage;
  /** SHA-512 of the archive, in base64. */
  readonly integrity: string;
  /** Approximate, because npm does not report sizes beforehand. */
  readonly downloadBytes: number;
  readonly diskBytes: number;
  readonly platforms: readonly string[];
}

const forCpu: Variant = {
  name: 'tensorflow',
  package: '@tensorflow/tfjs-node',
  integrity: 'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
  downloadBytes: 0.2e9,
  diskBytes: 0.9e9,
  platforms: ['linux x64', 'win32 x64', 'darwin x64', 'darwin arm64'],
};

const forGpu: Variant = {
  name: 'tensorflow-gpu',
  package: '@tensorflow/tfjs-node-gpu',
  integrity: 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
  downloadBytes: 0.5e9,
  diskBytes: 1.6e9,
  platforms: ['linux x64', 'win32 x64'],
};

/** Dependencies of both packages. */
const dependencies = {
  '@mapbox/node-pre-gyp': '1.0.9',
  '@tensorflow/tfjs': '4.22.0',
  'adm-zip': '^0.5.2',
  'google-protobuf': '^3.9.2',
  'https-proxy-agent': '^2.2.1',
  progress: '^2.0.0',
  rimraf: '^2.6.2',
  tar: '^6.2.1',
};

/** Every package that npm may install, with its hash. */
export const lockedPackages = (name: Variant['name']): LockedPackages => {
  const variant = variants[name];
  const own = { version, integrity: variant.integrity, hasInstallScript: true, dependencies };
  return { [`node_modules/${variant.package}`]: own, ...packages };
};

/** The files that `npm ci` reads. */
export function npmFilesOf(name: Variant['name'], locked = lockedPackages(name)) {
  const dependencies = { [variants[name].package]: version };
  return {
    // Newer versions of npm only run the scripts of listed packages.
    manifest: { private: true, dependencies, allowScripts: { [variants[name].package]: true } },
    lock: { lockfileVersion: 3, requires: true, packages: { '': { dependencies }, ...locked } },
  };
}

const variants = { tensorflow: forCpu, 'tensorflow-gpu': forGpu } as const;

/** Both share one folder, which contains one of them at a time. */
export const tensorflow: Installable = tensorFlowInstallable('tensorflow');
export const tensorflowGpu: Installable = tensorFlowInstallable('tensorflow-gpu');

/** Tests pass another absolute folder and other packages. */
export function tensorFlowInstallable(
  wanted: Variant['name'],
  folder = tensorFlowFolder,
  locked = lockedPackages(wanted),
): Installable {
  const variant = variants[wanted];
  const { name, downloadBytes, diskBytes, platforms } = variant;
  return {
    name,
    downloadBytes,
    diskBytes,
    source: 'your npm registry and storage.googleapis.com',
    mirrored: false,
    addresses: [`https://registry.npmjs.org/${variant.package}/${version}`],
    licences: [
      { name: 'TensorFlow.js: Apache 2.0', address: 'https://github.com/tensorflow/tfjs/blob/master/LICENSE' },
      { name: 'TensorFlow: Apache 2.0', address: 'https://github.com/tensorflow/tensorflow/blob/master/LICENSE' },
    ],
    use: 'Use it with --engine tensorflow.',
    folder,
    offeredOn: ({ platform, arch }) => platforms.includes(`${platform} ${arch}`),
    isInstalled: () => isWhole(variant, folder),
    install: (io) => install(variant, folder, locked, io),
  };
}

/** A failed installation leaves nothing; an earlier one stays until the new one has passed its trial. */
async function install(variant: Variant, folder: string, locked: LockedPackages, io: InstallIo): Promise<Found> {
  if (io.mirror !== null)
    throw new UserError('badArgument', {
      reason: 'npm uses the registry from its own settings (npm config set registry URL): leave --mirror out.',
    });
  const unfinished = join(folder, 'unfinished');
  await rm(unfinished, { recursive: true, force: true }); // left by a killed attempt
  await checkRoom(variant.name, folder, variant.diskBytes);
  await mkdir(unfinished);
  try {
    if (io.from === null) await byNpm(variant, unfinished, locked, io);
    else await copied(variant, io.from, unfinished, io);
    io.onProgress({ type: 'installing', step: 'checking', file: fileOf(variant), doneBytes: 1, totalBytes: 1 });
    const found = await tried(variant, unfinished);
    io.signal.throwIfAborted();
    await rm(join(folder, 'node_modules'), { recursive: true, force: true });
    await rename(join(unfinished, 'package.json'), join(folder, 'package.json'));
    await rename(join(unfinished, 'node_modules'), join(folder, 'node_modules'));
    return found;
  } finally {
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 });
  }
}

const fileOf = (variant: Variant): string => variant.package.replace('@tensorflow/', '');

async function byNpm(
  variant: Variant,
  folder: string,
  locked: LockedPackages,
  { onProgress, signal }: InstallIo,
): Promise<void> {
  const { manifest, lock } = npmFilesOf(variant.name, locked);
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const tell = (bytes: number) =>
    onProgress({
      type: 'installing',
      step: 'downloading',
      file: fileOf(variant),
      doneBytes: Math.min(bytes, variant.diskBytes),
      totalBytes: variant.diskBytes,
    });
  tell(0);
  const failure = await npmCi(folder, { onBytes: tell, signal });
  if (failure === undefined) return;
  const { code, reason, inScript } = failure;
  const named = { name: variant.name, package: variant.package, version };
  if (inScript) throw new UserError('installNativePart', { ...named, reason });
  throw new UserError('installNpm', { ...named, reason: code ? `${code}: ${reason}` : reason });
}

async function copied(
  variant: Variant,
  from: string,
  folder: string,
  { onProgress, signal }: InstallIo,
): Promise<void> {
  if (!(await isWhole(variant, from)))
    throw new UserError('installFolderLacks', { folder: from, package: variant.package, version });
  onProgress({ type: 'installing', step: 'unpacking', file: fileOf(variant), doneBytes: 0, totalBytes: 1 });
  const filter = () => {
    signal.throwIfAborted();
    return true;
  };
  await cp(join(from, 'node_modules'), join(folder, 'node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
    filter,
  });
  const manifest = { private: true, dependencies: { [variant.package]: version } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
}

/** Tries it in a process of its own, as runs do. */
async function tried(variant: Variant, folder: string): Promise<Found> {
  try {
    const engine = await createTensorFlowEngine(1, folder);
    await engine.dispose();
    return { engine: engine.device.engine, device: engine.device.name };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const named = { name: variant.name, package: variant.package, version };
    switch (error.code) {
      case 'tensorflowWithoutGpu':
        throw new UserError('installWithoutGpu', named, { cause: error });
      case 'tensorflowWithoutBinary':
        throw new UserError('installNativePart', { ...named, reason: 'it is missing' }, { cause: error });
      case 'tensorflowUnusable':
        throw new UserError('installDoesNotLoad', { ...named, reason: error.params.reason! }, { cause: error });
      default:
        throw error;
    }
  }
}

/** True if this version of the package, with its native part, is below the folder's node_modules. */
async function isWhole(variant: Variant, folder: string): Promise<boolean> {
  const at = join(folder, 'node_modules', variant.package);
  try {
    const manifest = JSON.parse(await readFile(join(at, 'package.json'), 'utf8')) as { readonly version?: string };
    return manifest.version === version && (await stat(join(at, 'lib', 'napi-v8', 'tfjs_binding.node'))).size > 0;
  } catch {
    return false; // a part is missing or truncated
  }
}
