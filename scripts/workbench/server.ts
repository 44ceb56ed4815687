// Starts VS Code's own server from .cache (installed by install.ts) for the tests and for `npm run editor`. It listens on 127.0.0.1 only.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { codeServer } from './install.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface WorkbenchServer {
  /** host:port */
  readonly authority: string;
  /** Address that opens a folder, or a workspace file (.code-workspace); absolute, or the URI of another file system. null: nothing. */
  urlOf(opened: string | null, options: WindowOptions): string;
  /** Complete output of the server so far. */
  readonly output: () => string;
  /** Processes of the server's group: itself, its watchers, its extension hosts. Not on Windows. */
  processes(): { readonly pid: number; readonly command: string }[];
  /** Ends the server with all its child processes. */
  stop(): Promise<void>;
}

export interface WindowOptions {
  /** Folder of the checkout that runs as an extension under development. */
  readonly development: boolean;
  /** File that exports run(), for the extension host to call. */
  readonly suite?: string | undefined;
}

export interface ServerOptions {
  /** Folder of settings, logs and storage; created if missing. */
  readonly dataFolder: string;
  readonly extensionsFolder: string;
  /** 0: any free port. */
  readonly port: number;
  /** A server cannot set the theme. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** true: a folder is untrusted until the user trusts it. Absent: every folder is trusted. */
  readonly asksForTrust?: boolean;
}

/** A window without chat, tips and welcome page, which take up space. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
} as const;

/** Settings of the machine, which a server reads from its data folder. */
export const machineSettingsOf = (dataFolder: string): string => join(dataFolder, 'data', 'Machine', 'settings.json');

export async function startServer(options: ServerOptions): Promise<WorkbenchServer> {
  const settingsFile = machineSettingsOf(options.dataFolder);
  await mkdir(dirname(settingsFile), { recursive: true });
  await writeFile(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }, null, 2));
  // Its own process group, so that the file watcher and the extension hosts end with it.
  const child = spawn(codeServer.node, serverArguments(options), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...options.env },
  });
  const text: string[] = [];
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = (): Promise<void> => stopGroup(child, ended);
  process.once('exit', () => signalGroup(child, 'SIGKILL'));
  const port = await listening(child, text);
  const authority = `127.0.0.1:${port}`;
  return {
    authority,
    urlOf: (opened, { development, suite }) => {
      const payload = [['extensionDevelopmentPath', `vscode-remote://${authority}${root.replace(/\/$/, '')}`]];
      if (suite !== undefined) payload.push(['extensionTestsPath', `vscode-remote://${authority}${suite}`]);
      const kind = opened?.endsWith('.code-workspace') ? 'workspace' : 'folder';
      const query = new URLSearchParams({
        ...(opened === null ? { ew: 'true' } : { [kind]: opened }),
        ...(development ? { payload: JSON.stringify(payload) } : {}),
      });
      return `http://${authority}/?${query}`;
    },
    output: () => text.join(''),
    processes: () => processesOf(child.pid!),
    stop,
  };
}

/** Runs the server's own command line, for example to install an extension; returns its output. */
export function serverCommand(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(codeServer.node, [codeServer.serverMain, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const text: string[] = [];
  child.stdout.on('data', (chunk) => text.push(String(chunk)));
  child.stderr.on('data', (chunk) => text.push(String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output: text.join('') }));
  });
}

const serverArguments = (options: ServerOptions): string[] => [
  codeServer.serverMain,
  ...['--host', '127.0.0.1', '--port', String(options.port), '--without-connection-token'],
  ...['--accept-server-license-terms', '--telemetry-level', 'off'],
  ...(options.asksForTrust ? [] : ['--disable-workspace-trust']),
  // Makes a release build honour extensionDevelopmentPath in the address.
  '--enable-smoke-test-driver',
  ...['--server-data-dir', options.dataFolder, '--extensions-dir', options.extensionsFolder],
];

function listening(child: ChildProcess, text: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      text.push(String(chunk));
      const port = /agent listening on (\d+)/.exec(text.join(''))?.[1];
      if (port) resolve(Number(port));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`The VS Code server ended (${code}) before it listened:\n${text.join('')}`)),
    );
  });
}

async function stopGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
  signalGroup(child, 'SIGKILL');
}

function processesOf(group: number): { pid: number; command: string }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, pgid, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(pgid) === group ? [{ pid: Number(pid), command: command! }] : [];
  });
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // already gone
  }
}
