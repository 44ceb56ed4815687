// events.jsonl as text: one event a line, checked by number and checksum. Pure: runner, command line and editor read with the same
// eyes. Absent: files.
import crc32 from 'crc-32';
import { type EventRecord, RunEvent } from './events.ts';
import { type Lean, tablesOf } from './tables.ts';

const version = 1;

/** One line, `\n` included. The event stands last, so that a reader can check its very text. @param event  Lean: tables.ts */
export function encodeRecord(seq: number, at: string, event: RunEvent | Lean): string {
  const text = JSON.stringify(event);
  return `{"v":${version},"seq":${seq},"at":${JSON.stringify(at)},"crc":"${crcOf(text)}","event":${text}}\n`;
}

export interface LogHealth {
  /** Lines that are damaged, tell a number again, or name a file (tables.ts) that is missing or damaged. */
  readonly skipped: number;
  /** Places where numbers are missing and no damaged line explains it. */
  readonly gaps: number;
  /** Whole lines of another version of the format: nothing is wrong with them, but they say nothing here. */
  readonly unknown: number;
  /** The last line has no end (yet). */
  readonly tornTail: boolean;
}

/** Nothing that was written is lost. A last line without an end is no news of a run that goes on. */
export const isWhole = ({ skipped, gaps, unknown }: LogHealth): boolean => skipped + gaps + unknown === 0;

/** A line whose checksum is right. */
export interface LogLine {
  readonly v: number;
  readonly seq: number;
  readonly at: string;
  readonly crc: string;
  /** As parsed. */
  readonly event: unknown;
}

/** Reads a log in pieces of any size, as it grows. Never throws: what cannot be read is counted. */
export class EventLogReader {
  #tail: Uint8Array[] = [];
  #nextSeq = 0;
  /** Numbers from here on have not been told, however far one line has jumped ahead. */
  #untoldFrom = 0;
  #skippedSinceGood = 0;
  #skipped = 0;
  #gaps = 0;
  #unknown = 0;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  get health(): LogHealth {
    return { skipped: this.#skipped, gaps: this.#gaps, unknown: this.#unknown, tornTail: this.#tail.length > 0 };
  }

  /** The number that the next record of this log bears. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** The records that `chunk` completes, in order, of events that hold all their lists. The chunk's memory is the caller's again afterwards. */
  feed(chunk: Uint8Array): EventRecord[] {
    return this.lines(chunk).flatMap((line) => this.record(line, Object.keys(tablesOf(line.event)).length) ?? []);
  }

  /** The lines that `chunk` completes, in order, with their events as parsed; record() makes records of them. */
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
   * @param line  of lines(), its event with the lists that it names
   * @param lost  how many of those lists cannot be read
   * @returns undefined: the line says nothing here, and is counted
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
    if (!parts || parts.seq < this.#untoldFrom || parts.seq === this.#nextSeq - 1) {
      this.#skipped++;
      this.#skippedSinceGood++;
      return undefined;
    }
    // A line whose own number is damaged must not silence the lines after it: they go on below its number.
    const missing = parts.seq - this.#nextSeq;
    if (missing <= 0) this.#untoldFrom = parts.seq + 1;
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
      return undefined; // not UTF-8: damaged, counted by the caller
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
    return undefined; // a checksum over what is not JSON: made by hand, counted by the caller
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
