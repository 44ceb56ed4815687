// dataset/: from a folder of images to a checked, split and fingerprinted dataset. The folder is only ever read.
// Absent: augmentation, training, any decision about leaks (they are found and shown). Called by check and fineTune.
import pLimit from 'p-limit';
import type { DepthChoice } from '../../shared/contracts/depth.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { SplitCounts } from '../../shared/contracts/events.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import type { ListedImage } from '../../shared/contracts/imageList.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { type SplitName, splitNames } from '../../shared/contracts/splits.ts';
import { type GroupRule, groupingBy, readsFolders } from '../../shared/dataset/groups.ts';
import { innerFoldersOf } from '../../shared/dataset/innerFolders.ts';
import type { Conversion } from '../images/images.ts';
import { type CheckedImage, checkImage, odditiesAt } from './checks/decodable.ts';
import { checkIdentifyingMarks } from './checks/identifyingMarks.ts';
import { checkImbalance } from './checks/imbalance.ts';
import { checkLeak } from './checks/leak.ts';
import { checkNearDuplicates, nearGroupsOf } from './checks/nearDuplicates.ts';
import { traitsOf } from './checks/traits.ts';
import { chooseDepth, depthFindings } from './depth.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { IndexedFolder, IndexedImage } from './indexed.ts';
import { reasonsText } from './reasons.ts';
import { assignSplits, recordedSplits, type SplitOrigin, type Splits } from './splitting/assign.ts';
import { fileTimeLimit, secondsOf, type TimeLimit, within } from './timeLimit.ts';

export interface ImageRecord {
  /** /-separated, relative to the dataset folder. */
  readonly relativePath: string;
  /** Absolute. */
  readonly file: string;
  /** Index into `classNames`. */
  readonly label: number;
  /** The patient or group; the path when the image is its own. */
  readonly group: string;
  /** Hex, of the file's bytes. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Upright. */
  readonly width: number;
  readonly height: number;
}

export interface Dataset {
  readonly folder: string;
  /** In code-point order. */
  readonly classNames: readonly string[];
  /** Usable images only, in code-point order of their paths. */
  readonly images: readonly ImageRecord[];
  /** By image: how its file was read other than as 8-bit RGB. */
  readonly conversions: readonly (readonly Conversion[])[];
  /** Positions in `images`, ascending. */
  readonly splits: Splits;
  readonly counts: SplitCounts;
  readonly splitOrigin: SplitOrigin;
  readonly depth: DepthChoice;
  readonly findings: Finding[];
  readonly fingerprint: string;
}

/** How the images of an index become a dataset. */
export interface CheckOptions {
  /** "pattern" when left out. */
  readonly groups?: Recipe['groups'];
  readonly groupPattern: string | null;
  readonly split: Recipe['split'];
  readonly seed: number;
  /** "auto" when left out. */
  readonly depth?: Recipe['depth'];
  /** Path -> split of a resumed run. Of no effect when an image is missing in it: then the images are others. */
  readonly recordedSplits?: ReadonlyMap<string, SplitName> | undefined;
}

export interface DatasetIo {
  onProgress?(done: number, total: number): void;
  readonly signal?: AbortSignal;
  /** Awaited before every image: where a paused run waits. */
  turn?(): Promise<void>;
  /** Files that are read and decoded at a time; 4 when left out, as many as sharp has threads. */
  readonly concurrency?: number;
  /** For each file; fileTimeLimit when left out. */
  readonly timeLimit?: TimeLimit;
  /** checkImage() when left out. */
  readonly checkFile?: typeof checkImage;
}

/**
 * Files that were given up while a thread of libuv still waits for each: it has four of them for all reading and decoding, and where three
 * are lost every further file would be called slow.
 */
const mostLost = 3;

/**
 * Decodes and hashes every image of an index, leaves the corrupt ones out, splits, and looks for leaks.
 *
 * @throws UserError as assignSplits does, readingHangs and allCorrupt; the signal's reason when aborted
 */
export async function checkDataset(
  { index, findings: indexFindings }: IndexedFolder,
  options: CheckOptions,
  io: DatasetIo = {},
): Promise<Dataset> {
  const { groups = 'pattern', groupPattern, split, seed, depth: wanted = 'auto' } = options;
  const rule = { groups, groupPattern };
  const { folder, classNames } = index;
  const { usable, corrupt } = await checkAll(index.images, io, { looks: true });
  const leftOut = [...corrupt, ...indexFindings];
  if (usable.length === 0) {
    const params = { folder, count: index.images.length, reasons: reasonsText(corrupt) };
    throw new UserError('allCorrupt', params, { findings: leftOut });
  }

  const groupOf = await groupingBy(rule);
  const records = usable.map(({ image, checked }) => recordOf(image, checked, groupOf(image)));
  const near = await nearGroupsOf(
    usable.map(({ checked }) => ({ sha256: checked.sha256, look: checked.look ?? null })),
    io.signal,
  );
  const placedAs = usable.map(({ image }, i) => ({ ...records[i]!, split: image.split, look: near.groupOf[i]! }));
  const { splits, origin } =
    recordedSplits(records, index.givenSplits, options.recordedSplits) ??
    withFindings(leftOut, () => assignSplits(placedAs, classNames, index.givenSplits, split, seed));
  const placed = splitNames.flatMap((name) => splits[name].map((i) => ({ ...placedAs[i]!, split: name })));
  const counts = countsOf(placed, classNames.length);
  const usedIn = new Map(placed.map(({ relativePath, split: name }) => [relativePath, name]));
  const checkedImages = usable.map(({ image, checked }) => ({ relativePath: image.relativePath, ...checked }));
  const depth = chooseDepth(wanted, checkedImages);
  const described = checkedImages.map((image) => ({ ...image, oddities: odditiesAt(depth.depth, image) }));

  return {
    folder,
    classNames,
    images: records,
    conversions: usable.map(({ checked }) => checked.conversions),
    splits,
    counts,
    splitOrigin: origin,
    depth,
    findings: [
      ...corrupt,
      ...usable.flatMap(({ checked }) => checked.findings),
      ...traitsOf(described),
      ...depthFindings(depth, checkedImages),
      ...checkLeak(placed, classNames),
      ...checkNearDuplicates(placed, classNames, splitNames, near.complete),
      ...checkIdentifyingMarks(
        usable.map(({ image, checked }) => ({
          relativePath: image.relativePath,
          className: classNames[image.label]!,
          metadataMarks: checked.metadataMarks,
        })),
        classNames,
        [...corrupt, ...indexFindings].flatMap((f) =>
          'reason' in f && f.reason.includes('DICOM') ? [f.relativePath] : [],
        ),
      ),
      ...checkImbalance(counts.train, classNames),
      ...groupFindings(
        placedAs.map((image) => ({ ...image, usedIn: usedIn.get(image.relativePath)! })),
        rule,
      ),
      ...indexFindings,
    ],
    fingerprint: fingerprintOf(placed),
  };
}

/** A refusal carries what was left out: that may be why too little remains. */
function withFindings<T>(findings: readonly Finding[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.code, error.params, { cause: error, findings });
  }
}

/** The list of images that the run folder keeps. */
export const imageListOf = ({ images, classNames, splits }: Dataset): ListedImage[] => {
  const splitOf = new Map(splitNames.flatMap((split) => splits[split].map((image) => [image, split] as const)));
  return images.map(({ relativePath, label, sha256 }, image) => ({
    relativePath,
    className: classNames[label]!,
    split: splitOf.get(image)!,
    sha256,
  }));
};

export interface Usable<T> {
  readonly image: T;
  readonly checked: CheckedImage;
}

/**
 * Decodes and hashes every file. In the order of `images`, whatever the order in which they were decoded. A file that takes too long is
 * left out.
 *
 * @throws UserError readingHangs, when that is the disk's fault; the signal's reason when aborted
 */
export async function checkAll<T extends { readonly file: string; readonly relativePath: string }>(
  images: readonly T[],
  { onProgress, turn, signal, concurrency = 4, timeLimit = fileTimeLimit, checkFile = checkImage }: DatasetIo,
  what: { readonly looks?: boolean } = {},
): Promise<{
  readonly usable: readonly Usable<T>[];
  readonly corrupt: readonly Extract<Finding, { kind: 'corrupt' }>[];
}> {
  const limit = pLimit(concurrency);
  const seconds = secondsOf(timeLimit);
  let done = 0;
  let lost = 0;
  const checkInTime = (image: T): ReturnType<typeof checkImage> => {
    let isLate = false;
    const work = checkFile(image, what).finally(() => {
      if (isLate) lost--;
    });
    return within(timeLimit, work, () => {
      isLate = true;
      if (++lost < mostLost)
        return { kind: 'corrupt', relativePath: image.relativePath, reason: `it took longer than ${seconds} s` };
      limit.clearQueue();
      throw new UserError('readingHangs', { relativePath: image.relativePath, count: lost, seconds });
    });
  };
  onProgress?.(0, images.length);
  const outcomes = await limit.map(images, async (image) => {
    await turn?.();
    signal?.throwIfAborted();
    const outcome = await checkInTime(image);
    onProgress?.(++done, images.length);
    return outcome;
  });
  const usable: Usable<T>[] = [];
  const corrupt: Extract<Finding, { kind: 'corrupt' }>[] = [];
  outcomes.forEach((outcome, i) => {
    if ('kind' in outcome) corrupt.push(outcome);
    else usable.push({ image: images[i]!, checked: outcome });
  });
  return { usable, corrupt };
}

const recordOf = (image: IndexedImage, { sha256, width, height }: CheckedImage, group: string): ImageRecord => {
  const { relativePath, file, label, sizeBytes, modifiedMs } = image;
  return {
    relativePath,
    file,
    label,
    group,
    sha256,
    sizeBytes,
    modifiedMs,
    width,
    height,
  };
};

function countsOf(
  placed: readonly { readonly label: number; readonly split: SplitName }[],
  classCount: number,
): SplitCounts {
  const zeros = () => new Array<number>(classCount).fill(0);
  const counts = { train: zeros(), val: zeros(), test: zeros() };
  for (const { split, label } of placed) counts[split][label]!++;
  return counts;
}

type Grouped = ImageRecord & { readonly split: SplitName | null; readonly usedIn: SplitName };

/** The number of groups that the rule makes; where it makes none, folders that may be groups and have images in several splits. */
function groupFindings(images: readonly Grouped[], rule: GroupRule): Finding[] {
  const matched = images.filter(({ group, relativePath }) => group !== relativePath).length;
  const text = groupNote(rule, matched, images.length, new Set(images.map(({ group }) => group)).size);
  const inner = rule.groups === 'pattern' && matched === 0 ? innerFoldersOf(images) : null;
  return [
    ...(inner !== null && inner.splitCount > 0 ? [{ kind: 'innerFolders', ...inner } as const] : []),
    ...(text === null ? [] : [{ kind: 'note', text } as const]),
  ];
}

function groupNote(
  { groups, groupPattern }: GroupRule,
  matched: number,
  imageCount: number,
  groupCount: number,
): string | null {
  if (groups === 'folder')
    return matched === 0
      ? 'The recipe says groups "folder", but no class folder holds folders: every image counts as a group of its own'
      : `${groupCount} groups by the folders within the class folders, which hold ${matched} of ${imageCount} images`;
  if (groups === 'image' || groupPattern === null) return null;
  const what = readsFolders(groupPattern) ? 'paths within the class folders' : 'file names';
  return matched === 0
    ? `The group pattern ${groupPattern} matches none of the ${what}: every image counts as a group of its own`
    : `${groupCount} groups by the pattern ${groupPattern}, which matches ${matched} of ${imageCount} ${what}`;
}
