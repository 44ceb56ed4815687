// Entry point of the command's thread, started by supervised.ts: arguments -> one command -> exit code. Absent: the commands' work.
import { notifyEnd } from '../run/interrupt.ts';
import { fail } from './exit.ts';
import { takeStandardStreams } from './ownStreams.ts';
import { createProgram } from './program.ts';
import type { Shell } from './shell.ts';

takeStandardStreams();

/** Looked up before the arguments are parsed, because parsing may fail. */
const shell: Shell = { json: process.argv.includes('--json') };

process.on('uncaughtException', (error) => {
  const code = fail(error, shell);
  notifyEnd(code);
  process.exit(code);
});

try {
  await createProgram(shell).parseAsync();
} catch (error) {
  process.exitCode = fail(error, shell);
}
notifyEnd(Number(process.exitCode ?? 0));
