// What every command shares of the terminal: --json or text, the wish to stop, the log of a run.
import { interruptSignal } from '../run/interrupt.ts';
import type { Printer } from '../terminal/printer.ts';

export interface Shell {
  /** Programs read what is printed: one JSON object a line. */
  readonly json: boolean;
  /** Log of the run that this process works on; there is the stack of a bug, once the file exists. */
  logFile?: string;
}

/** Prints what a command has to say: `value` as a line of JSON, or `text` for people. */
export const answer = ({ json }: Pick<Shell, 'json'>, value: unknown, text: string): void => {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
};

/** A signal that the first Ctrl-C aborts; the second ends the program. @param words  printed at the first */
export const gentleStop = (
  words = 'Stopping after the current batch; once more ends at once.',
  { end }: Pick<Printer, 'end'> = { end() {} },
): AbortSignal =>
  interruptSignal(() => {
    end();
    process.stderr.write(`${words}\n`);
  });
