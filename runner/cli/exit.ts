// Failure of a command: one sentence, and the exit code: 0 done or stopped, 1 failed, 2 bad input, 130 interrupted.
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { type ErrorCode, type ErrorParams, kindOf, UserError } from '../../shared/contracts/errors.ts';
import { isAbort } from '../run/control.ts';
import { problemText } from '../terminal/runReport.ts';
import type { Shell } from './shell.ts';

export const interrupted = 130;
export const badInput = 2;
const failed = 1;

/** Prints the sentence of an error. @returns the exit code */
export function fail(error: unknown, shell: Shell): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0; // --help, --version
    if (shell.json) printProblem('badArgument', { reason: error.message.replace(/^error: /, '') }, shell);
    return badInput; // without --json commander has printed it
  }
  if (isAbort(error)) {
    process.stderr.write('Stopped before there was anything to save.\n');
    return interrupted;
  }
  const { code, params } = error instanceof UserError ? error : bugOf(error, shell);
  printProblem(code, params, shell);
  return exitCodeOf(code);
}

export const exitCodeOf = (code: ErrorCode): number => (kindOf(code) === 'world' ? failed : badInput);

function printProblem(code: ErrorCode, params: ErrorParams, { json }: Shell): void {
  const sentence = problemText({ code, params });
  if (json) process.stdout.write(`${JSON.stringify({ type: 'error', code, params, sentence })}\n`);
  process.stderr.write(`${sentence}\n`);
}

/** Names the file with the stack trace of a bug: the run's log if fineTune() has written it there, else a new one. */
function bugOf(error: unknown, shell: Shell): UserError {
  const reason = error instanceof Error ? error.message : String(error);
  if (shell.logFile === undefined || !existsSync(shell.logFile)) {
    shell.logFile = join(tmpdir(), `shoulders-${process.pid}.log`);
    const words = `${error instanceof Error ? error.stack : error}\n`;
    try {
      writeFileSync(shell.logFile, words);
    } catch {
      process.stderr.write(words); // a full disk must not hide the error
    }
  }
  return new UserError('internal', { reason, log: shell.logFile });
}
