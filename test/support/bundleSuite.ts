import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the suite of test/extensionHost as one CommonJS file in `folder`; returns its path. */
export async function bundleSuite(folder: string): Promise<string> {
  const outfile = `${folder}/suite.cjs`;
  await build({
    entryPoints: [fileURLToPath(new URL('../extensionHost/suite.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return outfile;
}
