// What `shoulders explain` is started with, and which image of how many it gets at once. Pure.
import type { CamQuestion } from '../../webview/explanationContract.ts';

export interface ExplainRequest {
  /** Absolute, as all paths here. */
  readonly runFolder: string;
  readonly images: readonly string[];
  readonly question: CamQuestion;
  readonly check: boolean;
  readonly threads: number | null;
}

/** Images follow `--`, so that none can be taken for an option. */
export const explainArguments = ({ runFolder, images, question, check, threads }: ExplainRequest): string[] => [
  'explain',
  runFolder,
  `--class=${question.target}`,
  `--of=${question.of}`,
  `--layer=${question.layer}`,
  `--method=${question.method}`,
  ...(check ? ['--check'] : []),
  ...(threads === null ? [] : [`--threads=${threads}`]),
  '--json',
  '--',
  ...images,
];

/** Windows takes 32,767 characters a command line; the other arguments need some. */
const mostCharacters = 24_000;

/** In their order, as many as a command line holds. */
export function batchesOf(paths: readonly string[], limit = mostCharacters): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const path of paths) {
    const length = path.length + 3; // quotes and a space
    if (batches.length === 0 || length > room) {
      batches.push([]);
      room = limit;
    }
    batches.at(-1)!.push(path);
    room -= length;
  }
  return batches;
}
