// Thumbnails on demand: each request is answered once, also when the program that makes them ends unexpectedly.
import { Thumbnail } from '../../shared/contracts/thumbnail.ts';
import { AskedProgram } from '../program/askedProgram.ts';
import { linkArguments } from '../program/runnerArguments.ts';

export interface ThumbnailPorts {
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly dataset: string;
  /** Absolute paths of folders that its symbolic links may lead into. */
  readonly linkFolders?: readonly string[];
  readonly cacheFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Called once for every request. */
  readonly made: (thumbnail: Thumbnail) => void;
  readonly idleMs?: number;
}

export class ThumbnailMaker {
  readonly #made: ThumbnailPorts['made'];
  readonly #waiting = new Set<string>();
  readonly #program: AskedProgram;
  #disposed = false;

  constructor({ program, dataset, linkFolders, cacheFolder, environment, made, idleMs = 30_000 }: ThumbnailPorts) {
    this.#made = made;
    this.#program = new AskedProgram({
      program,
      arguments: () => [
        'thumbnails',
        dataset,
        '--json',
        `--cache-folder=${cacheFolder}`,
        ...linkArguments(linkFolders),
      ],
      environment,
      idleMs,
      onLine: (line) => this.#answered(line),
      onLost: (reason) => this.#giveUp(reason),
    });
  }

  /** Skips thumbnails that are already being made. */
  want(relativePaths: readonly string[]): void {
    const news = relativePaths.filter((path) => !this.#waiting.has(path));
    if (this.#disposed || news.length === 0) return;
    for (const path of news) this.#waiting.add(path);
    this.#program.ask(news);
  }

  dispose(): void {
    this.#disposed = true;
    this.#waiting.clear();
    this.#program.end();
  }

  #answered(line: string): void {
    const parsed = Thumbnail.safeParse(parseJson(line));
    if (!parsed.success || !this.#waiting.delete(parsed.data.relativePath)) return;
    this.#made(parsed.data);
    if (this.#waiting.size === 0) this.#program.rest();
  }

  #giveUp(reason: string): void {
    const lost = [...this.#waiting];
    this.#waiting.clear();
    for (const relativePath of lost) this.#made({ type: 'noThumbnail', relativePath, reason });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema validates it
  }
}
