// The starter weights, which ship with the program: read only if they are the bytes that the catalogue names. No connection is needed.
import { fileURLToPath } from 'node:url';
import type { StarterWeights } from '../../../shared/contracts/architectures.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { type FileSource, openFile } from '../formats/byteSource.ts';

/** Beside this module in a checkout, beside the bundles in dist/ (scripts/build.ts copies it). */
export const starterFile = ({ fileName }: Pick<StarterWeights, 'fileName'>): string =>
  fileURLToPath(new URL(fileName, import.meta.url));

/**
 * The opened file; reading sees the same bytes as the hash. Must be closed by the caller.
 * @throws UserError starterBroken for a missing or unreadable file, or another size or hash; the signal's reason
 */
export async function openStarterFile(
  { sha256, sizeBytes }: StarterWeights,
  file: string,
  signal?: AbortSignal,
): Promise<FileSource> {
  const source = opened(file);
  let verified = false;
  try {
    if (source.sizeBytes !== sizeBytes)
      throw broken(file, `it has ${source.sizeBytes} bytes, ${sizeBytes} are expected`);
    const found = await source.sha256(signal);
    if (found !== sha256)
      throw broken(file, `its SHA-256 starts with ${found.slice(0, 8)}, ${sha256.slice(0, 8)} is expected`);
    verified = true;
    return source;
  } finally {
    if (!verified) source.close();
  }
}

function opened(file: string): FileSource {
  try {
    return openFile(file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const reason = error.code === 'weightsNotFound' ? 'the file is missing' : String(error.params.reason);
    throw broken(file, reason, error);
  }
}

const broken = (file: string, reason: string, cause?: unknown): UserError =>
  new UserError('starterBroken', { file, reason }, cause === undefined ? undefined : { cause });
