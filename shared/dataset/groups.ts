// Images that belong together: those of one patient (by folder or name), and copies of one file.
import { posix } from 'node:path';
import { UserError } from '../contracts/errors.ts';
import type { Recipe } from '../contracts/recipe.ts';
import { disjointSets } from './disjointSets.ts';
import { innerFolderOf, type Placed, pathInClass } from './innerFolders.ts';
import { type NamePattern, namePattern, patternProblem } from './namePattern.ts';

export type GroupRule = Pick<Recipe, 'groups' | 'groupPattern'>;

/**
 * Returns the group of each image; an image without a group forms its own, named by its path.
 * @throws UserError recipeInvalid for a pattern that even a run of an older version cannot keep; new ones are refused with their recipe
 */
export async function groupingBy({ groups, groupPattern }: GroupRule): Promise<(image: Placed) => string> {
  if (groups === 'folder') return (image) => innerFolderOf(image) ?? image.relativePath;
  if (groups === 'image' || groupPattern === null) return ({ relativePath }) => relativePath;
  const pattern = await namePattern(groupPattern, 'recorded');
  if (!readsFolders(groupPattern)) return ({ relativePath }) => groupOf(relativePath, pattern);
  return (image) => groupOf(image.relativePath, pattern, pathInClass(image));
}

/**
 * Refuses a pattern for paths that was written for more than the path within the class folder, and so matches none: every image would be
 * its own group. Passes a pattern without a shorter one that groups images: it may be meant for folders that these images do not have.
 *
 * @throws UserError groupPatternTooFar, with a pattern that does match; recipeInvalid
 */
export async function refuseOuterPattern(
  { groups, groupPattern }: GroupRule,
  images: readonly Placed[],
): Promise<void> {
  if (groups !== 'pattern' || groupPattern === null || !readsFolders(groupPattern)) return;
  const pattern = await namePattern(groupPattern);
  if (images.some((image) => pattern(pathInClass(image)))) return;
  const shortened = await Promise.all(shortenedOf(groupPattern).map(suggestionOf));
  const usual = await Promise.all(['^([^/]+)/', '^([^_]+)_'].map(suggestionOf));
  for (const image of images) {
    const path = pathInClass(image);
    const outer = outerPathsOf(image).find((one) => pattern(one));
    if (outer === undefined) continue;
    const suggestions = pattern(inAnotherFolder(outer)) ? shortened : [...shortened, ...usual];
    const suggestion = suggestions.find(({ groupsAt }) => groupsAt(path))?.source;
    if (suggestion !== undefined)
      throw new UserError('groupPatternTooFar', { pattern: groupPattern, path, outer, suggestion });
  }
}

/** The path from the class folder on, and in a dataset with splits from the split folder on. */
const outerPathsOf = ({ relativePath, split }: Placed): string[] =>
  split === null ? [relativePath] : [relativePath.slice(relativePath.indexOf('/') + 1), relativePath];

/** A pattern that matches this as well names no class or split: its folder may be any. */
const inAnotherFolder = (path: string) => `x${path.slice(path.indexOf('/'))}`;

interface Suggestion {
  readonly source: string;
  /** Whether it finds a group in the path within the class folder, and not just the whole name. */
  groupsAt(path: string): boolean;
}

async function suggestionOf(source: string): Promise<Suggestion> {
  const pattern = await namePattern(source);
  const textOf = readsFolders(source) ? (path: string) => path : posix.basename;
  return {
    source,
    groupsAt(path) {
      const text = textOf(path);
      return ![path, text].includes(groupOf(path, pattern, text));
    },
  };
}

/** The pattern without its first folder, without its first two, and so on, as far as it can be used. */
function shortenedOf(pattern: string): string[] {
  const shorter = withoutFirstFolder(pattern);
  return shorter === undefined || patternProblem(shorter) !== undefined ? [] : [shorter, ...shortenedOf(shorter)];
}

/** `^b` of `^a/b`; undefined: no / outside of (groups) and [brackets]. */
function withoutFirstFolder(pattern: string): string | undefined {
  const parts = pattern.match(/\\?\/|\\.|\[(?:\\.|[^\]])*\]|./gsu) ?? [];
  let depth = 0;
  for (const [i, part] of parts.entries()) {
    if (depth === 0 && part.endsWith('/') && !part.startsWith('[')) return `^${parts.slice(i + 1).join('')}`;
    depth += part === '(' ? 1 : part === ')' ? -1 : 0;
  }
  return undefined;
}

/** True if the recipe declares the meaning of folders within class folders. */
export const saysInnerFolders = ({ groups, groupPattern }: GroupRule): boolean =>
  groups !== 'pattern' || (groupPattern !== null && readsFolders(groupPattern));

/**
 * A / in the pattern, outside of [brackets], cannot match in a file name, so the pattern applies to paths; one without it still
 * applies to file names.
 */
export const readsFolders = (pattern: string): boolean =>
  pattern
    .replace(/\\[^/]/gu, '')
    .replace(/\[[^\]]*\]/gu, '')
    .includes('/');

/** The first capture group of the pattern in `text` (by default the file name), or the whole match, or otherwise the path. */
export function groupOf(
  relativePath: string,
  pattern: NamePattern | null,
  text = posix.basename(relativePath),
): string {
  if (pattern === null) return relativePath;
  const match = pattern(text);
  return match?.first ?? (match?.whole || relativePath);
}

/**
 * Joins images that share a group, their bytes or (by `look`) their looks, directly or through others: each unit must stay in one split.
 *
 * @returns a number per image; equal numbers belong together
 */
export function unitsOf(
  images: readonly { readonly group: string; readonly sha256: string; readonly look?: number | undefined }[],
): number[] {
  const { rootOf, join } = disjointSets(images.length);
  const keys = [
    (i: number) => images[i]!.group,
    (i: number) => images[i]!.sha256,
    (i: number) => images[i]!.look ?? -1 - i,
  ];
  for (const keyOf of keys) {
    const first = new Map<string | number, number>();
    images.forEach((_, i) => {
      const known = first.get(keyOf(i));
      if (known === undefined) first.set(keyOf(i), i);
      else join(i, known);
    });
  }
  return images.map((_, i) => rootOf(i));
}
