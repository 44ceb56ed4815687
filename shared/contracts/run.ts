// The shape of run.json, and of a run's name.
import { z } from 'zod';
import { RunState } from './runState.ts';

/** run.json: identity and latest state without the rows of events.jsonl. Replaced atomically at every change of state and every epoch. */
export const RunSummary = RunState.omit({ epochs: true, progress: true, findings: true }).extend({
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Together with pid, distinguishes this runner from a later process of the same number. Milliseconds since the epoch. */
  processStartedAt: z.number(),
  versions: z.record(z.string(), z.string()),
  epochCount: z.int(),
  headline: z.object({ name: z.string(), value: z.number() }).nullable(),
  /** Hash of all other values in the file (runFolder/runSummary.ts). Absent in runs of older versions. */
  sha256: z.string().optional(),
});
export type RunSummary = z.infer<typeof RunSummary>;

/**
 * Whether run.json was written after the last event that was read from the log. It is written after each; on a network disk either may
 * be seen late.
 * @param eventAt  time of the event; undefined: there was none
 */
export const isAfter = ({ updatedAt }: Pick<RunSummary, 'updatedAt'>, eventAt: string | undefined): boolean =>
  eventAt === undefined || Date.parse(updatedAt) >= Date.parse(eventAt);

export const files = {
  run: 'run.json',
  /** Labels that a person gave the run: contracts/labels.ts. */
  labels: 'labels.json',
  events: 'events.jsonl',
  evaluation: 'evaluation.json',
  model: 'model.safetensors',
  onnx: 'model.onnx',
  checkpoint: 'checkpoint.safetensors',
  /** The previous checkpoint, in case the newest is damaged. */
  olderCheckpoint: 'checkpoint.older.safetensors',
  log: 'runner.log',
  /** A folder with the name of the process that works on the run. */
  lock: 'lock',
  /** Its presence requests the runner to stop after the current batch. */
  stopRequest: 'stop',
  /** Its presence requests the runner to wait before its next batch. */
  pauseRequest: 'pause',
  /** Its presence requests a run that waits for the disk to try at once. */
  retryRequest: 'retry',
  /** Space that a run frees on a full disk to log that it waits. */
  reserve: 'reserve',
  /** Touched by every editor window that watches the run; see `attended` of the job. */
  attended: 'attended',
  /** The images that the run saw, with their hashes (imageList.ts). */
  images: 'images.csv',
  /** Looks at the test split: by whom, and when (testLooks.ts). */
  testLooks: 'test-looks.jsonl',
  /** Evaluation records, one folder each (evaluationRecord.ts). */
  evaluations: 'evaluations',
  metrics: 'metrics.csv',
  reportHtml: 'report.html',
  reportMarkdown: 'report.md',
  tensorboard: 'tensorboard',
  /** A folder of overlays drawn by `shoulders explain`. */
  explanations: 'explanations',
  /** A large list of an event or of run.json (tables.ts), named after its field and the hash of its bytes. */
  table: (field: string, sha256: string) => `tables/${field}-${sha256.slice(0, 16)}.json`,
  isTable: (file: string) => /^tables\/\w{1,40}-[0-9a-f]{16}\.json$/.test(file),
  sample: (index: number) => `samples/${String(index).padStart(2, '0')}.jpg`,
  predictions: (split: 'val' | 'test') => `predictions/${split}.csv`,
  epochPredictions: (epoch: number) => `predictions/epochs/${String(epoch).padStart(4, '0')}.csv`,
} as const;

const slug = (text: string) =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32) || 'data';

/** `<yyyymmdd-hhmmss>-<dataset>-<arch>-<4 hex>`, local time; sorts by start. `random16` in [0, 65536). */
export const runIdOf = (dataset: string, architecture: string, now: Date, random16: number): string =>
  datedId(dataset, [architecture], now, random16);

/** A folder name that sorts by time: `<yyyymmdd-hhmmss>-<last name of the path>-<words>-<4 hex>`, local time. */
export function datedId(path: string, words: readonly string[], now: Date, random16: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const name =
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? '';
  return [day, time, slug(name), ...words, random16.toString(16).padStart(4, '0')].join('-');
}

export const isRunId = (text: string): boolean => /^\d{8}-\d{6}-[a-z0-9-]{1,60}-[0-9a-f]{4}$/.test(text);
