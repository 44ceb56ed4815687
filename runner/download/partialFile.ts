// An unfinished download: `<file>.<machine>-<pid>.<n>.part`, with the server's name of that version beside it. Each process writes its own,
// and takes over one left by a process that ended. Losing it costs time, never correctness: the hash decides.
import { type FileHandle, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { machineTag } from '../../shared/contracts/machine.ts';
import { abandonedMs } from '../../shared/processes/leftovers.ts';
import { fateOf, type NamedProcess, thisMachine } from '../../shared/processes/machine.ts';

export interface PartialFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Number of bytes on the disk. */
  sizeBytes: number;
  /** The server's name for the version of these bytes (ETag or Last-Modified); null: they cannot be continued. */
  validator: string | null;
}

/** Takes over the largest part left behind for `file` and this `url`, or starts an empty one. */
export async function openPartial(file: string, url: string): Promise<PartialFile> {
  const path = `${file}.${machineTag(await thisMachine())}-${process.pid}.${counter++}.part`;
  active.add(path);
  const left = await adoptLeftover(file, path, url);
  const handle = await open(path, left ? 'r+' : 'w+');
  const sizeBytes = (await handle.stat()).size;
  return { path, handle, sizeBytes, validator: left };
}

/** Drops the bytes and records the version of the next ones. */
export async function restartPartial(part: PartialFile, url: string, validator: string | null): Promise<void> {
  await part.handle.truncate(0);
  part.sizeBytes = 0;
  part.validator = validator;
  await writeFile(noteOf(part.path), JSON.stringify({ url, validator }));
}

export async function appendPartial(part: PartialFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await part.handle.write(bytes, done, bytes.length - done, part.sizeBytes);
    done += bytesWritten;
    part.sizeBytes += bytesWritten;
  }
}

/** Keeps the part for a later resume. */
export async function closePartial(part: PartialFile): Promise<void> {
  active.delete(part.path);
  await part.handle.close();
  if (part.sizeBytes === 0) await removeBoth(part.path);
}

/** Moves the part to its place, where the whole file appears at once. Close it first. */
export async function publishPartial(part: PartialFile, file: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(part.path, file);
      break;
    } catch (error) {
      // A virus scanner on Windows keeps a new file open for a moment.
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (attempt === 8 || !['EPERM', 'EACCES', 'EBUSY'].includes(code)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt));
    }
  }
  await rm(noteOf(part.path), { force: true });
}

const active = new Set<string>();
let counter = 0;
const noteOf = (path: string): string => `${path}.json`;

/** Validator of the part now at `path`, or null if there was none to take over. */
async function adoptLeftover(file: string, path: string, url: string): Promise<string | null> {
  const folder = dirname(file);
  const prefix = `${basename(file)}.`;
  for (const name of await readdir(folder)) {
    const match = name.startsWith(prefix)
      ? /^(?:([0-9a-f]{16})-)?(\d+)\.\d+\.part$/.exec(name.slice(prefix.length))
      : null;
    const left = join(folder, name);
    if (!match || !(await isLeftBehind(left, { machine: match[1], pid: Number(match[2]) }))) continue;
    const validator = await readNote(left, url);
    try {
      if (validator === null) {
        await removeBoth(left);
        continue;
      }
      await rename(left, path); // if two processes try, one succeeds
      await rename(noteOf(left), noteOf(path));
      return validator;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return null;
}

async function readNote(path: string, url: string): Promise<string | null> {
  try {
    const note: unknown = JSON.parse(await readFile(noteOf(path), 'utf8'));
    const { url: noted, validator } = note as { url?: unknown; validator?: unknown };
    return noted === url && typeof validator === 'string' ? validator : null;
  } catch {
    return null; // no record, or a torn one: the part cannot be continued
  }
}

/** Other machines may share the cache: a part of their processes is abandoned when nothing arrived for an hour. */
async function isLeftBehind(path: string, writer: NamedProcess): Promise<boolean> {
  if (active.has(path)) return false;
  const writtenMs = () =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(), // taken by another process at this moment
    );
  const fate = await fateOf(writer, writtenMs);
  if (fate === 'alive') return writer.pid === process.pid;
  return fate === 'gone' || Date.now() - (await writtenMs()) > abandonedMs;
}

async function removeBoth(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(noteOf(path), { force: true });
}
