// node scripts/setup.mjs [SCRIPT ARGUMENTS...]: installs node_modules when missing or out of date, then runs the script with the
// project's own Node (the npm package `node`), so that `npm start` and `npm test` use the same Node on every machine.
// Plain JavaScript with built-ins only: at the first start there is nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const binFolder = join(root, 'node_modules', '.bin');
const projectNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** @param {(line: string) => void} say */
export function setUp(say) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 9))
    throw new Error(
      `Shoulders needs Node.js 20.9 or later to set itself up; this is ${process.version}. Get a newer one from https://nodejs.org.`,
    );
  const reason = whyStale();
  if (reason === undefined) return;
  say(
    `Setting up: ${reason}. Installing the packages that package-lock.json lists into node_modules (about 900 MB, a minute or two)...`,
  );
  installPackages();
  const remaining = whyStale();
  if (remaining !== undefined)
    throw new Error(`The packages were installed, but ${remaining}. Delete the folder node_modules and try again.`);
  say('Set up.');
}

/** What node_modules lacks, in words; undefined if it matches package-lock.json. npm records what it installed. */
function whyStale() {
  const notes = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(notes)) return 'this is the first start';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(notes, 'utf8')).packages;
  for (const [path, { version, optional, link }] of Object.entries(wanted)) {
    if (path === '' || link) continue;
    const here = installed[path]?.version;
    if (here === undefined && optional) continue; // for another platform
    if (here !== version)
      return `${path.replace(/^.*node_modules\//, '')} ${version} is ${here === undefined ? 'missing' : `there as ${here}`}`;
  }
  return existsSync(projectNode) ? undefined : 'the package "node" has no program (were install scripts switched off?)';
}

/** npm's progress and errors go straight to the terminal. */
function installPackages() {
  // onnxruntime-node would download 300 MB of CUDA libraries that this project does not use.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', npm_config_onnxruntime_node_install: 'skip' };
  delete env.npm_command;
  const npmProgram = process.env.npm_execpath;
  const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--ignore-scripts=false'];
  const { status, error } =
    npmProgram && /\.c?js$/.test(npmProgram)
      ? spawnSync(process.execPath, [npmProgram, ...args], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
      : spawnSync('npm', args, {
          cwd: root,
          env,
          stdio: ['ignore', 'inherit', 'inherit'],
          shell: process.platform === 'win32',
        });
  if (error) throw new Error(`Cannot start npm (${error.message}): install npm and try again.`, { cause: error });
  if (status !== 0)
    throw new Error(
      `"npm ${args.join(' ')}" failed (exit code ${status}); its words are above. It needs the npm registry or a mirror of it.`,
    );
}

/** Runs a script of this project and returns its exit code. @param {string} script @param {readonly string[]} args */
export function runScript(script, args) {
  const env = { ...process.env, PATH: `${binFolder}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(projectNode, [join(root, script), ...args], { env, stdio: 'inherit' });
  // Ctrl+C reaches the child by itself; this process only waits for its orderly end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    setUp((line) => console.log(line));
    const [script, ...args] = process.argv.slice(2);
    if (script !== undefined) runScript(script, args);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
