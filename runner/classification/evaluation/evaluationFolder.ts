// Index of any folder of images to evaluate: class folders, train/val/test folders with class folders, or plain images without labels.
// More lenient than for a dataset: classes and splits may be missing. Names only: no image is opened. The folder is only read.

import type { EvaluatedData } from '../../../shared/contracts/classification/evaluationRecord.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { SplitName } from '../../../shared/contracts/splits.ts';
import { reasonNotAnImage } from '../../../shared/dataset/imageNames.ts';
import { shareName, splitOfKeyword, splitOfName, withoutRivals } from '../../../shared/dataset/splitFolders.ts';
import { appendAll } from '../../../shared/lists.ts';
import { leftOutIn, reasonsText } from '../../dataset/reasons.ts';
import { createWalker, type FoundFile, refuseMissing, type Walker } from '../../dataset/walk.ts';
import type { EvaluationFile, Skipped } from '../../evaluation/evaluation.ts';
import { type ClassMapping, mapClasses } from '../classes/classMapping.ts';

export interface FolderRequest {
  /** Absolute path. */
  readonly folder: string;
  /** null: all images. */
  readonly split: SplitName | null;
  /** Class names of the model. */
  readonly classNames: readonly string[];
  readonly ignoreUnknownClasses: boolean;
  /** Folder names are no labels, whatever they are. */
  readonly unlabelled: boolean;
  /** Absolute paths of outside folders that its symbolic links may lead into. */
  readonly linkFolders?: readonly string[] | undefined;
}

export interface FolderTarget {
  /** Label in the model's order; null when the folder is not labelled. */
  readonly label: number | null;
  /** Name of the class folder; null when not labelled. */
  readonly classFolder: string | null;
}

export interface FolderIndex {
  readonly labelled: boolean;
  /** In code-point order of `relativePath`. */
  readonly images: readonly (EvaluationFile & FolderTarget)[];
  readonly normalised: readonly string[];
  readonly ignoredClasses: EvaluatedData['ignoredClasses'];
  readonly skipped: readonly Skipped[];
}

/** @throws UserError folderMissing, noImages, splitMissing, unknownClasses, classesAmbiguous */
export async function indexEvaluationFolder(request: FolderRequest, signal?: AbortSignal): Promise<FolderIndex> {
  const { folder, split } = request;
  await refuseMissing(folder);
  const options = { signal, linkFolders: request.linkFolders };
  const walker = await createWalker(folder, options);
  const top = await walker.list('');
  const splits = await splitFoldersOf(walker, top.folders, request);
  const chosen = splits.filter((one) => split === null || one.split === split);
  if (split !== null && chosen.length === 0) throw new UserError('splitMissing', { folder, split });
  if (splits.length > 0)
    for (const name of [...top.folders, ...top.files])
      if (!splits.some(({ relativePath }) => relativePath === name))
        walker.ignore(name, 'beside the train, val and test folders');
  const roots = splits.length > 0 ? chosen.map(({ relativePath }) => relativePath) : [''];
  if (request.unlabelled) return unlabelledIn(roots, request, walker);

  const classFolders: { readonly relativePath: string; readonly className: string }[] = [];
  const strays: string[] = [];
  for (const root of roots) {
    const { folders, files } = await walker.list(root);
    for (const className of folders) classFolders.push({ className, relativePath: childOf(root, className) });
    appendAll(
      strays,
      files.map((name) => childOf(root, name)),
    );
  }
  const found = await walker.findImages(classFolders.map(({ relativePath }) => relativePath));
  // Plain images, with or without empty folders beside them.
  if (found.length === 0 && strays.some((path) => reasonNotAnImage(path) === undefined))
    return unlabelledIn(roots, request, await createWalker(folder, options));
  for (const path of strays)
    await walker.ignoreByName(path, reasonNotAnImage(path) ?? 'an image outside the class folders');
  return labelled(found, new Map(classFolders.map((one) => [one.relativePath, one.className])), request, walker);
}

async function unlabelledIn(roots: readonly string[], request: FolderRequest, walker: Walker): Promise<FolderIndex> {
  const found = await walker.findImages(roots);
  if (found.length === 0) throw noImages(request, walker);
  return {
    labelled: false,
    images: found.map(({ folder: _, ...file }) => ({ ...file, label: null, classFolder: null })),
    normalised: [],
    ignoredClasses: [],
    skipped: skippedOf(walker),
  };
}

function labelled(
  found: readonly FoundFile[],
  classFolders: ReadonlyMap<string, string>,
  request: FolderRequest,
  walker: Walker,
): FolderIndex {
  const { folder, classNames, ignoreUnknownClasses } = request;
  const nameOf = (file: FoundFile) => classFolders.get(file.folder)!;
  const counts = new Map<string, number>();
  for (const file of found) counts.set(nameOf(file), (counts.get(nameOf(file)) ?? 0) + 1);
  if (counts.size === 0) throw noImages(request, walker);
  const mapping: ClassMapping = mapClasses(folder, [...counts.keys()], classNames);
  if (mapping.unknown.length > 0 && !ignoreUnknownClasses)
    throw new UserError('unknownClasses', {
      folder,
      names: quotedList(mapping.unknown),
      classNames: quotedList(classNames),
    });
  const images = found.flatMap((file): (EvaluationFile & FolderTarget)[] => {
    const label = mapping.labelOf.get(nameOf(file));
    const { folder: _, ...rest } = file;
    return label === undefined ? [] : [{ ...rest, label, classFolder: nameOf(file) }];
  });
  if (images.length === 0) throw noImages(request, walker);
  return {
    labelled: true,
    images,
    normalised: mapping.normalised,
    ignoredClasses: mapping.unknown.map((name) => ({ folder: name, imageCount: counts.get(name)! })),
    skipped: skippedOf(walker),
  };
}

/**
 * Folders of splits, by keyword or by a word in the name (dataset/splitFolders.ts), that are no class of the model. Those by a word
 * contain a class of it, and none claims the split beside them; those by keyword may contain plain images alone, which form that split
 * without labels.
 */
async function splitFoldersOf(walker: Walker, folders: readonly string[], { classNames }: FolderRequest) {
  const filled: { readonly name: string; readonly split: SplitName }[] = [];
  for (const name of folders) {
    const split = splitOfName(name);
    if (split === undefined || classNames.includes(name)) continue;
    const { folders, files } = await walker.list(name);
    const isFilled =
      splitOfKeyword(name) !== undefined
        ? folders.length > 0 || files.some((file) => reasonNotAnImage(file) === undefined)
        : shareName(folders, classNames);
    if (isFilled) filled.push({ name, split });
  }
  return withoutRivals(filled).map(({ name, split }) => ({ relativePath: name, split }));
}

function noImages({ folder, split }: FolderRequest, walker: Walker): UserError {
  const params = { folder, where: split === null ? '' : ` (${split})` };
  const leftOut = leftOutIn(walker.findings);
  if (leftOut.length === 0) return new UserError('noImages', params);
  return new UserError('noImagesPassedOver', { ...params, reasons: reasonsText(leftOut) });
}

/** Each path once: folders are listed more than once. */
const skippedOf = ({ findings }: Walker): FolderIndex['skipped'] => [
  ...new Map(
    findings.flatMap((finding) =>
      finding.kind === 'ignored'
        ? [[finding.relativePath, { relativePath: finding.relativePath, reason: finding.reason }] as const]
        : [],
    ),
  ).values(),
];

const childOf = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);

const quotedList = (names: readonly string[]): string => {
  const shown = names.slice(0, 12).map((name) => `"${name}"`);
  return [...shown, ...(names.length > 12 ? [`${names.length - 12} more`] : [])].join(', ');
};
