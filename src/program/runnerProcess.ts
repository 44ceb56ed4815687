// The runner as a process: started without a shell, detached so that it outlives the window, with its output in a file. Its progress is
// read from its run folder; this file handles only its start and its end.
import { execFile, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { ProcessEnd } from '../runs/runs.ts';
import { endedAsByMemory, endReason, lastError, type ProcessExit } from './runnerArguments.ts';

export interface RunnerStart {
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** File that receives standard output and error. */
  readonly logFile: string;
  /** Complete standard input. */
  readonly input: string;
}

export interface RunnerProcess {
  readonly pid: number | undefined;
  /** Always settles. */
  readonly ended: Promise<ProcessEnd>;
}

/** @throws Error when the log file cannot be created */
export function startRunner(start: RunnerStart): RunnerProcess {
  const log = openSync(start.logFile, 'a');
  const before = fstatSync(log).size; // skip the output of an earlier process of the run
  try {
    const child = spawn(process.execPath, [start.program, ...start.arguments], {
      cwd: start.folder,
      env: { ...start.environment },
      stdio: ['pipe', log, log],
      detached: true,
      windowsHide: true,
    });
    child.stdin!.on('error', () => {}); // it ended before it read its input: its exit is reported anyway
    child.stdin!.end(start.input);
    child.unref();
    const ended = new Promise<ProcessEnd>((settle) => {
      child.once('error', (error) => settle({ reason: error.message, problem: null, outOfMemory: false }));
      child.once('exit', (code, signal) => settle(endOf({ code, signal }, start.logFile, before)));
    });
    return { pid: child.pid, ended };
  } finally {
    closeSync(log);
  }
}

async function endOf(exit: ProcessExit, logFile: string, before: number): Promise<ProcessEnd> {
  const written = await endOfFile(logFile, before).catch(() => ''); // without its log the exit reason must do
  return { reason: endReason(exit), problem: lastError(written) ?? null, outOfMemory: endedAsByMemory(exit) };
}

/** Output written after `before`, at most its last 256 KiB. */
async function endOfFile(file: string, before: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(before, size - (256 << 10));
    const bytes = new Uint8Array(Math.max(0, size - from));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    return new TextDecoder().decode(bytes.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Ends the process and its children at once. The caller has verified that the number belongs to this runner. */
export async function killRunner(pid: number): Promise<void> {
  if (process.platform === 'win32') await promisify(execFile)('taskkill', ['/PID', String(pid), '/T', '/F']);
  else {
    try {
      process.kill(-pid, 'SIGKILL'); // the process group, because it was started detached
    } catch {
      process.kill(pid, 'SIGKILL'); // started on a terminal, so it shares the shell's group
    }
  }
}

/** Kills a program that was asked to end and does not. */
const killAfterMs = 10_000;

/**
 * Runs a command of the program to its end; `onLine` gets its output line by line. An abort asks it to end, like Ctrl-C.
 *
 * @throws the signal's reason, once the program has ended because of it; the output of one that had already finished is returned
 */
export function runToEnd(
  start: Omit<RunnerStart, 'logFile' | 'input'>,
  signal: AbortSignal,
  onLine?: (line: string) => void,
): Promise<{ code: number | null; output: string; errors: string }> {
  return new Promise((settle, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = spawn(process.execPath, [start.program, ...start.arguments], {
      cwd: start.folder,
      env: { ...start.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let killing: NodeJS.Timeout | undefined;
    const ask = (): void => {
      child.kill();
      killing = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    };
    signal.addEventListener('abort', ask, { once: true });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    if (onLine) createInterface({ input: child.stdout }).on('line', onLine);
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', ask);
      clearTimeout(killing);
      if (signal.aborted && code !== 0) reject(signal.reason);
      else settle({ code, output: `${Buffer.concat(output)}`, errors: `${Buffer.concat(errors)}` });
    });
  });
}
