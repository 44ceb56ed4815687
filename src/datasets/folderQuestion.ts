// Decides from names alone whether to ask what the folders within class folders are.
import { type GroupRule, groupOf, saysInnerFolders } from '../../shared/dataset/groups.ts';
import { namePattern } from '../../shared/dataset/namePattern.ts';
import { countsOf, isFlat } from './index/datasetCounts.ts';
import type { ImageList } from './index/listImages.ts';

export interface FolderQuestion {
  readonly folderCount: number;
  /** `class/folder`. */
  readonly example: string;
  /** Whether the dataset folder has splits. */
  readonly isSplit: boolean;
}

/**
 * null: no question needed, because the recipe defines them, its pattern finds groups in file names, or there are no such folders.
 * @throws UserError recipeInvalid, for an invalid pattern
 */
export async function folderQuestion(list: ImageList, rule: GroupRule): Promise<FolderQuestion | null> {
  if (saysInnerFolders(rule)) return null;
  const pattern = rule.groupPattern === null ? null : await namePattern(rule.groupPattern);
  const paths = list.groups.flatMap(({ relativePaths }) => relativePaths);
  if (paths.some((path) => groupOf(path, pattern) !== path)) return null;
  const counts = countsOf(list);
  const { innerFolders, sameFolders, classNames } = counts;
  const isSplit = !isFlat(counts);
  if (innerFolders) return { ...innerFolders, isSplit };
  const [first] = sameFolders;
  return first === undefined
    ? null
    : { folderCount: sameFolders.length, example: `${classNames[0]}/${first}`, isSplit };
}
