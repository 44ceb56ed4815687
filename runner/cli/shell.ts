// The terminal as all commands share it: --json or text, the request to stop, the log of a run.
import { interruptSignal } from '../run/interrupt.ts';
import type { Printer } from '../terminal/printer.ts';

export interface Shell {
  /** Output for programs: one JSON object per line. */
  readonly json: boolean;
  /** Log of the run that this process works on; it receives the stack trace of a bug, once the file exists. */
  logFile?: string;
}

/** Prints a command's answer: `value` as a line of JSON, or `text` for people. */
export const answer = ({ json }: Pick<Shell, 'json'>, value: unknown, text: string): void => {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
};

/** A signal aborted by the first Ctrl-C; the second ends the program. @param words  printed at the first */
export const gentleStop = (
  words = 'Stopping after the current batch; once more ends at once.',
  { end }: Pick<Printer, 'end'> = { end() {} },
): AbortSignal =>
  interruptSignal(() => {
    end();
    process.stderr.write(`${words}\n`);
  });
