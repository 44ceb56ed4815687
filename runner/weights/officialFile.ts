// An official file: from the machine's cache, verified again at every load, or downloaded into it after consent.
import { join } from 'node:path';
import type { OfficialWeights } from '../../shared/contracts/architectures.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { officialBaseUrl } from '../../shared/recipes/officialWeights.ts';
import { mirrored } from '../download/address.ts';
import { download } from '../download/download.ts';
import { type FileSource, openFile } from './formats/byteSource.ts';
import { broken } from './formats/refusals.ts';

export interface OfficialRequest {
  /** Downloads are kept in its subfolder `weights`. */
  readonly cacheFolder: string;
  /** Base URL instead of the official one; its files must be identical. */
  readonly mirror: string | null;
  /** The user agreed to a download. */
  readonly allowDownload: boolean;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface VerifiedFile {
  /** Must be closed by the caller. */
  readonly source: FileSource;
  readonly sha256: string;
}

/**
 * The opened file; reading sees the same bytes as the hash. A damaged file in the cache is replaced if a download is allowed.
 * @throws UserError weightsNotAllowed, weightsBroken, badArgument, and those of download()
 */
export async function openOfficialFile(weights: OfficialWeights, request: OfficialRequest): Promise<VerifiedFile> {
  const { cacheFolder, mirror, allowDownload, onProgress, signal } = request;
  const { name, fileName, sha256Prefix, sizeMB } = weights;
  const file = join(cacheFolder, 'weights', fileName);
  const cached = await openVerified(file, sha256Prefix, allowDownload, signal);
  if (cached) return cached;
  if (!allowDownload) throw new UserError('weightsNotAllowed', { name: `${name} (${fileName})`, sizeMB });
  const url = mirrored(officialBaseUrl, fileName, mirror);
  await download({ url, file, sha256Prefix, mostBytes: sizeMB * 1.2e6, onProgress, signal });
  const fresh = await openVerified(file, sha256Prefix, false, signal);
  if (!fresh) throw broken(file, 'it vanished after the download');
  return fresh;
}

export const wrongHash = (file: string, sha256: string, expected: string): UserError =>
  broken(file, `its SHA-256 starts with ${sha256.slice(0, expected.length)}, ${expected} is expected`);

/** undefined: missing, or damaged and replaceable. */
async function openVerified(
  file: string,
  sha256Prefix: string,
  mayReplace: boolean,
  signal: AbortSignal | undefined,
): Promise<VerifiedFile | undefined> {
  const source = openIfThere(file);
  if (!source) return undefined;
  let verified = false;
  try {
    const sha256 = await source.sha256(signal);
    verified = sha256.startsWith(sha256Prefix);
    if (verified) return { source, sha256 };
    if (!mayReplace) throw wrongHash(file, sha256, sha256Prefix);
    return undefined;
  } finally {
    if (!verified) source.close();
  }
}

function openIfThere(file: string): FileSource | undefined {
  try {
    return openFile(file);
  } catch (error) {
    if (error instanceof UserError && error.code === 'weightsNotFound') return undefined;
    throw error;
  }
}
