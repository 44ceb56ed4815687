// events.jsonl as text: one event per line, verified by number and checksum. Pure: shared by runner, command line and editor.
// Absent: files.
import crc32 from 'crc-32';
import { type EventRecord, RunEvent } from './events.ts';
import { type Lean, tablesOf } from './tables.ts';

const version = 1;

/** One line, `\n` included. The event comes last, so that a reader can check its exact text. @param event  Lean: tables.ts */
export function encodeRecord(seq: number, at: string, event: RunEvent | Lean): string {
  const text = JSON.stringify(event);
  return `{"v":${version},"seq":${seq},"at":${JSON.stringify(at)},"crc":"${crcOf(text)}","event":${text}}\n`;
}

export interface LogHealth {
  /** Lines that are damaged, repeat a number, or name a file (tables.ts) that is missing or damaged. */
  readonly skipped: number;
  /** Places where numbers are missing without a damaged line to explain it. */
  readonly gaps: number;
  /** Intact lines of another version of the format, which cannot be interpreted here. */
  readonly unknown: number;
  /** The last line has no end (yet). */
  readonly tornTail: boolean;
}

/** True if nothing that was written is lost. An incomplete last line is normal while a run goes on. */
export const isWhole = ({ skipped, gaps, unknown }: LogHealth): boolean => skipped + gaps + unknown === 0;

/** A line with a valid checksum. */
export interface LogLine {
  readonly v: number;
  readonly seq: number;
  readonly at: string;
  readonly crc: string;
  /** Parsed, but not validated. */
  readonly event: unknown;
}

/** Reads a growing log in pieces of any size. Never throws: unreadable parts are counted. */
export class EventLogReader {
  #tail: Uint8Array[] = [];
  #nextSeq = 0;
  /** No number from here on has been read yet, however far a single line jumped ahead. */
  #unreadFrom = 0;
  #skippedSinceGood = 0;
  #skipped = 0;
  #gaps = 0;
  #unknown = 0;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  get health(): LogHealth {
    return { skipped: this.#skipped, gaps: this.#gaps, unknown: this.#unknown, tornTail: this.#tail.length > 0 };
  }

  /** Number of the next record of this log. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** The records completed by `chunk`, in order, of events that contain all their lists. The caller may then reuse the chunk's memory. */
  feed(chunk: Uint8Array): EventRecord[] {
    return this.lines(chunk).flatMap((line) => this.record(line, Object.keys(tablesOf(line.event)).length) ?? []);
  }

  /** The lines completed by `chunk`, in order, with parsed events; record() turns them into records. */
  lines(chunk: Uint8Array): LogLine[] {
    const lines: LogLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const bytes = joined([...this.#tail, chunk.subarray(start, end)]);
      this.#tail = [];
      start = end + 1;
      const line = this.#read(bytes);
      if (line) lines.push(line);
    }
    if (start < chunk.length) this.#tail.push(chunk.slice(start));
    return lines;
  }

  /**
   * @param line  a line of lines(), with the lists that it names inserted in its event
   * @param lost  number of those lists that cannot be read
   * @returns undefined: the line cannot be interpreted, and is counted
   */
  record({ v, seq, at, crc, event: json }: LogLine, lost = 0): EventRecord | undefined {
    const event = RunEvent.safeParse(json);
    if (v === version && event.success) return { v, seq, at, crc, event: event.data };
    if (lost > 0) this.#skipped++;
    else this.#unknown++;
    return undefined;
  }

  #read(bytes: Uint8Array): LogLine | undefined {
    const line = this.#text(bytes);
    if (line === '') return undefined;
    const parts = line === undefined ? undefined : partsOf(line);
    if (!parts || parts.seq < this.#unreadFrom || parts.seq === this.#nextSeq - 1) {
      this.#skipped++;
      this.#skippedSinceGood++;
      return undefined;
    }
    // A line with a damaged number must not suppress the lines after it, which continue below its number.
    const missing = parts.seq - this.#nextSeq;
    if (missing <= 0) this.#unreadFrom = parts.seq + 1;
    else if (missing > this.#skippedSinceGood) this.#gaps++;
    this.#nextSeq = parts.seq + 1;
    this.#skippedSinceGood = 0;
    return parts;
  }

  #text(bytes: Uint8Array): string | undefined {
    try {
      // A checkout may have turned \n into \r\n.
      return this.#decoder.decode(bytes).replace(/\r$/, '');
    } catch {
      return undefined; // not UTF-8: damaged, and counted by the caller
    }
  }
}

const newline = 0x0a;

const crcOf = (text: string): string => (crc32.str(text) >>> 0).toString(16).padStart(8, '0');

const linePattern = /^\{"v":(\d{1,9}),"seq":(\d{1,15}),"at":"([^"\\]+)","crc":"([0-9a-f]{8})","event":(\{.*\})\}$/s;

function partsOf(line: string): LogLine | undefined {
  const [, v, seq, at, crc, text] = linePattern.exec(line) ?? [];
  if (at === undefined || crc === undefined || text === undefined) return undefined;
  if (crcOf(text) !== crc || Number.isNaN(Date.parse(at))) return undefined;
  try {
    return { v: Number(v), seq: Number(seq), at, crc, event: JSON.parse(text) };
  } catch {
    return undefined; // a valid checksum over text that is not JSON: made by hand, and counted by the caller
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
