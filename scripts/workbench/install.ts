// Installs the VS Code that the workbench tests and `npm run editor` open into .cache/code-server-<version>: once, a few minutes of
// compiling. It is the server in the npm package code-server, so VS Code itself is not downloaded. apt installs Debian packages
// as root; otherwise missing ones are listed.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { howTo, installDebianPackages, runTool, type Say } from '../debianPackages.ts';

export const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';
const root = fileURLToPath(new URL('../../', import.meta.url));
const cache = join(root, '.cache', `code-server-${codeServerVersion}`);

export const codeServer = {
  serverMain: join(cache, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  /** The Node that the server's native modules were compiled for. */
  node: join(cache, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node'),
};

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Absolute path of the browser that acts as VS Code's window. */
export function findChromium(): string | undefined {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of chromiumNames)
    for (const folder of folders) if (existsSync(join(folder, name))) return join(folder, name);
  return undefined;
}

/** Only the browser, for tests of a panel; returns quickly if it exists. Returns its absolute path. */
export function installBrowser(say: Say): string {
  if (findChromium() === undefined) installDebianPackages(['chromium'], say);
  const chromium = findChromium();
  if (chromium === undefined)
    throw new Error(`Chromium is missing: install it (${howTo(['chromium'])}) or set CHROMIUM_PATH.`);
  return chromium;
}

/** On Debian, a Vulkan driver without a GPU, which comes with the browser. Elsewhere the tests of the engine report why they skip. */
export function installSoftwareGpu(say: Say): void {
  installDebianPackages(['chromium', 'libvulkan1', 'libvulkan-dev', 'g++'], say);
}

/** Installs what is missing; returns quickly if nothing is. */
export function installWorkbench(say: Say): { readonly chromium: string } {
  const chromium = installBrowser(say);
  if (!existsSync(join(cache, 'complete'))) {
    installDebianPackages(packagesToCompile, say);
    installCodeServer(say);
  }
  return { chromium };
}

const packagesToCompile = [
  'g++',
  'make',
  'python3',
  'pkg-config',
  'libkrb5-dev',
  'libx11-dev',
  'libxkbfile-dev',
  'libsecret-1-dev',
];

function installCodeServer(say: Say): void {
  say(
    `Installing code-server ${codeServerVersion} (a VS Code server) into .cache: it compiles native modules, about 3 minutes, once.`,
  );
  const staging = `${cache}.partial`;
  rmSync(staging, { recursive: true, force: true });
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const nodePackage = `node-${process.platform}-${process.arch}`;
  npmInstall(staging, { [nodePackage]: nodeVersion }, {});
  const nodeFolder = join(staging, 'node_modules', nodePackage);
  npmInstall(
    staging,
    { [nodePackage]: nodeVersion, 'code-server': codeServerVersion },
    {
      PATH: `${join(nodeFolder, 'bin')}${delimiter}${process.env.PATH}`,
      npm_config_nodedir: nodeFolder,
      CI: 'true',
    },
  );
  if (!existsSync(join(staging, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js')))
    throw new Error('code-server was installed but its VS Code server is not there: delete .cache and try again.');
  renameSync(staging, cache);
  writeFileSync(join(cache, 'complete'), codeServerVersion);
}

function npmInstall(folder: string, dependencies: Record<string, string>, more: NodeJS.ProcessEnv): void {
  // An outer npm passes on the Node it runs on; code-server checks that and would refuse an older one.
  const outer = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_user_agent|node_execpath|execpath)$/i.test(name),
  );
  const env = { ...Object.fromEntries(outer), ...more };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies, allowScripts: { 'code-server': true } }),
  );
  runTool('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, env });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) installWorkbench((line) => console.log(line));
