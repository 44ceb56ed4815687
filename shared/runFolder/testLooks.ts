// test-looks.jsonl as a file: one write per look, never torn in the middle. Its format is in contracts/testLooks.ts.
import { join } from 'node:path';
import { files } from '../contracts/run.ts';
import { encodeTestLook, parseTestLooks, type TestLook, type TestLooker } from '../contracts/testLooks.ts';
import { unlessFaulty } from '../files/atomicFile.ts';
import { bytesOf, type FsPort, nodeFileSystem, syncIfPossible, writeFully } from '../files/fileSystem.ts';
import { isSystemError } from '../files/systemError.ts';
import { writeError } from '../files/writeError.ts';

/** Appends one look. A last line torn by a crash is terminated first. @throws UserError cannotWrite, diskFull */
export async function appendTestLook(
  runFolder: string,
  by: TestLooker,
  { fs = nodeFileSystem, now = () => new Date() }: { readonly fs?: FsPort; readonly now?: () => Date } = {},
): Promise<void> {
  const file = join(runFolder, files.testLooks);
  try {
    await unlessFaulty(() => append(file, encodeTestLook(by, now()), fs));
  } catch (error) {
    throw writeError(file, error);
  }
}

async function append(file: string, line: string, fs: FsPort): Promise<void> {
  const before = await fs.readFile(file).catch(orNothing);
  const torn = before.length > 0 && before.at(-1) !== newline;
  const handle = await fs.open(file, 'a');
  try {
    await writeFully(handle, bytesOf(`${torn ? '\n' : ''}${line}`), 0);
    await syncIfPossible(handle);
  } catch (error) {
    await cut(file, before.length, fs).catch(() => {}); // a second attempt must not count twice
    throw error;
  } finally {
    await handle.close().catch(() => {}); // the line is on disk, or was refused already
  }
}

/** In order; none without the file (the run was not tested, or is of an older version). */
export async function readTestLooks(runFolder: string, fs: FsPort = nodeFileSystem): Promise<TestLook[]> {
  return parseTestLooks(new TextDecoder().decode(await fs.readFile(join(runFolder, files.testLooks)).catch(orNothing)));
}

const newline = 0x0a;

/** Through a handle of its own: Windows does not truncate a file that is open for appending. */
async function cut(file: string, sizeBytes: number, fs: FsPort): Promise<void> {
  if (sizeBytes === 0) return fs.unlink(file);
  const handle = await fs.open(file, 'r+');
  try {
    await handle.truncate(sizeBytes);
  } finally {
    await handle.close();
  }
}

function orNothing(error: unknown): Uint8Array {
  if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
  return new Uint8Array();
}
