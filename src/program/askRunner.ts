// Runs a short command of the runner that answers with one line of JSON.
import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Problem } from '../../shared/contracts/events.ts';
import { lastError, runnerEnvironment } from './runnerArguments.ts';
import { runToEnd } from './runnerProcess.ts';

export interface Question {
  /** Path of the command line program. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Absolute path the command works on; the command runs in the folder above it. */
  readonly runFolder: string;
  readonly signal: AbortSignal;
}

/** The reply, or the problem that the runner reported. @throws the signal's reason */
export async function askRunner<T>(
  { program, arguments: given, runFolder, signal }: Question,
  answer: z.ZodType<T>,
): Promise<{ readonly answer: T; readonly problem: null } | { readonly answer: null; readonly problem: Problem }> {
  const start = {
    program,
    arguments: [...given, '--json'],
    environment: runnerEnvironment(process.env, null),
    folder: dirname(runFolder),
  };
  const { code, output, errors } = await runToEnd(start, signal);
  const line: unknown = code === 0 ? JSON.parse(output.trim().split('\n').at(-1) ?? '') : undefined;
  const read = answer.safeParse(line);
  if (read.success) return { answer: read.data, problem: null };
  const reason = errors.trim() || `exit code ${code}`;
  return { answer: null, problem: lastError(output) ?? { code: 'badArgument', params: { reason } } };
}
