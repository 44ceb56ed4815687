// Virtual environments of Python in .cache, each created once from the package index. The tests' environment runs exported programs.
// It excludes torch, whose libraries would make it ten times as large. SHOULDERS_PYTHON may name a Python that has it.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { installDebianPackages, runTool, type Say } from './debianPackages.ts';

const isWindows = process.platform === 'win32';
const onPath = isWindows ? 'python' : 'python3';

export interface Environment {
  readonly python: string;
  /** Returns quickly if it exists. */
  install(say: Say): void;
}

/** @param packages  each "name==version"; other versions create another folder */
export function environment(name: string, packages: readonly string[], size: string): Environment {
  const versions = packages.map((each) => each.split('==')[1]).join('-');
  const folder = fileURLToPath(new URL(`../.cache/${name}-${versions}`, import.meta.url));
  const complete = join(folder, 'complete');
  const python = isWindows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  return {
    python,
    install(say) {
      if (existsSync(complete)) return;
      installDebianPackages(['python3', 'python3-venv'], say);
      say(`Installing ${packages.join(', ')} for Python into .cache: about ${size}, once.`);
      rmSync(folder, { recursive: true, force: true });
      runTool(onPath, ['-m', 'venv', folder]);
      runTool(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
      writeFileSync(complete, packages.join('\n'));
    },
  };
}

// OpenCV, another reader of the exports, has 60 MB.
const ofTests = environment(
  'python',
  ['numpy==2.4.6', 'onnxruntime==1.32.0', 'pillow==13.0.0', 'opencv-python-headless==5.0.0.93'],
  '120 MB',
);

export function installPython(say: Say): void {
  if (!process.env.SHOULDERS_PYTHON) ofTests.install(say);
}

/** If there is none, `lacks` says why. */
export type Interpreter =
  | { readonly command: string; readonly lacks: false }
  | { readonly command?: undefined; readonly lacks: string };

/** A Python that imports all of `modules`. */
export function pythonWith(...modules: readonly string[]): Interpreter {
  const candidates = process.env.SHOULDERS_PYTHON ? [process.env.SHOULDERS_PYTHON] : [ofTests.python, onPath];
  const command = candidates.find((one) => spawnSync(one, ['-c', `import ${modules.join(', ')}`]).status === 0);
  return command === undefined
    ? { lacks: `no Python here imports ${modules.join(', ')}: SHOULDERS_PYTHON may name one that does` }
    : { command, lacks: false };
}
