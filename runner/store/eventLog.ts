// events.jsonl as a file: one write a line, numbered without gaps, never torn in the middle. Its text is contracts/eventLog.ts.
import { EventLogReader, encodeRecord } from '../contracts/eventLog.ts';
import type { RunEvent } from '../contracts/events.ts';
import { isSystemError } from '../systemError.ts';
import { unlessFaulty } from './atomicFile.ts';
import { bytesOf, type FsFile, type FsPort, nodeFileSystem, syncIfPossible, writeFully } from './fileSystem.ts';
import { writeError } from './writeError.ts';

export interface EventLog {
  /** Calls must not overlap. @throws UserError; the log then ends as it did before */
  append(at: string, event: RunEvent): Promise<void>;
  /** What was appended outlives a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens or makes a log. A torn last line, left by a crash, is cut off; numbers go on after the last good one. */
export async function openEventLog(file: string, fs: FsPort = nodeFileSystem): Promise<EventLog> {
  try {
    const existing = await fs.readFile(file).catch(orNothing);
    const reader = new EventLogReader();
    if (existing) reader.feed(existing);
    const handle = await fs.open(file, existing ? 'r+' : 'wx');
    const sizeBytes = existing ? existing.lastIndexOf(0x0a) + 1 : 0;
    return eventLog(file, fs, handle, reader.nextSeq, sizeBytes, sizeBytes !== (existing?.length ?? 0));
  } catch (error) {
    throw writeError(file, error);
  }
}

function eventLog(file: string, fs: FsPort, handle: FsFile, seq: number, sizeBytes: number, torn: boolean): EventLog {
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
  const cut = async () => {
    await handle.truncate(sizeBytes);
    torn = false;
  };
  return {
    async append(at, event) {
      const line = bytesOf(encodeRecord(seq, at, event));
      try {
        if (torn) await cut();
        torn = true;
        await writeFully(handle, line, sizeBytes);
      } catch (error) {
        if (torn) await cut().catch(() => {}); // tried again before the next line; readers pass over a torn tail
        throw writeError(file, error);
      }
      torn = false;
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
