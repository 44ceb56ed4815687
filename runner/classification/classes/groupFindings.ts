// Groups in a set of class folders: the number that the rule makes, and folders that may be groups although nothing declares it.
import { posix } from 'node:path';
import type { Finding } from '../../../shared/contracts/finding.ts';
import type { SplitName } from '../../../shared/contracts/splits.ts';
import { type GroupRule, readsFolders } from '../../../shared/dataset/groups.ts';
import { innerFoldersOf, type Placed, pathInClass } from '../../../shared/dataset/innerFolders.ts';

interface Grouped extends Placed {
  readonly group: string;
  readonly usedIn: SplitName;
}

/** The number of groups made by the rule; if there are none, folders that may be groups and have images in several splits. */
export function groupFindings(images: readonly Grouped[], rule: GroupRule): Finding[] {
  const matched = images.filter(({ group, relativePath }) => group !== relativePath);
  const text = groupNote(rule, matched, images.length, new Set(images.map(({ group }) => group)).size);
  const inner = rule.groups === 'pattern' && matched.length === 0 ? innerFoldersOf(images) : null;
  return [
    ...(inner !== null && inner.splitCount > 0 ? [{ kind: 'innerFolders', ...inner } as const] : []),
    ...(text === null ? [] : [{ kind: 'note', text } as const]),
  ];
}

function groupNote(
  { groups, groupPattern }: GroupRule,
  matched: readonly Grouped[],
  imageCount: number,
  groupCount: number,
): string | null {
  if (groups === 'folder')
    return matched.length === 0
      ? 'The recipe says groups "folder", but no class folder contains folders: every image counts as a group of its own'
      : `${groupCount} groups by the folders within the class folders, which hold ${matched.length} of ${imageCount} images`;
  if (groups === 'image' || groupPattern === null) return null;
  const isPath = readsFolders(groupPattern);
  const what = isPath ? 'paths within the class folders' : 'file names';
  const [first] = matched;
  if (first === undefined)
    return `The group pattern ${groupPattern} matches none of the ${what}: every image counts as a group of its own`;
  const text = isPath ? pathInClass(first) : posix.basename(first.relativePath);
  return `${groupCount} groups by the pattern ${groupPattern}, which matches ${matched.length} of ${imageCount} ${what} (for example "${first.group}" in "${text}")`;
}
