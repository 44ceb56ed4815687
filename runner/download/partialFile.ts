// A download under way: `<file>.<pid>.<n>.part` with what the server called that version beside it. Each process writes its own; one
// that was left behind by an ended process is taken over. Losing it costs time, never correctness: the hash decides.
import { type FileHandle, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface PartialFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Bytes that are there. */
  sizeBytes: number;
  /** The server's name for the version that the bytes belong to (ETag or Last-Modified); null: they cannot be continued. */
  validator: string | null;
}

/** Takes over the largest part left behind for `file` and this `url`, or starts an empty one. */
export async function openPartial(file: string, url: string): Promise<PartialFile> {
  const path = `${file}.${process.pid}.${counter++}.part`;
  active.add(path);
  const left = await adoptLeftover(file, path, url);
  const handle = await open(path, left ? 'r+' : 'w+');
  const sizeBytes = (await handle.stat()).size;
  return { path, handle, sizeBytes, validator: left };
}

/** Forgets the bytes; notes the version of those that follow. */
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

/** Leaves it for a later resume. */
export async function closePartial(part: PartialFile): Promise<void> {
  active.delete(part.path);
  await part.handle.close();
  if (part.sizeBytes === 0) await removeBoth(part.path);
}

/** Moves it to its place: there the whole file appears at once. Close it first. */
export async function publishPartial(part: PartialFile, file: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(part.path, file);
      break;
    } catch (error) {
      // A virus scanner on Windows holds a new file for a moment.
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

/** The validator of the part now at `path`, or null when there was none to take over. */
async function adoptLeftover(file: string, path: string, url: string): Promise<string | null> {
  const folder = dirname(file);
  const prefix = `${basename(file)}.`;
  for (const name of await readdir(folder)) {
    const match = name.startsWith(prefix) ? /^(\d+)\.\d+\.part$/.exec(name.slice(prefix.length)) : null;
    const left = join(folder, name);
    if (!match || !isLeftBehind(left, Number(match[1]))) continue;
    const validator = await readNote(left, url);
    try {
      if (validator === null) {
        await removeBoth(left);
        continue;
      }
      await rename(left, path); // of two processes one succeeds
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
    return null; // no note, or a torn one: the part cannot be continued
  }
}

function isLeftBehind(path: string, pid: number): boolean {
  if (pid === process.pid) return !active.has(path);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function removeBoth(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(noteOf(path), { force: true });
}
