// events.jsonl as a file: one write per line, always at the end, numbered without gaps, never torn in the middle. Its format is in
// contracts/eventLog.ts.
import { UserError } from '../../shared/contracts/errors.ts';
import { EventLogReader, encodeRecord } from '../../shared/contracts/eventLog.ts';
import type { RunEvent } from '../../shared/contracts/events.ts';
import type { Lean } from '../../shared/contracts/tables.ts';
import { unlessFaulty } from '../../shared/files/atomicFile.ts';
import {
  bytesOf,
  type FsFile,
  type FsPort,
  nodeFileSystem,
  syncIfPossible,
  writeFully,
} from '../../shared/files/fileSystem.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { writeError } from '../../shared/files/writeError.ts';

export interface EventLog {
  /** Calls must not overlap. @throws UserError logGrew: another process wrote to the file; on any other error the log keeps its old end */
  append(at: string, event: RunEvent | Lean): Promise<void>;
  /** Makes everything appended survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens or creates a log. A last line torn by a crash is cut off; numbering continues after the last valid line. */
export async function openEventLog(file: string, fs: FsPort = nodeFileSystem): Promise<EventLog> {
  try {
    const existing = await fs.readFile(file).catch(orNothing);
    const reader = new EventLogReader();
    if (existing) reader.feed(existing);
    const handle = await fs.open(file, 'a');
    const sizeBytes = existing ? existing.lastIndexOf(0x0a) + 1 : 0;
    return eventLog(file, fs, handle, reader.nextSeq, sizeBytes, (existing?.length ?? 0) - sizeBytes);
  } catch (error) {
    throw writeError(file, error);
  }
}

/** @param sizeBytes  length of the whole lines @param tornBytes  most bytes that may follow them: a line that was not written completely */
function eventLog(
  file: string,
  fs: FsPort,
  handle: FsFile,
  seq: number,
  sizeBytes: number,
  tornBytes: number,
): EventLog {
  /** Lines that a failed fsync may have lost. */
  let unsynced: Uint8Array[] = [];
  let isDoubtful = false;
  const writeAgain = async () => {
    const lines = Buffer.concat(unsynced);
    const again = await fs.open(file, 'r+');
    try {
      await writeFully(again, lines, sizeBytes - lines.length);
      await syncIfPossible(again);
    } finally {
      await again.close();
    }
  };
  /** A file that became shorter was cut by a person: the next line follows the rest of it. */
  const refuseForeign = async () => {
    const size = await handle.size();
    if (size > sizeBytes + tornBytes) throw new UserError('logGrew', { file });
    sizeBytes = Math.min(sizeBytes, size);
  };
  // Not through `handle`: Windows does not truncate a file that is open for appending.
  const cut = async () => {
    await refuseForeign();
    const whole = await fs.open(file, 'r+');
    try {
      await whole.truncate(sizeBytes);
    } finally {
      await whole.close();
    }
    tornBytes = 0;
  };
  return {
    async append(at, event) {
      const line = bytesOf(encodeRecord(seq, at, event));
      try {
        if (tornBytes > 0) await cut();
        else await refuseForeign();
        tornBytes = line.length;
        await writeFully(handle, line, sizeBytes);
      } catch (error) {
        if (tornBytes > 0) await cut().catch(() => {}); // tried again before the next line; readers skip a torn tail
        throw writeError(file, error);
      }
      tornBytes = 0;
      sizeBytes += line.length;
      unsynced.push(line);
      seq++;
    },
    async sync() {
      try {
        await unlessFaulty(async () => {
          const write = isDoubtful ? writeAgain : () => syncIfPossible(handle);
          isDoubtful = true;
          await write();
        });
        isDoubtful = false;
        unsynced = [];
      } catch (error) {
        throw writeError(file, error);
      }
    },
    async close() {
      try {
        await handle.close();
      } catch (error) {
        throw writeError(file, error);
      }
    },
  };
}

function orNothing(error: unknown): undefined {
  if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
  return undefined;
}
