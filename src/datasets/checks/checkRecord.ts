// The last check of a dataset, as it is kept between windows, and what of it stays in memory.
import { z } from 'zod';
import { CheckResult } from '../../../shared/contracts/checkResult.ts';
import type { Finding } from '../../../shared/contracts/finding.ts';
import { DatasetCounts, sameCounts, sum } from '../index/datasetCounts.ts';

/** The content of a file in the extension's storage. */
export const CheckRecord = z.object({
  version: z.literal(1),
  /** Absolute. */
  dataset: z.string(),
  checkedAt: z.iso.datetime(),
  /** Whose split, seed and group pattern applied. */
  recipe: z.string(),
  /** By names, just before the check: another count later means that the folder has changed. */
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
    /** Groups that look almost the same, in more than one split or class. */
    readonly alike: number;
    /** Kinds of marks that may tell who a person is. */
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

/** One image, or one group (patient), in more than one split. */
export const isLeak = (finding: Finding): boolean =>
  finding.kind === 'groupOverlap' || (finding.kind === 'duplicate' && finding.splits.length > 1);

export const troubleCount = ({ found }: CheckSummary): number =>
  found.corrupt + found.leak + found.folders + found.duplicate + found.alike + found.suspect + found.identity;

/** The folder holds other numbers of images than when it was checked. */
export const isOutdated = (check: Pick<CheckRecord, 'counts'>, now: DatasetCounts): boolean =>
  !sameCounts(check.counts, now);
