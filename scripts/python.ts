// The Python that the tests run exported programs with: a virtual environment in .cache, made once, about 120 MB from the package index.
// Torch is not in it: with its libraries it is ten times as large. Who has it names a Python that does by SHOULDERS_PYTHON.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { installDebianPackages, runTool, type Say } from './debianPackages.ts';

// OpenCV is another reader of the exports, 60 MB.
const packages = ['numpy==2.4.6', 'onnxruntime==1.32.0', 'pillow==13.0.0', 'opencv-python-headless==5.0.0.93'];
const versions = packages.map((name) => name.split('==')[1]).join('-');
const cache = fileURLToPath(new URL(`../.cache/python-${versions}`, import.meta.url));
const inCache = process.platform === 'win32' ? join(cache, 'Scripts', 'python.exe') : join(cache, 'bin', 'python');
const onPath = process.platform === 'win32' ? 'python' : 'python3';

/** Does nothing, quickly, when it is there. */
export function installPython(say: Say): void {
  if (process.env.SHOULDERS_PYTHON || existsSync(join(cache, 'complete'))) return;
  installDebianPackages(['python3', 'python3-venv'], say);
  say(`Installing ${packages.join(', ')} for Python into .cache: about 120 MB, once.`);
  rmSync(cache, { recursive: true, force: true });
  runTool(onPath, ['-m', 'venv', cache]);
  runTool(inCache, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  writeFileSync(join(cache, 'complete'), packages.join('\n'));
}

/** Where there is none, `lacks` says why. */
export type Interpreter =
  | { readonly command: string; readonly lacks: false }
  | { readonly command?: undefined; readonly lacks: string };

/** A Python that imports all of `modules`. */
export function pythonWith(...modules: readonly string[]): Interpreter {
  const candidates = process.env.SHOULDERS_PYTHON ? [process.env.SHOULDERS_PYTHON] : [inCache, onPath];
  const command = candidates.find((one) => spawnSync(one, ['-c', `import ${modules.join(', ')}`]).status === 0);
  return command === undefined
    ? { lacks: `no Python here imports ${modules.join(', ')}: SHOULDERS_PYTHON may name one that does` }
    : { command, lacks: false };
}
