// `shoulders thumbnails`: small pictures of images of every type, in the machine's cache. The dataset is only read.
// A picture is named by the hash of the image's bytes: a renamed or copied image shares it, and a changed image gets a new one.
import { access, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Thumbnail } from '../../shared/contracts/thumbnail.ts';
import { isWithin, type LinkScope, linkScopeOf } from '../../shared/dataset/linkScope.ts';
import { isMissing, isSystemError } from '../../shared/files/systemError.ts';
import { writeError } from '../../shared/files/writeError.ts';
import { encodeJpeg } from '../images/encode.ts';
import { decodeImage, readImageFile, UndecodableImage } from '../images/images.ts';
import { pixelsVersion } from '../images/pixelsVersion.ts';
import { sha256Of } from '../images/sha256.ts';
import { type BoundedFolder, cacheKey, openBoundedFolder } from '../store/boundedFolder.ts';
import { printable } from '../words/text.ts';
import { failure } from './askedByLine.ts';

/** Longest side: sharp on a tile of half this size, also on screens with two pixels per CSS pixel. */
const sidePx = 256;
/** Raise when the pictures change. */
const formatVersion = 1;
const atATime = 4;

export interface ThumbnailOptions {
  /** Absolute path. */
  readonly dataset: string;
  /** Absolute paths of outside folders that the dataset's symbolic links may lead into. */
  readonly linkFolders?: readonly string[];
  /** The machine's cache; thumbnails have a subfolder of it. */
  readonly cacheFolder: string;
  readonly limitBytes: number;
}

/**
 * One answer per path, in the order of completion; for an image that cannot be shown it contains the reason.
 *
 * @param relativePaths  /-separated; paths that leave the dataset folder are refused
 * @throws UserError folderMissing; cannotSave, diskFull for the cache
 */
export async function makeThumbnails(
  relativePaths: AsyncIterable<string> | Iterable<string>,
  { dataset, linkFolders = [], cacheFolder, limitBytes }: ThumbnailOptions,
  on: (thumbnail: Thumbnail) => void,
): Promise<void> {
  const root = await realpath(dataset).catch((error: unknown) => {
    throw new UserError('folderMissing', { folder: dataset }, { cause: error });
  });
  const isInScope = await linkScopeOf(root, linkFolders);
  const folder = join(cacheFolder, 'thumbnails');
  const cache = await openBoundedFolder(folder, { limitBytes, extension: '.jpg' }).catch((error: unknown) => {
    throw cacheError(folder, error);
  });
  const keep = keeper(cache, folder);
  const limit = pLimit(atATime);
  const works: Promise<void>[] = [];
  // The first failure also ends the wait for paths that may never come.
  const { promise: failed, fail } = failure();
  const take = async (): Promise<void> => {
    for await (const relativePath of relativePaths) {
      const work = limit(async () => on(await thumbnailOf(relativePath, root, isInScope, keep)));
      work.catch(fail);
      works.push(work);
    }
    await Promise.all(works);
  };
  await Promise.race([take(), failed]).finally(() => limit.clearQueue());
}

async function thumbnailOf(relativePath: string, root: string, isInScope: LinkScope, keep: Keep): Promise<Thumbnail> {
  const refused = (reason: string): Thumbnail => ({ type: 'noThumbnail', relativePath, reason });
  try {
    const path = join(root, ...relativePath.split('/'));
    const outside = 'it lies outside of the dataset folder';
    // A path that leaves the dataset other than through a link is refused, whatever links are allowed.
    if (path === root || !isWithin(path, root)) return refused(outside);
    const image = await realpath(path);
    if (!isInScope(image)) return refused(outside);
    const file = await keep(await readImageFile(image));
    return file === undefined
      ? refused('the cache of thumbnails has no room for it')
      : { type: 'thumbnail', relativePath, file };
  } catch (error) {
    if (error instanceof UndecodableImage) return refused(error.reason);
    if (isMissing(error)) return refused('the file is no longer there');
    if (!isSystemError(error)) throw error;
    return refused(`the file cannot be read (${error.code})`);
  }
}

/** Image bytes to the file of the thumbnail, made if necessary; undefined: no room. @throws UserError cannotSave, diskFull */
type Keep = (bytes: Uint8Array) => Promise<string | undefined>;

function keeper(cache: BoundedFolder, folder: string): Keep {
  const making = new Map<string, Promise<boolean>>(); // copies of one image may be processed at the same time
  const make = async (bytes: Uint8Array, key: string): Promise<boolean> => {
    const { image } = await decodeImage(bytes, { maxShortSide: sidePx, depth: 'own' });
    const thumbnail = await encodeJpeg(image, sidePx);
    return cache.put(key, [thumbnail]).catch((error: unknown) => {
      throw cacheError(folder, error);
    });
  };
  return async (bytes) => {
    const key = cacheKey(['thumbnail', String(formatVersion), pixelsVersion, String(sidePx), await sha256Of(bytes)]);
    const file = cache.fileOf(key);
    if (!making.has(key) && (await isThere(file))) {
      await cache.touch(key).catch(() => {}); // a read-only cache still serves
      return file;
    }
    if (!making.has(key))
      making.set(
        key,
        make(bytes, key).finally(() => making.delete(key)),
      );
    return (await making.get(key)) ? file : undefined;
  };
}

/** Text for a terminal. */
export const thumbnailLine = (thumbnail: Thumbnail): string =>
  thumbnail.type === 'thumbnail'
    ? `${printable(thumbnail.relativePath)}  ${printable(thumbnail.file)}\n`
    : `${printable(thumbnail.relativePath)}: no thumbnail, ${printable(thumbnail.reason)}\n`;

function cacheError(file: string, cause: unknown): unknown {
  const error = writeError(file, cause);
  return error instanceof UserError && error.code === 'cannotWrite'
    ? new UserError('cannotSave', error.params, { cause })
    : error;
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
