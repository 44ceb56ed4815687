// A program that is asked by its standard input and answers line by line: started with the first question, ended after a while without
// one. One that ends unexpectedly is told of, and the next question starts another.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface AskedProgramPorts {
  /** Absolute path of the command line program. */
  readonly program: string;
  /** As they are when it is started. */
  readonly arguments: () => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** It has ended by itself: what was asked gets no answer. */
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

  /** Each question as a line of JSON. */
  ask(questions: readonly unknown[]): void {
    clearTimeout(this.#idle);
    this.#child ??= this.#start();
    this.#child.stdin.write(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  }

  /** No answer is awaited: it ends after a while, unless it is asked again. */
  rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#child?.stdin.end();
      this.#child = undefined;
    }, this.#ports.idleMs);
  }

  /** At once; nothing is told of it. The next question starts another. */
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
    child.stdin.on('error', () => {}); // it has ended: 'close' tells
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (this.#child === child) onLine(line);
    });
    const over = (reason: string): void => {
      if (this.#child !== child) return; // it was let go
      this.#child = undefined;
      onLost(said.trimEnd().split('\n').at(-1) || reason);
    };
    child.once('error', (error) => over(error.message));
    child.once('close', (code, signal) => over(signal ?? `exit code ${code}`));
    return child;
  }
}
