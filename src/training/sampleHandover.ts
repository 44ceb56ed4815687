// A sample that one window copied and another one trains on: opening a folder replaces the window, and with it the extension host, or
// brings the window to the front that already has it open. A file, because the editor's own memory reaches other windows late.
import { mkdir, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../shared/files/atomicFile.ts';
import { isSystemError } from '../../shared/files/systemError.ts';

/** Opening a folder takes seconds; a window that is reloaded later must not start a run. */
const validForMs = 60_000;

/** `dataset`: absolute path. */
const Handover = z.object({ dataset: z.string(), atMs: z.number() });
type Handover = z.infer<typeof Handover>;

/** @param file  absolute path, the same in all windows of this machine. @throws UserError when it cannot be written */
export async function handOver(file: string, dataset: string, nowMs: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await replaceFile(file, JSON.stringify({ dataset, atMs: nowMs } satisfies Handover));
}

/**
 * Dataset handed over to this window, once; undefined: none, it is too old, or another window took it.
 *
 * @param isHere  whether this window has the folder of a dataset open
 */
export async function takeOver(
  file: string,
  isHere: (dataset: string) => boolean,
  nowMs: number,
): Promise<string | undefined> {
  const handover = await read(file);
  if (handover === undefined || !isHere(handover.dataset)) return undefined;
  const isFirst = await claim(file);
  return isFirst && nowMs - handover.atMs <= validForMs ? handover.dataset : undefined;
}

/** undefined: no handover, or none that this version can read. */
async function read(file: string): Promise<Handover | undefined> {
  try {
    return Handover.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Removes the file; true in only one of several windows that try. */
async function claim(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
    return false;
  }
}
