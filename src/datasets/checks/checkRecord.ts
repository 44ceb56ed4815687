// The last check of a dataset: the stored record and the part of it kept in memory.
import { z } from 'zod';
import { CheckResult } from '../../../shared/contracts/checkResult.ts';
import type { Finding } from '../../../shared/contracts/finding.ts';
import { DatasetCounts, sameCounts, sum } from '../index/datasetCounts.ts';

/** The content of a file in the extension's storage. */
export const CheckRecord = z.object({
  version: z.literal(1),
  /** Absolute path. */
  dataset: z.string(),
  checkedAt: z.iso.datetime(),
  /** Recipe whose splits, seed and group pattern applied. */
  recipe: z.string(),
  /** Counts by name just before the check: different counts later mean that the folder has changed. */
  counts: DatasetCounts,
  result: CheckResult,
});
export type CheckRecord = z.infer<typeof CheckRecord>;

export interface CheckSummary {
  readonly checkedAt: Date;
  readonly recipe: string;
  readonly counts: DatasetCounts;
  readonly found: {
    readonly corrupt: number;
    readonly leak: number;
    /** Folders with images in more than one split that may be patients. */
    readonly folders: number;
    readonly duplicate: number;
    readonly suspect: number;
    /** Groups of look-alikes in more than one split or class. */
    readonly alike: number;
    /** Kinds of marks that may identify a person. */
    readonly identity: number;
  };
}

export function summaryOf({ checkedAt, recipe, counts, result }: CheckRecord): CheckSummary {
  const number = (suits: (finding: Finding) => boolean): number => result.findings.filter(suits).length;
  return {
    checkedAt: new Date(checkedAt),
    recipe,
    counts,
    found: {
      corrupt: number(({ kind }) => kind === 'corrupt'),
      leak: number(isLeak),
      folders: sum(result.findings.map((finding) => (finding.kind === 'innerFolders' ? finding.splitCount : 0))),
      duplicate: number((finding) => finding.kind === 'duplicate' && !isLeak(finding)),
      alike: number(({ kind }) => kind === 'nearDuplicate'),
      suspect: number(({ kind }) => kind === 'suspect'),
      identity: number(({ kind }) => kind === 'identifyingMarks'),
    },
  };
}

/** Whether one image or group (patient) is in more than one split. */
export const isLeak = (finding: Finding): boolean =>
  finding.kind === 'groupOverlap' || (finding.kind === 'duplicate' && finding.splits.length > 1);

export const troubleCount = ({ found }: CheckSummary): number =>
  found.corrupt + found.leak + found.folders + found.duplicate + found.alike + found.suspect + found.identity;

/** Whether the folder's counts differ from those at the check. */
export const isOutdated = (check: Pick<CheckRecord, 'counts'>, now: DatasetCounts): boolean =>
  !sameCounts(check.counts, now);
