// A program that reads questions on standard input and answers line by line: it starts with the first question and ends after idling.
// An unexpected end is reported, and the next question starts another.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface AskedProgramPorts {
  /** Absolute path of the command line program. */
  readonly program: string;
  /** Values when it starts. */
  readonly arguments: () => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** The program ended by itself: pending questions get no reply. */
  readonly onLost: (reason: string) => void;
  readonly idleMs: number;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export class AskedProgram {
  readonly #ports: AskedProgramPorts;
  #child: Child | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: AskedProgramPorts) {
    this.#ports = ports;
  }

  /** Writes each question as a line of JSON. */
  ask(questions: readonly unknown[]): void {
    clearTimeout(this.#idle);
    this.#child ??= this.#start();
    this.#child.stdin.write(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  }

  /** No reply is pending: the program ends after a while unless another question comes. */
  rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#child?.stdin.end();
      this.#child = undefined;
    }, this.#ports.idleMs);
  }

  /** Ends it at once without a report. The next question starts another. */
  end(): void {
    clearTimeout(this.#idle);
    this.#child?.kill();
    this.#child = undefined;
  }

  #start(): Child {
    const { program, arguments: argumentsNow, environment, onLine, onLost } = this.#ports;
    const child = spawn(process.execPath, [program, ...argumentsNow()], {
      env: { ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-2000);
    });
    child.stdin.on('error', () => {}); // it has ended: 'close' reports that
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (this.#child === child) onLine(line);
    });
    const over = (reason: string): void => {
      if (this.#child !== child) return; // it was replaced
      this.#child = undefined;
      onLost(said.trimEnd().split('\n').at(-1) || reason);
    };
    child.once('error', (error) => over(error.message));
    child.once('close', (code, signal) => over(signal ?? `exit code ${code}`));
    return child;
  }
}
