// `shoulders thumbnails`: small pictures of images to look at, whatever their type, in the machine's cache. The dataset is only read.
// A picture's name is the hash of the image's bytes, so that a renamed or copied image has the same one and a changed image another.
import { access, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Thumbnail } from '../../shared/contracts/thumbnail.ts';
import { isWithin, type LinkScope, linkScopeOf } from '../../shared/dataset/linkScope.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { writeError } from '../../shared/files/writeError.ts';
import { encodeJpeg } from '../images/encode.ts';
import { decodeImage, readImageFile, UndecodableImage } from '../images/images.ts';
import { pixelsVersion } from '../images/pixelsVersion.ts';
import { sha256Of } from '../images/sha256.ts';
import { type BoundedFolder, cacheKey, openBoundedFolder } from '../store/boundedFolder.ts';
import { printable } from '../words/text.ts';
import { failure } from './askedByLine.ts';

/** Longest side: sharp on a tile of half of it, also where the screen has two dots for a pixel. */
const sidePx = 256;
/** Raise when the pictures change. */
const formatVersion = 1;
const atATime = 4;

export interface ThumbnailOptions {
  /** Absolute. */
  readonly dataset: string;
  /** Absolute paths of folders outside of it that its symbolic links may lead into. */
  readonly linkFolders?: readonly string[];
  /** The machine's cache; thumbnails have a folder of their own in it. */
  readonly cacheFolder: string;
  readonly limitBytes: number;
}

/**
 * One answer for each path, as soon as it is there, so in an order of their own; an image that cannot be shown gets its reason.
 *
 * @param relativePaths  /-separated; what leaves the dataset folder is refused
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
  const shelf = await openBoundedFolder(folder, { limitBytes, extension: '.jpg' }).catch((error: unknown) => {
    throw cacheError(folder, error);
  });
  const keep = keeper(shelf, folder);
  const limit = pLimit(atATime);
  const works: Promise<void>[] = [];
  // The first failure ends the wait for paths that may never come.
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
    // A path that leaves the dataset without a link is refused, whatever links are allowed.
    if (path === root || !isWithin(path, root)) return refused(outside);
    const image = await realpath(path);
    if (!isInScope(image)) return refused(outside);
    const file = await keep(await readImageFile(image));
    return file === undefined
      ? refused('the cache of thumbnails has no room for it')
      : { type: 'thumbnail', relativePath, file };
  } catch (error) {
    if (error instanceof UndecodableImage) return refused(error.reason);
    if (!isSystemError(error)) throw error;
    return refused(error.code === 'ENOENT' ? 'the file is no longer there' : `the file cannot be read (${error.code})`);
  }
}

/** From an image's bytes to the file of its thumbnail, made if need be; undefined: no room. @throws UserError cannotSave, diskFull */
type Keep = (bytes: Uint8Array) => Promise<string | undefined>;

function keeper(shelf: BoundedFolder, folder: string): Keep {
  const making = new Map<string, Promise<boolean>>(); // copies of one image may come at the same moment
  const make = async (bytes: Uint8Array, key: string): Promise<boolean> => {
    const { image } = await decodeImage(bytes, { maxShortSide: sidePx, depth: 'own' });
    const thumbnail = await encodeJpeg(image, sidePx);
    return shelf.put(key, [thumbnail]).catch((error: unknown) => {
      throw cacheError(folder, error);
    });
  };
  return async (bytes) => {
    const key = cacheKey(['thumbnail', String(formatVersion), pixelsVersion, String(sidePx), await sha256Of(bytes)]);
    const file = shelf.fileOf(key);
    if (!making.has(key) && (await isThere(file))) {
      await shelf.touch(key).catch(() => {}); // a cache that can only be read still serves
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

/** For a terminal. */
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
