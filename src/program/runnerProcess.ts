// The runner as a process: started without a shell, detached so that it outlives the window, its output in a file. What it does is
// read from its run folder; this file knows only that it lives and how it ended.
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
  /** Gets standard output and error. */
  readonly logFile: string;
  /** The whole standard input. */
  readonly input: string;
}

export interface RunnerProcess {
  readonly pid: number | undefined;
  /** Settles always. */
  readonly ended: Promise<ProcessEnd>;
}

/** @throws Error when the log file cannot be made */
export function startRunner(start: RunnerStart): RunnerProcess {
  const log = openSync(start.logFile, 'a');
  const before = fstatSync(log).size; // what an earlier process of the run wrote is not this one's
  try {
    const child = spawn(process.execPath, [start.program, ...start.arguments], {
      cwd: start.folder,
      env: { ...start.environment },
      stdio: ['pipe', log, log],
      detached: true,
      windowsHide: true,
    });
    child.stdin!.on('error', () => {}); // it ended before it read: its end tells
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
  const written = await endOfFile(logFile, before).catch(() => ''); // without its log the reason must do
  return { reason: endReason(exit), problem: lastError(written) ?? null, outOfMemory: endedAsByMemory(exit) };
}

/** What was written after `before`, of that at most the last 256 KiB. */
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

/** Ends the process and what it started, at once. The caller knows that the number is this runner's. */
export async function killRunner(pid: number): Promise<void> {
  if (process.platform === 'win32') await promisify(execFile)('taskkill', ['/PID', String(pid), '/T', '/F']);
  else {
    try {
      process.kill(-pid, 'SIGKILL'); // the group: it was started detached
    } catch {
      process.kill(pid, 'SIGKILL'); // started on a terminal: it shares the shell's group
    }
  }
}

/** For a program that was asked to end and does not. */
const killAfterMs = 10_000;

/**
 * Runs a command of the program to its end; `onLine` hears its output line by line meanwhile. An abort asks it to end, as Ctrl-C does.
 *
 * @throws the signal's reason, once the program has ended because of it; one that was done already is heard to its end
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
