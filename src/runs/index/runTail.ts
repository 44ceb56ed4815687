// Reads one run's events.jsonl as it grows: complete lines are folded at once, and an incomplete last line is read again at the next
// check, because it may have been cut and rewritten. On a network disk the log may appear shorter than it was, or longer than its bytes.
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { EventLogReader, type LogHealth } from '../../../shared/contracts/eventLog.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { unlessMissing } from '../../../shared/files/systemError.ts';
import { emptyLog, type ReadLog, withRecord } from '../../../shared/runFolder/mergedRun.ts';
import { locatedEvent } from '../../../shared/runFolder/places.ts';
import { readRecords } from '../../../shared/runFolder/tables.ts';

export interface TailNews {
  readonly events: readonly RunEvent[];
  /** Another log replaced the one that was read: `events` are those of the whole new log. */
  readonly restarted: boolean;
}

interface LogFile {
  stat(): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  /** May return fewer bytes than requested, like the system call. */
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

export class RunTail {
  readonly #runId: string;
  readonly #file: string;
  readonly #open: (file: string) => Promise<LogFile>;
  #reader = new EventLogReader();
  /** End of the last complete line that was read. */
  #offset = 0;
  #lastLineBytes = 0;
  /** One checksum per line, to distinguish an older view of the same log from another log. */
  #checksums: number[] = [];
  #log: ReadLog;
  #heartbeatMs: number | undefined;
  #isRead = false;

  constructor(runId: string, file: string, openLog: (file: string) => Promise<LogFile> = (path) => open(path, 'r')) {
    this.#runId = runId;
    this.#file = file;
    this.#open = openLog;
    this.#log = emptyLog(runId);
  }

  /** State as far as the log was read. */
  get log(): ReadLog {
    return this.#log;
  }

  get health(): LogHealth {
    return this.#reader.health;
  }

  /** Whether the log was read to its end at that time. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Time of the log's last growth, in milliseconds since the epoch; undefined while there is none. */
  get heartbeatMs(): number | undefined {
    return this.#heartbeatMs;
  }

  /** Reads new lines. A missing log has no news. After a read that throws, the next one reads the same range again. */
  async poll(): Promise<TailNews> {
    const file = await this.#open(this.#file).catch(unlessMissing);
    if (!file) return { events: [], restarted: false };
    try {
      const { size, mtimeMs } = await file.stat();
      this.#heartbeatMs = mtimeMs;
      const restarted = await this.#isReplaced(file, size);
      const { lines } = await linesOf(file, restarted ? 0 : this.#offset, size);
      if (restarted) this.#restart();
      const events: RunEvent[] = [];
      const folder = dirname(this.#file);
      for (const line of lines) {
        this.#offset += line.length;
        this.#lastLineBytes = line.length;
        this.#checksums.push(crc32(line));
        for (const record of await readRecords(this.#reader, line, folder)) {
          this.#log = withRecord(this.#log, record, folder);
          events.push(locatedEvent(record.event, folder));
        }
      }
      this.#isRead = true;
      return { events, restarted };
    } finally {
      await file.close();
    }
  }

  /** Whether a line that was read has changed: in a longer log the last, in a shorter one any remaining line. */
  async #isReplaced(file: LogFile, size: number): Promise<boolean> {
    if (size === this.#offset || this.#offset === 0) return false;
    const isShorter = size < this.#offset;
    const from = isShorter ? 0 : this.#offset - this.#lastLineBytes;
    const known = isShorter ? this.#checksums : this.#checksums.slice(-1);
    const { lines, tornBytes } = await linesOf(file, from, Math.min(size, this.#offset));
    const isLineLost = !isShorter && tornBytes === this.#lastLineBytes;
    return isLineLost || lines.some((line, i) => crc32(line) !== known[i]);
  }

  #restart(): void {
    this.#reader = new EventLogReader();
    this.#offset = 0;
    this.#lastLineBytes = 0;
    this.#checksums = [];
    this.#log = emptyLog(this.#runId);
  }
}

/** Complete lines between two offsets, `\n` included, as far as the disk has them, and how many bytes follow the last. */
async function linesOf(file: LogFile, from: number, to: number): Promise<{ lines: Uint8Array[]; tornBytes: number }> {
  const lines: Uint8Array[] = [];
  let rest: Uint8Array = new Uint8Array(0);
  for (let position = from; position < to; ) {
    const buffer = new Uint8Array(Math.min(to - position, chunkBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      lines.push(rest.subarray(0, end + 1));
      rest = rest.subarray(end + 1);
    }
  }
  return { lines, tornBytes: rest.length };
}

const newline = 0x0a;

const chunkBytes = 1 << 20;
