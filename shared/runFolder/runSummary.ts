// run.json as a file: the runner adds a checksum to the summary, and the one reader validates it.
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Problem } from '../contracts/events.ts';
import { files, RunSummary } from '../contracts/run.ts';
import { initialRunState, isOpenStatus, RunStatus } from '../contracts/runState.ts';
import type { Lean } from '../contracts/tables.ts';
import { TaskType } from '../contracts/task.ts';
import { type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { unlessMissing } from '../files/systemError.ts';
import { locatedState } from './places.ts';
import { withSummaryLists } from './tables.ts';
import { hashOf } from './verified.ts';

/**
 * Adds the SHA-256 of the values as compact JSON. A formatter, or a checkout with other line ends, may rewrite the text without harm;
 * a changed value breaks the checksum.
 */
export const withChecksum = <T extends RunSummary | Lean>(summary: T): T & { readonly sha256: string } => ({
  ...summary,
  sha256: hashOf(JSON.stringify(summary)),
});

/** A file without a checksum was written by an older version, and is accepted. */
function fitsChecksum(json: unknown): boolean {
  const { success, data } = HasChecksum.safeParse(json);
  if (!success) return true;
  const { sha256, ...values } = data;
  return hashOf(JSON.stringify(values)) === sha256;
}

/** Parses to its keys in the order of the file. */
const HasChecksum = z.custom<{ readonly sha256: unknown }>(
  (json) => typeof json === 'object' && json !== null && 'sha256' in json,
);

export type SummaryRead =
  /** `isWhole`: every list that it names is available. */
  | { readonly summary: RunSummary; readonly problem: null; readonly isWhole: boolean }
  /** runNewer: a version whose files have another meaning; runBroken: missing or damaged, so that only the log counts. */
  | { readonly summary: undefined; readonly problem: Problem };

const HasStatus = z.object({ status: RunStatus });
/** Recognized by the version number, or by a task that was added later. */
const IsNewer = z.union([
  z.object({ version: z.number().gt(1) }),
  z.object({ recipe: z.object({ task: z.string().refine((task) => !TaskType.safeParse(task).success) }) }),
]);

/**
 * @param unread  fields of an ended run whose large lists are not needed: they stay empty
 * @throws the system's error, unless the file is missing
 */
export async function readSummary(
  folder: string,
  fs: Pick<FsPort, 'readFile' | 'modifiedMs'> = nodeFileSystem,
  unread: readonly string[] = [],
): Promise<SummaryRead> {
  const run = basename(folder);
  const broken = (reason: string): SummaryRead => ({
    summary: undefined,
    problem: { code: 'runBroken', params: { run, reason: `${files.run} ${reason}` } },
  });
  const bytes = await fs.readFile(join(folder, files.run)).catch(unlessMissing);
  if (!bytes) return broken('is missing');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return broken('is not JSON');
  }
  if (!fitsChecksum(json)) return broken('does not fit its checksum');
  if (IsNewer.safeParse(json).success) return { summary: undefined, problem: { code: 'runNewer', params: { run } } };
  const { status } = HasStatus.safeParse(json).data ?? { status: 'running' };
  const passedOver = isOpenStatus(status) ? [] : unread;
  const whole = await withSummaryLists(json, initialRunState(run), folder, fs, passedOver);
  const parsed = RunSummary.safeParse(whole.json);
  if (parsed.success)
    return { summary: locatedState(parsed.data, folder), problem: null, isWhole: whole.lost.length === 0 };
  const issue = parsed.error.issues[0];
  return broken(`says ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

/** Neither log nor run.json can be read. */
export const brokenRun = (run: string): Problem => ({
  code: 'runBroken',
  params: { run, reason: `${files.run} and ${files.events} are missing or damaged` },
});
