// An engine as files from packages with known hashes (zip files, including Python's wheels). Each package becomes a folder, which appears
// by rename and is therefore always complete: an interrupted installation continues with the next package.

import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { UserError } from '../../shared/contracts/errors.ts';
import { isMissing } from '../../shared/files/systemError.ts';
import { largest } from '../../shared/lists.ts';
import { mirrored } from '../download/address.ts';
import { download } from '../download/download.ts';
import { sha256Of } from '../download/sha256.ts';
import type { InstallIo } from './installable.ts';
import { checkRoom } from './room.ts';

export interface PinnedPackage {
  /** Name of the package's folder. */
  readonly name: string;
  /** Path below the base address; its last part is the file name. */
  readonly path: string;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Files to keep: path in the archive -> bytes. They go directly into the package's folder. */
  readonly members: Readonly<Record<string, number>>;
}

export interface PackageSet {
  /** Absolute path of the folder for all packages. */
  readonly folder: string;
  /** Base address of the downloads. */
  readonly source: string;
  readonly packages: readonly PinnedPackage[];
  /** Adds files of our own to a package's folder before it appears. */
  readonly complete?: (packageName: string, folder: string) => Promise<void>;
}

export const downloadBytesOf = (packages: readonly PinnedPackage[]): number =>
  sumOf(packages, ({ sizeBytes }) => sizeBytes);
export const diskBytesOf = (packages: readonly PinnedPackage[]): number => sumOf(packages, membersBytesOf);

export const packageFolder = (set: PackageSet, { name }: PinnedPackage): string => join(set.folder, name);

/** Judged by the sizes of the files. */
export async function areInstalled(set: PackageSet): Promise<boolean> {
  return (await missingOf(set)).length === 0;
}

/**
 * @param name  name of the engine, for messages
 * @throws UserError installNoSpace, installFileMissing, badArgument, and those of download(); the signal's reason
 */
export async function installPackages(name: string, set: PackageSet, io: InstallIo): Promise<void> {
  await mkdir(set.folder, { recursive: true });
  await removeUnfinished(set.folder);
  const missing = await missingOf(set);
  const largestBytes = io.from === null ? largest(missing.map(({ sizeBytes }) => sizeBytes)) : 0;
  await checkRoom(name, set.folder, diskBytesOf(missing) + largestBytes);
  if (io.from !== null) await checkGiven(io.from, missing);
  const totalBytes = downloadBytesOf(missing);
  let before = 0;
  for (const wanted of missing) {
    const doneBefore = before;
    const tell: Tell = (step, doneBytes) =>
      io.onProgress({
        type: 'installing',
        step,
        file: basename(wanted.path),
        doneBytes: doneBefore + doneBytes,
        totalBytes,
      });
    const archive =
      io.from === null ? await fetched(set, wanted, io, tell) : await given(wanted, io.from, io.signal, tell);
    tell('unpacking', wanted.sizeBytes);
    await unpack(set, wanted, archive, io.signal);
    if (io.from === null) await rm(archive);
    before += wanted.sizeBytes;
  }
  await rm(downloadsOf(set), { recursive: true, force: true });
}

type Tell = (step: 'downloading' | 'checking' | 'unpacking', doneBytes: number) => void;

const downloadsOf = (set: PackageSet): string => join(set.folder, 'downloads');

/** Path of the complete archive, which an earlier attempt may have downloaded. */
async function fetched(
  set: PackageSet,
  wanted: PinnedPackage,
  { mirror, signal }: InstallIo,
  tell: Tell,
): Promise<string> {
  const file = join(downloadsOf(set), basename(wanted.path));
  tell('downloading', 0);
  if ((await sizeOf(file)) === wanted.sizeBytes && (await sha256Of(file, signal)) === wanted.sha256) return file;
  await download({
    url: mirrored(set.source, wanted.path, mirror),
    file,
    sha256Prefix: wanted.sha256,
    mostBytes: wanted.sizeBytes,
    onProgress: (doneBytes) => tell('downloading', doneBytes),
    signal,
  });
  return file;
}

/** Reports all missing files at once. */
async function checkGiven(from: string, wanted: readonly PinnedPackage[]): Promise<void> {
  const missing: string[] = [];
  for (const { path } of wanted)
    if ((await sizeOf(join(from, basename(path)))) === undefined) missing.push(basename(path));
  if (missing.length > 0) throw new UserError('installFileMissing', { folder: from, files: missing.join(', ') });
}

async function given({ path, sha256 }: PinnedPackage, from: string, signal: AbortSignal, tell: Tell): Promise<string> {
  const file = join(from, basename(path));
  tell('checking', 0);
  const seen = await sha256Of(file, signal);
  if (seen !== sha256)
    throw new UserError('installFileWrong', { file, seen: seen.slice(0, 8), expected: sha256.slice(0, 8) });
  return file;
}

async function unpack(set: PackageSet, wanted: PinnedPackage, archive: string, signal: AbortSignal): Promise<void> {
  const folder = packageFolder(set, wanted);
  const unfinished = `${folder}${unfinishedSuffix}`;
  await mkdir(unfinished);
  const zip = await openPromise(archive, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (wanted.members[entry.fileName] !== entry.uncompressedSize) continue;
      const file = join(unfinished, basename(entry.fileName));
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file, { flags: 'wx', flush: true }), {
        signal,
      });
    }
  } finally {
    zip.close();
  }
  await set.complete?.(wanted.name, unfinished);
  if (!(await isWhole(unfinished, wanted))) throw new Error(`${archive} lacks a required file`);
  await rm(folder, { recursive: true, force: true }); // a damaged one
  await rename(unfinished, folder);
}

const unfinishedSuffix = '.unfinished';

async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.endsWith(unfinishedSuffix)) await rm(join(folder, name), { recursive: true });
}

async function missingOf(set: PackageSet): Promise<readonly PinnedPackage[]> {
  const whole = await Promise.all(set.packages.map((wanted) => isWhole(packageFolder(set, wanted), wanted)));
  return set.packages.filter((_, i) => !whole[i]);
}

async function isWhole(folder: string, { members }: PinnedPackage): Promise<boolean> {
  for (const [path, bytes] of Object.entries(members))
    if ((await sizeOf(join(folder, basename(path)))) !== bytes) return false;
  return true;
}

/** undefined: no such file. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const membersBytesOf = ({ members }: PinnedPackage): number => sumOf(Object.values(members), (bytes) => bytes);

const sumOf = <T>(values: readonly T[], of: (value: T) => number): number =>
  values.reduce((sum, value) => sum + of(value), 0);
