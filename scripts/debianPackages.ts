// Requirements of tests from outside of npm: Debian packages, installed by apt as root, or else listed as missing; and programs
// that must succeed.
import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process';
import process from 'node:process';

export type Say = (line: string) => void;

/** Missing packages. Does nothing on systems other than Debian: there the compiler or the browser search will report the error. */
export function installDebianPackages(names: readonly string[], say: Say): void {
  if (spawnSync('dpkg', ['--version']).status !== 0) return;
  const wanted = names.filter((name) => !isInstalled(name));
  if (wanted.length === 0) return;
  if (process.getuid?.() !== 0) throw new Error(`Debian packages are missing: run ${howTo(wanted)}, then start again.`);
  say(`Installing Debian packages: ${wanted.join(', ')}`);
  const apt = (...args: string[]) =>
    runTool('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update', '-qq');
  // biome-ignore lint/plugin: packages that this project names
  apt('install', '-y', '-qq', '--no-install-recommends', ...wanted);
}

const isInstalled = (name: string): boolean =>
  String(spawnSync('dpkg-query', ['-s', name]).stdout).includes('install ok installed');

export const howTo = (packages: readonly string[]): string => `"apt-get install ${packages.join(' ')}" as root`;

/** Keeps the output for a failure. */
export function runTool(command: string, args: readonly string[], options: ExecFileSyncOptions = {}): void {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 256 * 1024 * 1024, ...options });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    const said = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').slice(-60).join('\n');
    throw new Error(`"${command} ${args.join(' ')}" failed:\n${said}`, { cause: error });
  }
}
