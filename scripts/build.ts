// npm run build: bundles host, runner, its workers and the panel into dist/. Options: --watch, --minify.
// Native modules (sharp, onnxruntime-node) stay outside; no source maps are shipped.
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BuildOptions, build, context, type Metafile } from 'esbuild';
import { starterFile } from '../runner/weights/starter/starterFile.ts';
import type { StarterWeights } from '../shared/contracts/architectures.ts';
import starterFiles from '../shared/contracts/starterFiles.json' with { type: 'json' };

const root = fileURLToPath(new URL('../', import.meta.url));

/** CommonJS dependencies inside an ES module call `require`, which ES modules lack. */
const requireForCommonJs = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`;

interface Bundle extends Omit<BuildOptions, 'entryPoints'> {
  /** Path in dist/ without extension: source file. */
  readonly entryPoints: Record<string, string>;
}

/** The bundles of dist/, by the program that runs them. The workers are beside the command line, which starts them by relative URL. */
const bundles: readonly Bundle[] = [
  {
    entryPoints: { 'src/extension': 'src/extension.ts' },
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['vscode'],
    outExtension: { '.js': '.cjs' },
  },
  {
    entryPoints: {
      'runner/cli': 'runner/cli/main.ts',
      'runner/commands': 'runner/cli/commands.ts',
      'runner/worker': 'runner/engine/onnx/worker.ts',
      'runner/tensorflowWorker': 'runner/engine/tensorflow/worker.ts',
      'runner/pixelWorker': 'runner/views/threads/pixelWorker.ts',
    },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['sharp', 'onnxruntime-node'],
    banner: { js: requireForCommonJs },
    // No shared chunks: `import.meta.url` must be in dist/runner/, as in a plain bundle.
    splitting: false,
  },
  {
    entryPoints: {
      'webview/run': 'webview/run/main.ts',
      'webview/compare': 'webview/compare/main.ts',
      'webview/sheet': 'webview/sheet/main.ts',
      'webview/evaluation': 'webview/evaluation/main.ts',
      'webview/explanation': 'webview/explanation/main.ts',
    },
    format: 'esm',
    platform: 'browser',
    target: 'chrome130',
    loader: { '.ttf': 'file', '.svg': 'dataurl' },
  },
];

const common: BuildOptions = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
};

export interface BuildChoices {
  readonly minify?: boolean | undefined;
}

/** One per bundle. @throws Error for a missing entry */
function buildOptions({ minify = false }: BuildChoices): BuildOptions[] {
  return bundles.map((bundle) => {
    const missing = Object.values(bundle.entryPoints).filter((file) => !existsSync(join(root, file)));
    if (missing.length > 0) throw new Error(`Cannot build: ${missing.join(', ')} is missing.`);
    return { ...common, ...bundle, minify };
  });
}

/** Copies the starter weights beside the bundles, where these look for them. @throws Error for a missing file */
async function copyStarterWeights(): Promise<void> {
  const folder = join(root, 'dist', 'runner');
  await mkdir(folder, { recursive: true });
  for (const { fileName } of Object.values<StarterWeights>(starterFiles)) {
    const file = starterFile({ fileName });
    if (!existsSync(file)) throw new Error(`Cannot build: ${file} is missing.`);
    await copyFile(file, join(folder, fileName));
  }
}

/** Writes dist/; returns the inputs of each bundle. */
export async function buildAll(choices: BuildChoices = {}): Promise<Metafile[]> {
  await copyStarterWeights();
  return Promise.all(
    buildOptions(choices).map(async (options) => (await build({ ...options, metafile: true })).metafile),
  );
}

async function watch(choices: BuildChoices): Promise<void> {
  await copyStarterWeights();
  for (const options of buildOptions(choices)) await (await context({ ...options, logLevel: 'info' })).watch();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { watch: { type: 'boolean' }, minify: { type: 'boolean' } },
  });
  try {
    if (values.watch) await watch(values);
    else await buildAll(values);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
