// The index file: the sidebar's data of ended runs, so that a thousand rows appear before a thousand folders are read. It is only a
// cache: each run carries the stamps of the files it was read from, and whatever does not match is read again. It is in the extension's
// storage, not beside the runs: those are the user's files, on a disk that other machines may share or that may be read-only, and stamps
// are meaningless elsewhere. Absent: the text of a row; when runs are read (runIndex.ts).
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { RunLabels } from '../../../shared/contracts/labels.ts';
import { isRunId, type RunSummary } from '../../../shared/contracts/run.ts';
import { replaceFile } from '../../../shared/files/atomicFile.ts';
import type { Metrics } from '../metrics.ts';

/** A run whose own log has its end. */
export interface IndexedRun {
  readonly id: string;
  readonly folder: string;
  /** Stamps of run.json, log and labels.json: see stampsOf(). */
  readonly stamp: string;
  readonly logStamp: string;
  readonly labelsStamp: string;
  readonly labels: RunLabels;
  readonly hasCheckpoint: boolean;
  readonly metrics: Metrics;
  /** A leanSummary(). */
  readonly summary: RunSummary;
}

/** Raise it when the shape or the computation of a figure changes: every run is then read again. */
const version = 3;

/**
 * The same version of the extension validated the content when it was written, and the checksum shows that it is unchanged:
 * validating a thousand recipes again takes longer than all the rest (docs/benchmarks.md).
 */
const Known = z.array(
  z.looseObject({
    id: z.string().refine(isRunId),
    folder: z.string(),
    stamp: z.string(),
    logStamp: z.string(),
    labelsStamp: z.string(),
    labels: z.looseObject({}),
    hasCheckpoint: z.boolean(),
    metrics: z.looseObject({}),
    summary: z.looseObject({}),
  }),
);

const onlyInPanels = { evaluation: null, samples: [], warnings: [], alarms: [] } satisfies Partial<RunSummary>;

export const panelFields: readonly string[] = Object.keys(onlyInPanels);

/** Omits what only a panel shows, which is most of a run.json. */
export const leanSummary = (summary: RunSummary): RunSummary => ({ ...summary, ...onlyInPanels });

/**
 * Two lines: the writer with the CRC-32 of the second line, and the runs.
 *
 * @param by the extension's version
 */
export function indexText(runs: readonly IndexedRun[], by: string): string {
  const body = JSON.stringify(runs);
  return `${headOf(Buffer.from(body), by)}\n${body}\n`;
}

const headOf = (body: Uint8Array, by: string): string => JSON.stringify({ version, by, crc: crc32(body) });

/** No runs for a damaged file, or one of another version. Never throws. */
export function runsInIndex(bytes: Uint8Array, by: string): readonly IndexedRun[] {
  const headEnd = bytes.indexOf(lineFeed);
  const body = bytes.subarray(headEnd + 1, -1);
  if (headEnd < 0 || decoded(bytes.subarray(0, headEnd)) !== headOf(body, by)) return [];
  try {
    const json: unknown = JSON.parse(decoded(body));
    return Known.safeParse(json).success ? (json as IndexedRun[]) : [];
  } catch {
    return []; // not JSON
  }
}

const lineFeed = 10;

const decoded = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export interface IndexFile {
  /** Empty if there is no usable one. */
  read(): Promise<readonly IndexedRun[]>;
  /** Writes the result of `runs` a moment after the last such call. */
  keep(runs: () => readonly IndexedRun[]): void;
  dispose(): void;
}

/** @param by the extension's version */
export function openIndexFile(file: string, by: string, onError: (error: unknown) => void, delayMs = 2000): IndexFile {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written: string | undefined;
  const write = async (text: string): Promise<void> => {
    if (text === written) return;
    await mkdir(dirname(file), { recursive: true });
    await replaceFile(file, text);
    written = text;
  };
  return {
    async read() {
      const bytes = await readFile(file).catch(() => undefined); // missing or unreadable counts as empty
      return bytes ? runsInIndex(bytes, by) : [];
    },
    keep(runs) {
      clearTimeout(timer);
      timer = setTimeout(() => write(indexText(runs(), by)).catch(onError), delayMs);
    },
    dispose: () => clearTimeout(timer),
  };
}
