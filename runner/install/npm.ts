// The user's own npm: it installs into a folder what a package-lock.json there lists with hashes. It contacts the registry that the user
// configured, and lets packages run their installation scripts, as the user agreed.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../shared/contracts/errors.ts';

export interface NpmFailure {
  /** npm's error code, or the system's: E404, ENOTFOUND. */
  readonly code: string;
  /** The most informative line of its output. */
  readonly reason: string;
  /** True if a package's own script failed. */
  readonly inScript: boolean;
}

const windows = process.platform === 'win32';

/**
 * @param folder   contains a package.json and its package-lock.json
 * @param onBytes  called every two seconds with the bytes on the disk
 * @returns undefined: everything is installed
 * @throws UserError installNpmMissing; the signal's reason, when npm and what it started have ended
 */
export async function npmCi(
  folder: string,
  { onBytes, signal }: { readonly onBytes: (bytes: number) => void; readonly signal: AbortSignal },
): Promise<NpmFailure | undefined> {
  signal.throwIfAborted();
  const args = [
    'ci',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--no-progress',
    '--loglevel=error',
    '--ignore-scripts=false',
  ];
  // No argument comes from outside, so the shell is safe: on Windows npm is a script that needs one.
  const child = spawn('npm', args, {
    cwd: folder,
    shell: windows,
    detached: !windows,
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  const kill = () => killTree(child);
  signal.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  const looks = setInterval(async () => onBytes(await bytesBelow(folder)), 2000);
  try {
    const { code, output } = await endOf(child);
    signal.throwIfAborted();
    if (code === 0) return undefined;
    // The shell's exit code for a command not found.
    if (windows && code === 9009) throw new UserError('installNpmMissing', {});
    return failureIn(output);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new UserError('installNpmMissing', {}, { cause: error });
    throw error;
  } finally {
    clearInterval(looks);
    signal.removeEventListener('abort', kill);
    process.off('exit', kill);
  }
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    output = (output + chunk).slice(-100_000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Kills npm with the scripts that it started. */
function killTree({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (windows) {
    spawn('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => {});
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

/** The reason in npm's standard error, as written by versions 8 to 12. Exported for its test. */
export function failureIn(output: string): NpmFailure {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^npm (ERR!|error)\s?/, '').trimEnd())
    .filter((line) => line !== '');
  const code = /^code (\S+)/.exec(lines.find((line) => line.startsWith('code ')) ?? '')?.[1] ?? '';
  const inScript = lines.includes('command failed');
  const ofScript = lines.map((line) => /^(?:\w*Error): (.+)/.exec(line)?.[1]).find(Boolean);
  const ofNpm = lines.find(
    (line) => !/^(code|errno|syscall|path|command|dest|file|cwd|A complete log)\b|^npm (WARN|warn)/.test(line),
  );
  const reason = (inScript ? ofScript : ofNpm) ?? lines.at(-1) ?? 'no message';
  return { code, reason: reason.trim().replace(/\.$/, '').slice(0, 300), inScript };
}

/** Bytes below a folder in which others write and remove files. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries)
    if (entry.isFile())
      bytes += await stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      );
  return bytes;
}
