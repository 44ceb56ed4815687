// dataset/: turns a folder of images into a checked, split and fingerprinted dataset. The folder is only read.
// Absent: augmentation, training, decisions about leaks (they are found and shown). Called by check and fineTune.
import pLimit from 'p-limit';
import type { DepthChoice } from '../../shared/contracts/depth.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { SplitCounts } from '../../shared/contracts/events.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import type { ListedImage } from '../../shared/contracts/imageList.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { type SplitName, splitNames } from '../../shared/contracts/splits.ts';
import type { Conversion } from '../images/images.ts';
import { type CheckedImage, checkImage, odditiesAt } from './checks/decodable.ts';
import { checkIdentifyingMarks } from './checks/identifyingMarks.ts';
import { checkLeak } from './checks/leak.ts';
import { checkNearDuplicates, nearGroupsOf } from './checks/nearDuplicates.ts';
import { traitsOf } from './checks/traits.ts';
import { chooseDepth, depthFindings } from './depth.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { IndexedFolder, IndexedImage } from './indexed.ts';
import { reasonsText } from './reasons.ts';
import { assignSplits, recordedSplits, type SplitOrigin, type Splits } from './splitting/assign.ts';
import type { Targets } from './targets.ts';
import { fileTimeLimit, secondsOf, type TimeLimit, within } from './timeLimit.ts';

/** A checked image. `givenSplit` is its split in the folder; `splits` of the dataset lists the split that uses it. */
export type ImageRecord<Target extends object = object> = IndexedImage<Target> & {
  /** The patient or group; the path for an image on its own. */
  readonly group: string;
  /** Hex digits, of the file's bytes. */
  readonly sha256: string;
  /** Upright size. */
  readonly width: number;
  readonly height: number;
};

/** @template Target  as in IndexedImage: a room that takes a plain Dataset cannot read targets */
export interface Dataset<Target extends object = object> {
  readonly folder: string;
  /** Class names of the index. */
  readonly classNames: readonly string[];
  /** Usable images only, in code-point order of their paths. */
  readonly images: readonly ImageRecord<Target>[];
  /** By image: conversions of its file other than 8-bit RGB. */
  readonly conversions: readonly (readonly Conversion[])[];
  /** Positions in `images`, ascending. */
  readonly splits: Splits;
  /** Images of each split by stratum; strata are classes in classification. */
  readonly counts: SplitCounts;
  readonly splitOrigin: SplitOrigin;
  readonly depth: DepthChoice;
  readonly findings: Finding[];
  readonly fingerprint: string;
}

/** Options for turning the images of an index into a dataset. */
export interface CheckOptions {
  /** "pattern" when left out. */
  readonly groups?: Recipe['groups'];
  readonly groupPattern: string | null;
  readonly split: Recipe['split'];
  readonly seed: number;
  /** "auto" when left out. */
  readonly depth?: Recipe['depth'];
  /** Path -> split of a resumed run. Ignored if an image is missing in it: then the images are different ones. */
  readonly recordedSplits?: ReadonlyMap<string, SplitName> | undefined;
}

export interface DatasetIo {
  onProgress?(done: number, total: number): void;
  readonly signal?: AbortSignal;
  /** Awaited before every image: a paused run waits there. */
  turn?(): Promise<void>;
  /** Number of files that are read and decoded concurrently; 4 when left out, as many as sharp has threads. */
  readonly concurrency?: number;
  /** Time limit per file; fileTimeLimit when left out. */
  readonly timeLimit?: TimeLimit;
  /** checkImage() when left out. */
  readonly checkFile?: typeof checkImage;
}

/**
 * Most files to give up while a thread of libuv still waits for each: four threads do all reading and decoding, and once three
 * are lost every further file would be called slow.
 */
const mostLost = 3;

/**
 * Decodes and hashes every image of an index, leaves out corrupt ones, splits, and looks for leaks.
 *
 * @throws UserError those of assignSplits and targets.groupingBy, readingHangs and allCorrupt; the signal's reason when aborted
 */
export async function checkDataset<Target extends object>(
  { index, findings: indexFindings }: IndexedFolder<Target>,
  targets: Targets<Target>,
  options: CheckOptions,
  io: DatasetIo = {},
): Promise<Dataset<Target>> {
  const { groups = 'pattern', groupPattern, split, seed, depth: wanted = 'auto' } = options;
  const rule = { groups, groupPattern };
  const { folder, classNames, givenSplits } = index;
  const groupOf = await targets.groupingBy(rule, options.recordedSplits ? [] : index.images);
  const { usable, corrupt } = await checkAll(index.images, io, { looks: true });
  const leftOut = [...corrupt, ...indexFindings];
  if (usable.length === 0) {
    const params = { folder, count: index.images.length, reasons: reasonsText(corrupt) };
    throw new UserError('allCorrupt', params, { findings: leftOut });
  }

  const images = usable.map(({ image, checked }): ImageRecord<Target> => {
    const { sha256, width, height } = checked;
    return { ...image, group: groupOf(image), sha256, width, height };
  });
  const near = await nearGroupsOf(
    usable.map(({ checked }) => ({ sha256: checked.sha256, look: checked.look ?? null })),
    io.signal,
  );
  const withLook = images.map((image, i) => ({ ...image, look: near.groupOf[i]! }));
  const { splits, origin } =
    recordedSplits(images, givenSplits, options.recordedSplits) ??
    withFindings(leftOut, () => assignSplits(withLook, targets, givenSplits, split, seed));
  const placed = splitNames.flatMap((name) => splits[name].map((i) => ({ ...withLook[i]!, split: name })));
  const checkedImages = usable.map(({ image, checked }) => ({ relativePath: image.relativePath, ...checked }));
  const depth = chooseDepth(wanted, checkedImages);
  const described = checkedImages.map((image) => ({ ...image, oddities: odditiesAt(depth.depth, image) }));

  return {
    folder,
    classNames,
    images,
    conversions: usable.map(({ checked }) => checked.conversions),
    splits,
    counts: countsOf(images, splits, targets),
    splitOrigin: origin,
    depth,
    findings: [
      ...corrupt,
      ...usable.flatMap(({ checked }) => checked.findings),
      ...traitsOf(described),
      ...depthFindings(depth, checkedImages),
      ...checkLeak(placed, targets),
      ...checkNearDuplicates(placed, targets, splitNames, near.complete),
      ...checkIdentifyingMarks(
        usable.map(({ image, checked: { metadataMarks } }) => ({
          relativePath: image.relativePath,
          folderName: targets.folderNameOf(image),
          metadataMarks,
        })),
        targets.folderNames,
        leftOut.flatMap((f) => ('reason' in f && f.reason.includes('DICOM') ? [f.relativePath] : [])),
      ),
      ...targets.findings({ images, splits }, rule),
      ...indexFindings,
    ],
    fingerprint: fingerprintOf(
      placed.map((image) => ({
        relativePath: image.relativePath,
        sha256: image.sha256,
        target: targets.fingerprintOf(image),
        split: image.split,
      })),
    ),
  };
}

/** Adds the files left out to a refusal: they may be the reason why too few remain. */
function withFindings<T>(findings: readonly Finding[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.code, error.params, { cause: error, findings });
  }
}

/** The list of images that the run folder stores. */
export const imageListOf = <Target extends object>(
  { images, splits }: Pick<Dataset<Target>, 'images' | 'splits'>,
  classNameOf: (target: Target) => string,
): ListedImage[] => {
  const splitOf = splitsByImage(splits);
  return images.map((image, i) => ({
    relativePath: image.relativePath,
    className: classNameOf(image),
    split: splitOf.get(i)!,
    sha256: image.sha256,
  }));
};

/** The split that uses each image, by position. */
export const splitsByImage = (splits: Splits): ReadonlyMap<number, SplitName> =>
  new Map(splitNames.flatMap((split) => splits[split].map((image) => [image, split] as const)));

export interface Usable<T> {
  readonly image: T;
  readonly checked: CheckedImage;
}

/**
 * Decodes and hashes every file. Results are in the order of `images`, whatever the order of decoding. A file that takes too long is
 * left out.
 *
 * @throws UserError readingHangs if the disk causes that; the signal's reason when aborted
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

function countsOf<Target extends object>(
  images: readonly Target[],
  splits: Splits,
  { stratumCount, stratumOf }: Pick<Targets<Target>, 'stratumCount' | 'stratumOf'>,
): SplitCounts {
  const of = (split: SplitName) => {
    const counts = new Array<number>(stratumCount).fill(0);
    for (const image of splits[split]) counts[stratumOf(images[image]!)]!++;
    return counts;
  };
  return { train: of('train'), val: of('val'), test: of('test') };
}
