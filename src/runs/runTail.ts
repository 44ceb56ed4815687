// One run's events.jsonl, read as it grows: what was read is folded at once, what is torn is left for the next look.
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EventLogReader } from '../../runner/contracts/eventLog.ts';
import type { RunEvent } from '../../runner/contracts/events.ts';
import { applyRunEvent, initialRunState, type RunState } from '../../runner/contracts/runState.ts';
import { locatedEvent } from '../../runner/store/places.ts';
import { readRecords } from '../../runner/store/tables.ts';

export interface TailNews {
  readonly events: readonly RunEvent[];
  /** The log became shorter (another log took its place): `events` are those of the whole new log. */
  readonly restarted: boolean;
}

export class RunTail {
  readonly #runId: string;
  readonly #file: string;
  #reader = new EventLogReader();
  #offset = 0;
  #state: RunState;
  #heartbeatMs: number | undefined;
  #lastAt: string | undefined;

  constructor(runId: string, file: string) {
    this.#runId = runId;
    this.#file = file;
    this.#state = initialRunState(runId);
  }

  get state(): RunState {
    return this.#state;
  }

  /** When the log last grew, in milliseconds since the epoch; undefined while there is none. */
  get heartbeatMs(): number | undefined {
    return this.#heartbeatMs;
  }

  /** The time of the last event. */
  get lastAt(): string | undefined {
    return this.#lastAt;
  }

  /** Reads what is new. A log that is not there yet has no news. */
  async poll(): Promise<TailNews> {
    const handle = await open(this.#file, 'r').catch(missing);
    if (!handle) return { events: [], restarted: false };
    try {
      const { size, mtimeMs } = await handle.stat();
      this.#heartbeatMs = mtimeMs;
      const restarted = size < this.#offset;
      if (restarted) this.#restart();
      const events: RunEvent[] = [];
      const folder = dirname(this.#file);
      const buffer = new Uint8Array(Math.min(Math.max(size - this.#offset, 0), chunkBytes));
      while (this.#offset < size) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - this.#offset), this.#offset);
        if (bytesRead === 0) break;
        this.#offset += bytesRead;
        for (const { at, event } of await readRecords(this.#reader, buffer.slice(0, bytesRead), folder)) {
          this.#lastAt = at;
          events.push(locatedEvent(event, folder));
        }
      }
      this.#state = events.reduce(applyRunEvent, this.#state);
      return { events, restarted };
    } finally {
      await handle.close();
    }
  }

  #restart(): void {
    this.#reader = new EventLogReader();
    this.#offset = 0;
    this.#lastAt = undefined;
    this.#state = initialRunState(this.#runId);
  }
}

const chunkBytes = 1 << 20;

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
  return undefined;
}
