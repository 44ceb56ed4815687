// The runner as a process: started without a shell, detached so that it outlives the window, its output in a file. What it does is
// read from its run folder; this file knows only that it lives and how it ended.
import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Problem } from '../../runner/contracts/events.ts';
import { endReason, lastError } from './runnerArguments.ts';

export interface RunnerStart {
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Gets standard output and error. */
  readonly logFile: string;
}

export interface RunnerEnd {
  /** In words, for "ended unexpectedly (...)". */
  readonly reason: string;
  /** What the runner said last, if it was an error. */
  readonly problem: Problem | null;
}

export interface RunnerProcess {
  readonly pid: number | undefined;
  /** Settles always. */
  readonly ended: Promise<RunnerEnd>;
}

/** @throws Error when the log file cannot be made */
export function startRunner(start: RunnerStart): RunnerProcess {
  const log = openSync(start.logFile, 'a');
  try {
    const child = spawn(process.execPath, [start.program, ...start.arguments], {
      cwd: start.folder,
      env: { ...start.environment },
      stdio: ['ignore', log, log],
      detached: true,
      windowsHide: true,
    });
    child.unref();
    const ended = new Promise<RunnerEnd>((settle) => {
      child.once('error', (error) => settle({ reason: error.message, problem: null }));
      child.once('exit', (code, signal) => {
        const reason = endReason({ code, signal });
        readFile(start.logFile, 'utf8').then(
          (text) => settle({ reason, problem: lastError(text) ?? null }),
          () => settle({ reason, problem: null }), // without its log the reason must do
        );
      });
    });
    return { pid: child.pid, ended };
  } finally {
    closeSync(log);
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

/** Runs a short command of the program to its end. */
export function runToEnd(
  start: Omit<RunnerStart, 'logFile'>,
  signal: AbortSignal,
): Promise<{ code: number | null; output: string; errors: string }> {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [start.program, ...start.arguments], {
      cwd: start.folder,
      env: { ...start.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      signal,
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      settle({ code, output: `${Buffer.concat(output)}`, errors: `${Buffer.concat(errors)}` }),
    );
  });
}
