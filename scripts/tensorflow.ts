// TensorFlow.js for the tests: a folder in .cache like a user's own installation, created once in about a
// minute. The package's published binary is on a host without a registry mirror, so its sources, which the package includes, are
// compiled against the library in TensorFlow's own Python wheel (200 MB from the package index).
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { installDebianPackages, runTool, type Say } from './debianPackages.ts';

const versions = { '@tensorflow/tfjs-node': '4.22.0', 'node-api-headers': '1.9.0' };
const wheel = {
  version: '2.15.1',
  // cp311, manylinux2014, x86_64
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
};
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const name = `tensorflow-${Object.values(versions).join('-')}-${wheel.version}`;
const cache = fileURLToPath(new URL(`../.cache/${name}`, import.meta.url));

/** Returns quickly if it exists. */
export function installTensorFlowBinary(say: Say): void {
  if (existsSync(cache)) return;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The library is taken from a package for Linux on x64.');
  installDebianPackages(['g++', 'python3', 'python3-venv'], say);
  say(`Compiling TensorFlow.js into .cache/${name}: about 200 MB from the package index and a minute, once.`);
  const staging = `${cache}.partial`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const at = join(staging, 'node_modules', '@tensorflow', 'tfjs-node');
  writeFileSync(join(staging, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
  // Its own install script would download the binary.
  runTool('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: staging });
  const include = unpackLibrary(staging, join(at, 'deps', 'lib'));
  compile(at, [include, join(staging, 'node_modules', 'node-api-headers', 'include')]);
  rmSync(join(staging, 'include'), { recursive: true });
  renameSync(staging, cache);
}

/** Extracts the library from the wheel into `folder`. Returns the folder of the headers. */
function unpackLibrary(staging: string, folder: string): string {
  const [environment, download, unpacked] = ['python', 'wheel', 'include'].map((each) => join(staging, each)) as [
    string,
    string,
    string,
  ];
  runTool('python3', ['-m', 'venv', environment]);
  const python = join(environment, 'bin', 'python');
  const requirements = join(staging, 'requirements.txt');
  writeFileSync(requirements, `tensorflow-cpu==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const which = ['--no-deps', '--only-binary=:all:', '--python-version=3.11', '--platform=manylinux2014_x86_64'];
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-cache-dir'];
  runTool(python, [
    '-m',
    'pip',
    'download',
    ...quiet,
    ...which,
    '--require-hashes',
    '-r',
    requirements,
    '-d',
    download,
  ]);
  mkdirSync(folder, { recursive: true });
  runTool(python, ['-c', unpacking, download, folder, unpacked, ...libraries]);
  for (const each of [environment, download, requirements]) rmSync(each, { recursive: true });
  return join(unpacked, 'tensorflow', 'include');
}

/** A wheel is a zip file, and Python can unpack it. */
const unpacking = `
import glob, os, shutil, sys, zipfile
download, folder, unpacked, *libraries = sys.argv[1:]
with zipfile.ZipFile(glob.glob(os.path.join(download, '*.whl'))[0]) as wheel:
    for library in libraries:
        with wheel.open('tensorflow/' + library) as source, open(os.path.join(folder, library), 'wb') as target:
            shutil.copyfileobj(source, target, 1 << 20)
    headers = [name for name in wheel.namelist() if name.startswith('tensorflow/include/') and name.endswith('.h')]
    wheel.extractall(unpacked, headers)
`;

function compile(at: string, includes: readonly string[]): void {
  const library = join(at, 'lib', 'napi-v8');
  mkdirSync(library, { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(at, 'binding', file));
  const deps = join(at, 'deps', 'lib');
  runTool('g++', [
    ...['-std=c++17', '-O1', '-w', '-shared', '-fPIC', '-DNAPI_VERSION=8'],
    ...includes.map((folder) => `-I${folder}`),
    ...sources,
    `-L${deps}`,
    ...libraries.map((file) => `-l:${file}`),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ...['-o', join(library, 'tfjs_binding.node')],
  ]);
}

/** If there is none, `lacks` says why. */
export const tensorFlowBinary: { readonly folder: string; readonly lacks: false | string } = {
  folder: cache,
  lacks: existsSync(cache) ? false : 'TensorFlow.js is not compiled here: "node scripts/tensorflow.ts" tries to',
};

if (process.argv[1] === fileURLToPath(import.meta.url)) installTensorFlowBinary((line) => console.log(line));
