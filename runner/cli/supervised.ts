// The main thread only handles signals; commands run in a thread of their own (commands.ts), because Node.js delivers
// signals to the event loop of its main thread alone: a command there that computes or blocks would not even receive
// the second Ctrl-C. Absent: the commands' work.
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { getHeapStatistics } from 'node:v8';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { FromCommand, ToCommand } from '../run/interrupt.ts';

/** Time from the end of a command until its thread must have ended. */
const lastMs = 5000;
const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs the command that the program's arguments name.
 *
 * @param graceMs time from SIGTERM until the run ends as if killed; it can be resumed
 */
export function runSupervised({ graceMs }: { readonly graceMs: number }): void {
  const name = import.meta.url.endsWith('.ts') ? './commands.ts' : './commands.js';
  const command = new Worker(new URL(name, import.meta.url), {
    argv: process.argv.slice(2),
    env: SHARE_ENV,
    stdin: true,
    // The command has its own streams (ownStreams.ts); Node's would pass through this thread.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20) },
  });
  let isReading = false;
  command.on('exit', (code) => {
    process.exitCode ??= code;
    if (isReading) process.stdin.destroy();
  });
  command.on('error', (error: NodeJS.ErrnoException) => {
    writeSync(2, `${error.message}\n`);
    // 134 is the exit code of V8 for a full heap.
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') process.exitCode = 134;
  });
  command.on('message', (message: FromCommand) => {
    if (message.type === 'listens') listen(command, graceMs);
    else if (message.type === 'reads') {
      isReading = true;
      process.stdin.on('error', () => command.stdin!.end()).pipe(command.stdin!);
    } else setTimeout(endWith, lastMs, message.code).unref();
  });
}

/** Until a command announces that it can stop gently, a signal ends it at once, as it ends any program. */
function listen(command: Worker, graceMs: number): void {
  let asked = false;
  for (const signal of signals)
    process.on(signal, () => {
      if (asked) return endBy(signal);
      asked = true;
      command.postMessage('stop' satisfies ToCommand);
      if (signal === 'SIGTERM') setTimeout(endBy, graceMs, signal).unref();
    });
}

/** Ends the program by the signal itself: process.exit() would wait for the command's thread and tear down others in mid-step. */
function endBy(signal: NodeJS.Signals): void {
  if (isatty(2)) writeSync(2, '\u001b[?25h'); // a progress line hides the cursor
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/**
 * Ends even while a read hangs (a lost network drive): then neither the end of the thread nor process.exit() returns, as both wait for it.
 * Replacing the process by another program keeps the exit code; an older Node.js can only end by the signal.
 */
function endWith(code: number): void {
  try {
    process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`]);
  } catch {
    // Not supported on this system.
  }
  process.kill(process.pid, 'SIGKILL');
}
