// npm run build: bundles host, runner, its workers and the panel into dist/. Options: --watch, --minify, --partial (skip what is not
// written yet). Native modules (sharp, onnxruntime-node) stay outside; no source maps are shipped.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));

/** CommonJS dependencies inside an ES module ask for `require`; ES modules have none. */
const requireForCommonJs = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`;

/** The bundles of dist/, by the program that runs them. The workers stand beside the command line: it starts them by relative URL. */
export const bundles = [
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
      'runner/cli': 'runner/cli.ts',
      'runner/worker': 'runner/engine/worker.ts',
      'runner/pixelWorker': 'runner/views/pixelWorker.ts',
    },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['sharp', 'onnxruntime-node'],
    banner: { js: requireForCommonJs },
    // No shared chunks: `import.meta.url` must lie in dist/runner/, and so it does in a plain bundle.
    splitting: false,
  },
  {
    entryPoints: { 'webview/run': 'webview/run.ts' },
    format: 'esm',
    platform: 'browser',
    target: 'chrome130',
    loader: { '.ttf': 'file', '.svg': 'dataurl' },
  },
];

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
};

/** @param {{ minify?: boolean, partial?: boolean }} options @returns esbuild options, one for each bundle; throws on a missing entry */
export function buildOptions({ minify = false, partial = false } = {}) {
  const options = [];
  for (const bundle of bundles) {
    const missing = Object.values(bundle.entryPoints).filter((file) => !existsSync(new URL(file, `file://${root}`)));
    if (missing.length > 0 && !partial) throw new Error(`Cannot build: ${missing.join(', ')} is missing.`);
    const entryPoints = Object.fromEntries(
      Object.entries(bundle.entryPoints).filter(([, file]) => !missing.includes(file)),
    );
    if (Object.keys(entryPoints).length > 0) options.push({ ...common, ...bundle, entryPoints, minify });
  }
  return options;
}

/** Writes dist/. A run that was started from an older dist/ keeps going. @param {{ minify?: boolean, partial?: boolean }} options */
export async function buildAll(options) {
  await Promise.all(buildOptions(options).map((each) => build(each)));
}

async function watch(options) {
  const contexts = await Promise.all(buildOptions(options).map((each) => context({ ...each, logLevel: 'info' })));
  await Promise.all(contexts.map((each) => each.watch()));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { watch: { type: 'boolean' }, minify: { type: 'boolean' }, partial: { type: 'boolean' } },
  });
  try {
    if (values.watch) await watch(values);
    else await buildAll(values);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
