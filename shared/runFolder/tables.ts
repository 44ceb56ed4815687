// Large lists of events and of run.json as files of the run folder (contracts/tables.ts). A file is named after the hash of its bytes:
// a named file never changes, and a list shared by an event and run.json is written once. Absent: the limit for large lists.
// Called by store/store.ts (writes); readRun.ts and the editor read.
import { dirname, join } from 'node:path';
import type { EventLogReader } from '../contracts/eventLog.ts';
import type { EventRecord } from '../contracts/events.ts';
import { files } from '../contracts/run.ts';
import type { StoredFile } from '../contracts/storedFile.ts';
import {
  encodeList,
  type Lean,
  largeLists,
  type Tables,
  tablesOf,
  withLists,
  withoutLists,
} from '../contracts/tables.ts';
import { replaceFile } from '../files/atomicFile.ts';
import { bytesOf, type FsPort, nodeFileSystem } from '../files/fileSystem.ts';
import { writeError } from '../files/writeError.ts';
import { hashOf } from './verified.ts';

export interface TableWriter {
  /** Writes the large lists of `value` and returns it without them. @throws UserError diskFull, cannotWrite */
  lean<T extends object>(value: T, limit: number): Promise<T | Lean>;
}

export function tableWriter(folder: string, fs: FsPort): TableWriter {
  // A run's state keeps its lists from event to event, so each is measured and written once.
  const lengths = new WeakMap<readonly unknown[], number>();
  const written = new WeakMap<readonly unknown[], StoredFile>();
  const lengthOf = (list: readonly unknown[]): number => {
    const length = lengths.get(list) ?? JSON.stringify(list).length;
    lengths.set(list, length);
    return length;
  };
  const write = async (path: string, list: readonly unknown[]): Promise<StoredFile> => {
    const bytes = bytesOf(encodeList(list));
    const sha256 = hashOf(bytes);
    const stored = { file: files.table(path.slice(path.lastIndexOf('.') + 1), sha256), sha256 };
    const file = join(folder, stored.file);
    try {
      await fs.mkdir(dirname(file), { recursive: true });
    } catch (error) {
      throw writeError(file, error);
    }
    await replaceFile(file, bytes, fs);
    return stored;
  };
  return {
    async lean(value, limit) {
      const tables: Record<string, StoredFile> = {};
      for (const { path, list } of largeLists(value, limit, lengthOf)) {
        const stored = written.get(list) ?? (await write(path, list));
        written.set(list, stored);
        tables[path] = stored;
      }
      return withoutLists(value, tables);
    },
  };
}

/** Readable lists with matching hashes, by path, of those listed in the parsed JSON of an event or of run.json. */
async function readLists(
  tables: Tables,
  folder: string,
  fs: Pick<FsPort, 'readFile'>,
): Promise<ReadonlyMap<string, unknown>> {
  const lists = new Map<string, unknown>();
  for (const [path, { file, sha256 }] of Object.entries(tables)) {
    if (!files.isTable(file)) continue; // a log may come from anywhere, so no other file of this machine is read
    const bytes = await fs.readFile(join(folder, file)).catch(() => undefined); // a missing file counts as a damaged one
    const list = bytes && hashOf(bytes) === sha256 ? parsed(bytes) : undefined;
    if (list !== undefined) lists.set(path, list);
  }
  return lists;
}

interface Whole {
  /** Parsed JSON with the readable lists. */
  readonly json: unknown;
  /** Paths of the unreadable lists. */
  readonly lost: readonly string[];
}

async function withStoredLists(json: unknown, folder: string, fs: Pick<FsPort, 'readFile'>): Promise<Whole> {
  const tables = tablesOf(json);
  const lists = await readLists(tables, folder, fs);
  return { json: withLists(json, lists), lost: Object.keys(tables).filter((path) => !lists.has(path)) };
}

/** Like `reader.feed()`, with the lists of events inserted. An event with a missing or damaged list counts as a damaged line. */
export async function readRecords(
  reader: EventLogReader,
  chunk: Uint8Array,
  folder: string,
  fs: Pick<FsPort, 'readFile'> = nodeFileSystem,
): Promise<EventRecord[]> {
  const records: EventRecord[] = [];
  for (const line of reader.lines(chunk)) {
    const { json: event, lost } = await withStoredLists(line.event, folder, fs);
    const record = reader.record({ ...line, event }, lost.length);
    if (record) records.push(record);
  }
  return records;
}

/**
 * The parsed JSON of run.json with its lists; a field whose list cannot be read gets its value in `initial`.
 *
 * @param unread  fields whose lists are not needed: they stay empty, or count as lost if their file is missing
 */
export async function withSummaryLists(
  json: unknown,
  initial: object,
  folder: string,
  fs: Pick<FsPort, 'readFile' | 'modifiedMs'> = nodeFileSystem,
  unread: readonly string[] = [],
): Promise<Whole> {
  const tables = Object.entries(tablesOf(json));
  if (tables.length === 0) return { json, lost: [] };
  const isUnread = ([path]: (typeof tables)[number]) => unread.includes(fieldOf(path));
  const wanted = { ...(json as object), tables: Object.fromEntries(tables.filter((table) => !isUnread(table))) };
  const read = await withStoredLists(wanted, folder, fs);
  const empty = new Map<string, unknown>(tables.filter(isUnread).map(([path]) => [path, []]));
  const missing: string[] = [];
  for (const [path, { file }] of tables.filter(isUnread))
    if (!(await isThere(join(folder, file), fs))) missing.push(path);
  const lostFields = new Set(read.lost.map(fieldOf));
  const instead = Object.entries(initial).filter(([key]) => lostFields.has(key));
  const whole = withLists(read.json, empty) as object;
  return { json: { ...whole, ...Object.fromEntries(instead) }, lost: [...read.lost, ...missing] };
}

const isThere = (file: string, fs: Pick<FsPort, 'modifiedMs'>): Promise<boolean> =>
  fs.modifiedMs(file).then(
    () => true,
    () => false,
  );

const fieldOf = (path: string): string => path.split('.')[0]!;

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // made by hand, including its hash
  }
}
