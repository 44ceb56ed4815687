// Puts the VS Code that the workbench tests and `npm run editor` open into .cache/code-server-<version>: once, a few minutes of
// compiling. It is the server that the npm package code-server carries; no VS Code download is needed. Debian packages come by apt
// when we are root, else the reader is told which are missing.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';
const root = fileURLToPath(new URL('../../', import.meta.url));
const cache = join(root, '.cache', `code-server-${codeServerVersion}`);

export const codeServer = {
  folder: join(cache, 'node_modules', 'code-server'),
  serverMain: join(cache, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  /** The Node that the server's native modules were compiled for. */
  node: join(cache, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node'),
};

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser that stands for VS Code's window. @returns {string | undefined} an absolute path */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of chromiumNames)
    for (const folder of folders) if (existsSync(join(folder, name))) return join(folder, name);
  return undefined;
}

/**
 * Installs what is missing. Does nothing, quickly, when all is there.
 * @param {(line: string) => void} say
 * @returns {{ chromium: string }}
 */
export function installWorkbench(say) {
  installDebianPackages(say);
  const chromium = findChromium();
  if (chromium === undefined)
    throw new Error(`Chromium is missing: install it (${howTo(['chromium'])}) or set CHROMIUM_PATH.`);
  if (!existsSync(join(cache, 'complete'))) installCodeServer(say);
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

/** Only what is not there: a browser from elsewhere serves as well, and a finished server needs no compiler. */
function installDebianPackages(say) {
  if (spawnSync('dpkg', ['--version']).status !== 0) return; // not Debian: the compiler or the browser search will speak
  const wanted = existsSync(join(cache, 'complete')) ? [] : packagesToCompile.filter((name) => !isInstalled(name));
  if (findChromium() === undefined) wanted.push('chromium');
  if (wanted.length === 0) return;
  if (process.getuid?.() !== 0) throw new Error(`Debian packages are missing: run ${howTo(wanted)}, then start again.`);
  say(`Installing Debian packages: ${wanted.join(', ')}`);
  const apt = (...args) =>
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...wanted);
}

const isInstalled = (name) =>
  String(spawnSync('dpkg-query', ['-W', '-f', '${Status}', name]).stdout).includes('install ok installed');

const howTo = (packages) => `"apt-get install ${packages.join(' ')}" as root`;

function installCodeServer(say) {
  say(
    `Installing code-server ${codeServerVersion} (a VS Code server) into .cache: it compiles native modules, about 3 minutes, once.`,
  );
  const staging = `${cache}.partial`;
  rmSync(staging, { recursive: true, force: true });
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const nodePackage = `node-${process.platform}-${process.arch}`;
  writeFileSync(
    join(staging, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [nodePackage]: nodeVersion }, allowScripts: {} }),
  );
  npm(staging, process.env, []);
  const nodeFolder = join(staging, 'node_modules', nodePackage);
  writeFileSync(
    join(staging, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: { [nodePackage]: nodeVersion, 'code-server': codeServerVersion },
      allowScripts: { 'code-server': true },
    }),
  );
  const env = {
    ...process.env,
    PATH: `${join(nodeFolder, 'bin')}${delimiter}${process.env.PATH}`,
    npm_config_nodedir: nodeFolder,
    CI: 'true',
  };
  npm(staging, env, []);
  if (!existsSync(join(staging, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js')))
    throw new Error('code-server was installed but its VS Code server is not there: delete .cache and try again.');
  renameSync(staging, cache);
  writeFileSync(join(cache, 'complete'), codeServerVersion);
}

const npm = (folder, env, args) =>
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...args], { cwd: folder, env });

/** Output is kept for the day it fails. */
function run(command, args, options) {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 256 * 1024 * 1024, ...options });
  } catch (error) {
    const said = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.split('\n').slice(-60).join('\n');
    throw new Error(`"${command} ${args.join(' ')}" failed:\n${said}`, { cause: error });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) installWorkbench((line) => console.log(line));
