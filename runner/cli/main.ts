#!/usr/bin/env node
// The program. This thread keeps the signals and does nothing else; commands run in a thread of their own (commands.ts), since Node.js hears
// a signal in the event loop of its main thread alone: a command there that computes or waits without a pause would hear nothing, not even
// the second Ctrl-C. Absent: what a command does.
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { getHeapStatistics } from 'node:v8';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { FromCommand, ToCommand } from '../run/interrupt.ts';

/** From SIGTERM on: then the run ends as if killed, and can be resumed. */
const graceMs = 4000;
/** From the end of a command to the end of its thread. */
const lastMs = 5000;
const signals = ['SIGINT', 'SIGTERM'] as const;

const name = import.meta.url.endsWith('.ts') ? './commands.ts' : './commands.js';
const command = new Worker(new URL(name, import.meta.url), {
  argv: process.argv.slice(2),
  env: SHARE_ENV,
  stdin: true,
  // It has its own streams (ownStreams.ts); this thread would only stand between.
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
  // As V8 ends a program whose heap is full.
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') process.exitCode = 134;
});
command.on('message', (message: FromCommand) => {
  if (message.type === 'listens') listen();
  else if (message.type === 'reads') read();
  else setTimeout(endWith, lastMs, message.code).unref();
});

function read(): void {
  isReading = true;
  process.stdin.on('error', () => command.stdin!.end()).pipe(command.stdin!);
}

/** Until a command says that it can stop gently, a signal ends it at once, as it ends any program. */
function listen(): void {
  let asked = false;
  for (const signal of signals)
    process.on(signal, () => {
      if (asked) return endBy(signal);
      asked = true;
      command.postMessage('stop' satisfies ToCommand);
      if (signal === 'SIGTERM') setTimeout(endBy, graceMs, signal).unref();
    });
}

/** By the signal itself: process.exit() would wait for the command's thread, and tear down others in mid-step. */
function endBy(signal: NodeJS.Signals): void {
  if (isatty(2)) writeSync(2, '\u001b[?25h'); // a progress line hides the cursor
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/**
 * Where a read hangs (a network drive that is gone), neither the end of the thread nor process.exit() returns: both wait for it. Another
 * program in this one's place takes the exit code along; an older Node.js has only the signal.
 */
function endWith(code: number): void {
  try {
    process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`]);
  } catch {
    // Not on this system.
  }
  process.kill(process.pid, 'SIGKILL');
}
