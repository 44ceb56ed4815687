// A program that makes thumbnails while they are wanted: started with the first wish, ended after a while without one, and with the
// panel. It is asked by its standard input and answers line by line; one that ends unexpectedly leaves no wish without an answer.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Thumbnail } from '../../runner/contracts/thumbnail.ts';

export interface ThumbnailPorts {
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly dataset: string;
  readonly cacheFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Once for every wish. */
  readonly made: (thumbnail: Thumbnail) => void;
  readonly idleMs?: number;
}

type Program = ChildProcessByStdio<Writable, Readable, Readable>;

export class ThumbnailMaker {
  readonly #ports: ThumbnailPorts;
  readonly #waiting = new Set<string>();
  #program: Program | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(ports: ThumbnailPorts) {
    this.#ports = ports;
  }

  /** What is being made is not asked for twice. */
  want(relativePaths: readonly string[]): void {
    const news = relativePaths.filter((path) => !this.#waiting.has(path));
    if (this.#disposed || news.length === 0) return;
    clearTimeout(this.#idle);
    for (const path of news) this.#waiting.add(path);
    this.#program ??= this.#start();
    this.#program.stdin.write(news.map((path) => `${JSON.stringify(path)}\n`).join(''));
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#idle);
    this.#waiting.clear();
    this.#program?.kill();
  }

  #start(): Program {
    const { program, dataset, cacheFolder, environment } = this.#ports;
    const child = spawn(process.execPath, [program, 'thumbnails', dataset, '--json', `--cache-folder=${cacheFolder}`], {
      env: { ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-2000);
    });
    child.stdin.on('error', () => {}); // it has ended: 'close' tells
    createInterface({ input: child.stdout }).on('line', (line) => this.#answered(line));
    let ended = false;
    const over = (reason: string): void => {
      if (ended) return;
      ended = true;
      if (this.#program === child) this.#program = undefined;
      this.#giveUp(said.trimEnd().split('\n').at(-1) || reason);
    };
    child.once('error', (error) => over(error.message));
    child.once('close', (code, signal) => over(signal ?? `exit code ${code}`));
    return child;
  }

  #answered(line: string): void {
    const parsed = Thumbnail.safeParse(parseJson(line));
    if (!parsed.success || !this.#waiting.delete(parsed.data.relativePath)) return;
    this.#ports.made(parsed.data);
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#rest(), this.#ports.idleMs ?? 30_000);
  }

  /** The next wish starts another program. */
  #rest(): void {
    this.#program?.stdin.end();
    this.#program = undefined;
  }

  #giveUp(reason: string): void {
    if (this.#program !== undefined) return; // an idle one has ended while its successor works
    const lost = [...this.#waiting];
    this.#waiting.clear();
    for (const relativePath of lost) this.#ports.made({ type: 'noThumbnail', relativePath, reason });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // judged by the schema
  }
}
