// Leaks: copies of one file, and groups (patients) in more than one split. Only reports them; the user decides whether they
// matter.
import type { Finding } from '../../../shared/contracts/finding.ts';
import { type SplitName, splitNames } from '../../../shared/contracts/splits.ts';
import { groupedBy } from '../../../shared/groupedBy.ts';
import type { Targets } from '../targets.ts';

interface Placed {
  readonly relativePath: string;
  readonly group: string;
  readonly sha256: string;
  readonly split: SplitName;
}

/** Byte-identical images, wherever they are; then groups in more than one split. */
export function checkLeak<Target extends object>(
  images: readonly (Placed & Target)[],
  { namesIn }: Pick<Targets<Target>, 'namesIn'>,
): Finding[] {
  const duplicates = [...groupedBy(images, ({ sha256 }) => sha256).values()]
    .filter((copies) => copies.length > 1)
    .map(
      (copies): Finding => ({
        kind: 'duplicate',
        relativePaths: copies.map(({ relativePath }) => relativePath),
        splits: splitsOf(copies),
        classNames: namesIn(copies),
      }),
    );
  const overlaps = [...groupedBy(images, ({ group }) => group)].flatMap(([group, members]): Finding[] =>
    splitsOf(members).length > 1
      ? [{ kind: 'groupOverlap', group, splits: splitsOf(members), imageCount: members.length }]
      : [],
  );
  return [...duplicates, ...overlaps];
}

const splitsOf = (images: readonly Placed[]): SplitName[] =>
  splitNames.filter((name) => images.some(({ split }) => split === name));
