// The entry of the command's thread, which main.ts starts: arguments -> one command -> exit code. Absent: what a command does.
import { notifyEnd } from '../run/interrupt.ts';
import { fail } from './exit.ts';
import { takeStandardStreams } from './ownStreams.ts';
import { createProgram } from './program.ts';
import type { Shell } from './shell.ts';

takeStandardStreams();

/** Read before the arguments are: they may be what is wrong. */
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
