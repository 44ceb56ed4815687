// Index of a folder: its classes, splits and files. Names only: no image is opened.
import { compareCodePoints } from '../../../shared/codePoints.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Finding } from '../../../shared/contracts/finding.ts';
import type { ListedImage } from '../../../shared/contracts/imageList.ts';
import { type SplitName, splitNames } from '../../../shared/contracts/splits.ts';
import { reasonNotAnImage } from '../../../shared/dataset/imageNames.ts';
import { sameFoldersInEach } from '../../../shared/dataset/innerFolders.ts';
import {
  classesNamedLikeSplits,
  namesOfSeveralSplits,
  rivalsAmong,
  splitFoldersAmong,
  splitOfKeyword,
  splitOfName,
  type TopFolder,
} from '../../../shared/dataset/splitFolders.ts';
import { groupedBy } from '../../../shared/groupedBy.ts';
import type { IndexedFolder, IndexedImage } from '../../dataset/indexed.ts';
import { leftOutIn, reasonsText } from '../../dataset/reasons.ts';
import { createWalker, type FoundFile, refuseMissing, type Walker } from '../../dataset/walk.ts';
import type { IndexOptions } from '../../task.ts';
import type { Labelled } from './classTargets.ts';

/**
 * Reads an ImageFolder: `train`, `val` and `test`, by the names of dataset/splitFolders.ts, each with class folders; or class folders alone. Images in folders within a class folder belong to the class. A `train` folder without folders
 * is a class of that name.
 *
 * @param innerFolders  known: the outer folders are the classes, by the recipe or an earlier start of the run
 * @throws UserError folderMissing, notADataset, nestedDataset, oneClass, emptyClass, classMissingInSplit, ambiguousFolders,
 * twoFoldersForSplit, sameFoldersInEach, classesNamedLikeSplits
 */
export async function indexFolder(
  folder: string,
  { innerFolders = 'unknown', recorded, ...options }: IndexOptions = {},
): Promise<IndexedFolder<Labelled>> {
  await refuseMissing(folder);
  const walker = await createWalker(folder, options);
  const named = await namedLikeSplits(walker);
  const isRecorded = ({ name }: TopFolder) => recorded === undefined || isSplitIn(recorded, name);
  const splitFolders = splitFoldersOf(folder, named.filter(isRecorded));
  const classFolders = await classFoldersOf(walker, splitFolders);
  const classNames = [...new Set(classFolders.map(({ className }) => className))].sort(compareCodePoints);
  refuseTwins(classNames);
  const found = await walker.findImages(classFolders.map(({ relativePath }) => relativePath));
  await refuseUnusable(folder, walker, classFolders, classNames, found);

  const byPath = new Map(classFolders.map((classFolder) => [classFolder.relativePath, classFolder]));
  const labelOf = new Map(classNames.map((className, label) => [className, label]));
  const images = found.map(({ folder: path, ...file }): IndexedImage<Labelled> => {
    const { className, split } = byPath.get(path)!;
    return { ...file, label: labelOf.get(className)!, givenSplit: split };
  });
  const givenSplits = splitNames.filter((split) => splitFolders.some((given) => given.split === split));
  if (innerFolders === 'unknown') refuseOtherLayouts(folder, classNames, images);
  const findings = sorted([...walker.findings, ...nameNotes(named, splitFolders, classNames)]);
  return { index: { folder, classNames, images, givenSplits }, findings };
}

interface SplitFolder {
  readonly split: SplitName;
  readonly relativePath: string;
}

interface ClassFolder {
  readonly className: string;
  readonly split: SplitName | null;
  readonly relativePath: string;
}

/** The split folders that contain class folders; none for a dataset without splits. */
function splitFoldersOf(folder: string, named: readonly TopFolder[]): SplitFolder[] {
  const chosen = splitFoldersAmong(named);
  for (const [split, own] of groupedBy(chosen, (one) => one.split)) {
    const names = own.map(({ name }) => name).join(', ');
    if (own.length > 1) throw new UserError('twoFoldersForSplit', { folder, names, split });
  }
  return chosen.map(({ name, split }) => ({ split, relativePath: name }));
}

/** Older versions read splits by keywords alone: a folder with one among other words was a class, or ignored beside the splits. */
const isSplitIn = (recorded: readonly ListedImage[], name: string): boolean =>
  splitOfKeyword(name) !== undefined ||
  recorded.some(({ relativePath, className }) => relativePath.startsWith(`${name}/`) && className !== name);

/** The folders that are named like splits, with their folders. */
async function namedLikeSplits(walker: Walker): Promise<TopFolder[]> {
  const named: TopFolder[] = [];
  for (const name of (await walker.list('')).folders)
    if (splitOfName(name) !== undefined) named.push({ name, folders: (await walker.list(name)).folders });
  return named;
}

/**
 * Names folders that a word in their names makes splits, or that are ignored or classes in spite of one: the user may have meant
 * something else.
 */
function nameNotes(
  named: readonly TopFolder[],
  splitFolders: readonly SplitFolder[],
  classNames: readonly string[],
): Finding[] {
  const byWord = splitFolders.filter(({ relativePath }) => splitOfKeyword(relativePath) === undefined);
  const splits = byWord.map(({ relativePath, split }) => `"${relativePath}" is ${split}`).join(', ');
  const rivals = splitFolders.length === 0 ? [] : [...groupedBy(rivalsAmong(named), ({ split }) => split)];
  const classes = splitFolders.length === 0 ? namesOfSeveralSplits(classNames) : [];
  return [
    ...(splits === '' ? [] : [`Split folders by a word in their names: ${splits}`]),
    ...rivals.map(([split, own]) => {
      const names = quotedList(own.map(({ name }) => name));
      return `The folders ${names} are all named like ${split}, so none of them is read: name one of them ${split} to use it`;
    }),
    ...(classes.length === 0 ? [] : [`The folders ${quotedList(classes)} are named like splits, but are classes here`]),
  ].map((text) => ({ kind: 'note', text }));
}

async function classFoldersOf(walker: Walker, splitFolders: readonly SplitFolder[]): Promise<ClassFolder[]> {
  const top = await walker.list('');
  await ignoreStrays(walker, '', top.files);
  if (splitFolders.length === 0)
    return top.folders.map((className) => ({ className, split: null, relativePath: className }));
  for (const name of top.folders)
    if (!splitFolders.some(({ relativePath }) => relativePath === name))
      walker.ignore(name, 'a folder beside the splits, or a split without class folders');
  const classFolders: ClassFolder[] = [];
  for (const { split, relativePath } of splitFolders) {
    const { folders, files } = await walker.list(relativePath);
    await ignoreStrays(walker, relativePath, files);
    for (const className of folders)
      classFolders.push({ className, split, relativePath: `${relativePath}/${className}` });
  }
  return classFolders;
}

async function ignoreStrays(walker: Walker, folder: string, names: readonly string[]): Promise<void> {
  for (const name of names)
    await walker.ignoreByName(
      folder === '' ? name : `${folder}/${name}`,
      reasonNotAnImage(name) ?? 'an image outside the class folders',
    );
}

/** Names that denote one folder on another machine: macOS and Windows ignore case, macOS the encoding of accents. */
function refuseTwins(classNames: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of classNames) {
    const key = name.normalize('NFC').toLowerCase();
    const twin = seen.get(key);
    if (twin !== undefined) throw new UserError('ambiguousFolders', { names: `"${twin}" and "${name}"` });
    seen.set(key, name);
  }
}

async function refuseUnusable(
  folder: string,
  walker: Walker,
  classFolders: readonly ClassFolder[],
  classNames: readonly string[],
  found: readonly FoundFile[],
): Promise<void> {
  const leftOut = leftOutIn(walker.findings);
  const options = { findings: sorted(walker.findings) };
  if (found.length === 0) {
    if (leftOut.length === 0) throw new UserError('notADataset', { folder });
    const params = { folder, count: leftOut.length, reasons: reasonsText(leftOut) };
    throw new UserError('allPassedOver', params, options);
  }
  const filled = new Set(found.map((file) => file.folder));
  if (classNames.length === 1) {
    const [only] = classNames as [string];
    if (classFolders[0]!.split === null && (await walker.list(only)).folders.length > 1)
      throw new UserError('nestedDataset', { folder, className: only });
    throw new UserError('oneClass', { folder, className: only });
  }
  for (const { className, split, relativePath } of classFolders)
    if (!filled.has(relativePath)) {
      const own = leftOut.filter(
        (one) => one.relativePath.startsWith(`${relativePath}/`) || one.relativePath === relativePath,
      );
      const params = { className, split: split ?? 'the dataset folder' };
      if (own.length === 0) throw new UserError('emptyClass', params);
      throw new UserError('classPassedOver', { ...params, count: own.length, reasons: reasonsText(own) }, options);
    }
  for (const [split, own] of groupedBy(classFolders, (classFolder) => classFolder.split)) {
    const present = new Set(own.map(({ className }) => className));
    for (const className of classNames)
      if (!present.has(className)) throw new UserError('classMissingInSplit', { className, split: split! });
  }
}

/** Splits with other names, or patients, would be trained as classes. */
function refuseOtherLayouts(folder: string, classNames: readonly string[], images: readonly IndexedImage[]): void {
  const placed = images.map(({ relativePath, givenSplit }) => ({ relativePath, split: givenSplit }));
  const inner = sameFoldersInEach(placed);
  if (inner.length > 0)
    throw new UserError('sameFoldersInEach', { folder, names: quotedList(classNames), inner: quotedList(inner) });
  const likeSplits = classesNamedLikeSplits(classNames, placed);
  if (likeSplits.length > 0) throw new UserError('classesNamedLikeSplits', { folder, names: quotedList(likeSplits) });
}

const quotedList = (names: readonly string[]): string => {
  const shown = names.slice(0, 6).map((name) => `"${name}"`);
  return [...shown, ...(names.length > shown.length ? [`${names.length - shown.length} more`] : [])].join(', ');
};

/** Each finding once (folders are listed more than once), in order. */
function sorted(findings: readonly Finding[]): Finding[] {
  const pathOf = (finding: Finding) => ('relativePath' in finding ? finding.relativePath : '');
  const keyOf = (finding: Finding) => ('relativePath' in finding ? finding.relativePath : JSON.stringify(finding));
  const byKey = new Map(findings.map((finding) => [keyOf(finding), finding]));
  return [...byKey.values()].sort((a, b) => compareCodePoints(pathOf(a), pathOf(b)));
}
