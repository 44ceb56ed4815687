// A run's maps on demand: one program keeps the network loaded and answers one question after another; a new question replaces the
// current one.
import { ExplainAnswer, type ExplainQuestion, type ExplanationLine } from '../../shared/contracts/explanation.ts';
import { AskedProgram } from '../program/askedProgram.ts';

export interface ExplainerPorts {
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly runFolder: string;
  /** Value when the program starts; null: the program chooses. */
  readonly threads: () => number | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly idleMs?: number;
}

interface Asked {
  readonly question: ExplainQuestion;
  readonly onLine: (line: ExplanationLine) => void;
  /** Why the reply is incomplete; undefined: it is complete, or no longer needed. */
  readonly settle: (lost: string | undefined) => void;
}

export class Explainer {
  readonly #program: AskedProgram;
  #asked: Asked | undefined;
  #nextId = 0;

  constructor({ program, runFolder, threads, environment, idleMs = 60_000 }: ExplainerPorts) {
    this.#program = new AskedProgram({
      program,
      arguments: () => explainArguments(runFolder, threads()),
      environment,
      idleMs,
      onLine: (line) => this.#answered(line),
      onLost: (reason) => this.#settle(reason),
    });
  }

  /** @returns why the program ended before its reply was complete; undefined: it was, or another question replaced this one */
  ask(question: Omit<ExplainQuestion, 'id'>, onLine: (line: ExplanationLine) => void): Promise<string | undefined> {
    this.#settle(undefined);
    return new Promise((settle) => {
      this.#asked = { question: { ...question, id: this.#nextId++ }, onLine, settle };
      this.#program.ask([this.#asked.question]);
    });
  }

  /** Cancels the current question and keeps the network loaded. */
  stop(): void {
    if (this.#asked) void this.ask({ ...this.#asked.question, images: [] }, () => {});
  }

  /** Also unloads the network. The next question starts another program. */
  end(): void {
    this.#program.end();
    this.#settle(undefined);
  }

  #answered(text: string): void {
    const answer = answerOf(text);
    if (answer === undefined || answer.id !== this.#asked?.question.id) return; // reply to a replaced question
    if (answer.line === null) {
      this.#settle(undefined);
      this.#program.rest();
    } else this.#asked.onLine(answer.line);
  }

  #settle(lost: string | undefined): void {
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.settle(lost);
  }
}

export const explainArguments = (runFolder: string, threads: number | null): string[] => [
  'explain',
  runFolder,
  ...(threads === null ? [] : [`--threads=${threads}`]),
  '--json',
];

function answerOf(text: string): ExplainAnswer | undefined {
  try {
    return ExplainAnswer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // a line of another program
  }
}
