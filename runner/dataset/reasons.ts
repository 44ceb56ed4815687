// Counted reasons for left-out files, for a sentence and for lists.
import { posix } from 'node:path';
import { compareCodePoints } from '../../shared/codePoints.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import { reasonDicom, reasonsHeic, reasonToIgnore } from '../../shared/dataset/imageNames.ts';
import { groupedBy } from '../../shared/groupedBy.ts';

export interface LeftOut {
  readonly relativePath: string;
  readonly reason: string;
}

interface CountedReason {
  readonly reason: string;
  readonly count: number;
  /** The first in code-point order. */
  readonly example: string;
}

/** The most frequent first, then in code-point order. Each path counts once. */
function countReasons(leftOut: readonly LeftOut[]): CountedReason[] {
  const byPath = new Map(leftOut.map((one) => [one.relativePath, one]));
  return [...groupedBy(byPath.values(), ({ reason }) => reason)]
    .map(([reason, own]) => ({
      reason,
      count: own.length,
      example: own.map(({ relativePath }) => relativePath).sort(compareCodePoints)[0]!,
    }))
    .sort((a, b) => b.count - a.count || compareCodePoints(a.reason, b.reason));
}

/** Files and links that may have been meant as images, each once; files that systems create do not count. */
export function leftOutIn(findings: readonly Finding[]): LeftOut[] {
  const byPath = new Map<string, LeftOut>();
  for (const finding of findings)
    if (finding.kind === 'ignored' && reasonToIgnore(posix.basename(finding.relativePath)) === undefined)
      byPath.set(finding.relativePath, finding);
  return [...byPath.values()];
}

/**
 * Files that the user surely counts as images: behind links that are not followed or lead nowhere (as before `dvc pull`), and
 * of types that must be converted first. A table or a note beside the images does not count.
 */
export const missedImagesIn = (findings: readonly Finding[]): LeftOut[] =>
  leftOutIn(findings).filter(({ reason }) =>
    [reasonLinkOut, reasonLinkToNothing, reasonDicom, ...reasonsHeic].includes(reason),
  );

const namedAtMost = 3;

/** "12 x .xyz is not … (for example cat/1.xyz); 1 x an empty file (for example …); and 4 more" */
export function reasonsText(leftOut: readonly LeftOut[]): string {
  const reasons = countReasons(leftOut);
  const more = reasons.slice(namedAtMost).reduce((sum, { count }) => sum + count, 0);
  return [
    ...reasons
      .slice(0, namedAtMost)
      .map(({ reason, count, example }) => `${count} x ${reason} (for example "${example}")`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('; ');
}

export const reasonLinkOut =
  'a symbolic link out of the dataset folder (to follow it, name the folder that it leads into: --follow-links, in the editor shoulders.followLinks)';

export const reasonLinkToNothing = 'a broken symbolic link';
