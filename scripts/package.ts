// npm run package: one VSIX for this platform, in the project's root, packed from a staging folder that contains only what ships:
// the minified bundles, media, texts and what they link to, the sample dataset, and of node_modules the two native packages with this platform's binaries.

import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import type { Metafile } from 'esbuild';
import starterFiles from '../shared/contracts/starterFiles.json' with { type: 'json' };
import { audit } from './audit.ts';
import { buildAll } from './build.ts';
import { drawingsNotice } from './licences/drawings.ts';
import { notices } from './licences/notices.ts';
import { linkedFiles } from './shippedDocuments.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const documents = ['README.md', 'CHANGELOG.md', 'SUPPORT.md'];
const texts = ['.vscodeignore', 'LICENSE', 'package.nls.json'];

export interface Packed {
  /** Absolute path of the VSIX. */
  readonly file: string;
  /** Names of the included packages. */
  readonly shipped: readonly string[];
}

/** @throws Error naming a package whose licence may not ship */
export async function packageExtension(out: string): Promise<Packed> {
  const platform = `${process.platform}-${process.arch}`;
  const target = isMusl() ? `alpine-${process.arch}` : platform;
  await mkdir(join(root, '.cache'), { recursive: true });
  // Behind links: vsce ignores every file of a folder that it reaches through one.
  const staging = join(await realpath(join(root, '.cache')), 'vsix');
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });

  const metafiles = await buildAll({ minify: true });
  for (const folder of ['dist', 'media', 'l10n', join('samples', 'animals')])
    if (existsSync(join(root, folder))) await cp(join(root, folder), join(staging, folder), { recursive: true });
  const ours = (await readdir(root)).filter((name) => /^package\.nls\..+\.json$/.test(name));
  for (const name of [...texts, ...ours, ...(await linkedFiles(root, documents))])
    await cp(join(root, name), join(staging, name));
  const natives = await copyNativePackages(staging);
  const shipped = [...new Set([...bundledPackages(metafiles), ...natives])];
  const learned = Object.keys(starterFiles).length > 0;
  const parts = [await notices(shipped), ...(learned ? [await drawingsNotice()] : [])];
  await writeFile(join(staging, 'THIRD-PARTY-NOTICES.txt'), parts.join('\n'));
  await writeManifest(staging);

  const { name, version } = await readJson(join(root, 'package.json'));
  const file = join(out, `${name}-${target}-${version}.vsix`);
  await mkdir(out, { recursive: true });
  await createVSIX({
    cwd: staging,
    packagePath: file,
    target,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    useYarn: false,
  });
  return { file, shipped };
}

/** Runtime files of sharp and onnxruntime-node, with this platform's binaries only. Returns the packages' names. */
async function copyNativePackages(staging: string): Promise<string[]> {
  const images = (await readdir(join(root, 'node_modules', '@img'))).map((name) => `@img/${name}`);
  const names = ['sharp', ...images, 'detect-libc', 'semver', 'onnxruntime-common', 'onnxruntime-node'];
  for (const name of names) {
    const from = join(root, 'node_modules', name);
    await cp(from, join(staging, 'node_modules', name), {
      recursive: true,
      filter: (path) => ships(name, relative(from, path).replaceAll('\\', '/')),
    });
  }
  // Its other dependencies serve only its install script, which a VSIX does not run.
  const manifest = join(staging, 'node_modules', 'onnxruntime-node', 'package.json');
  const { dependencies, scripts: _, ...rest } = await readJson(manifest);
  const kept = { 'onnxruntime-common': (dependencies as Record<string, string>)['onnxruntime-common'] };
  await writeFile(manifest, JSON.stringify({ ...rest, dependencies: kept }, null, 2));
  return names;
}

/** `path` within the package, with /; '' is the package itself. */
function ships(name: string, path: string): boolean {
  if (/\.(map|ts|cts|mts|md)$/.test(path) && !/licen|notice/i.test(path)) return false;
  if (name === 'onnxruntime-node') {
    if (path === 'script' || path === 'lib') return false;
    const binaries = /^bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?/.exec(path);
    if (!binaries) return true;
    return binaries[1] === process.platform && (binaries[2] === undefined || binaries[2] === process.arch);
  }
  if (name === 'onnxruntime-common') return !/^(lib|dist\/esm)(\/|$)/.test(path);
  if (name === 'sharp') return !/^(src|install)(\/|$)/.test(path);
  return true;
}

/** The extension's manifest without the fields that only a checkout needs. */
async function writeManifest(staging: string): Promise<void> {
  const manifest = await readJson(join(root, 'package.json'));
  const { sharp, 'onnxruntime-node': engine } = manifest.dependencies as Record<string, string>;
  for (const field of ['scripts', 'devDependencies', 'allowScripts', 'bin', 'private']) delete manifest[field];
  manifest.dependencies = { sharp, 'onnxruntime-node': engine };
  await writeFile(join(staging, 'package.json'), JSON.stringify(manifest, null, 2));
}

/** Names of the packages bundled into the code. */
function bundledPackages(metafiles: readonly Metafile[]): string[] {
  const names = metafiles
    .flatMap(({ inputs }) => Object.keys(inputs))
    .map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  return names.filter((name) => name !== undefined);
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Alpine and similar systems: the report names the C library only for glibc. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { file, shipped } = await packageExtension(root);
  const { size } = await stat(file);
  console.log(`${file} (${(size / 1e6).toFixed(1)} MB)`);
  const { state, sentence } = audit(shipped, root);
  console.log(sentence);
  if (state === 'vulnerable') process.exitCode = 1;
}
