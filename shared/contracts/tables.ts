// Large lists of an event or of run.json (a confusion matrix of 500 classes, thousands of findings) are separate files in the run
// folder, listed in a field `tables` by the dotted path of the field that they replace. So lines of the log stay short, run.json is
// replaced quickly, and small lists stay in place. Pure: values <-> lean values and texts. Absent: files (runFolder/tables.ts).
import { z } from 'zod';
import { StoredFile } from './storedFile.ts';

/** Characters of JSON above which a list moves out of a log line: with five such lists a line stays below 64 kB. */
export const mostInLine = 12 * 1024;
/** The same for run.json, which is rewritten at every event. */
export const mostInSummary = 4 * 1024;

/** Dotted path of a field -> its file. */
export const Tables = z.record(z.string(), StoredFile);
export type Tables = z.infer<typeof Tables>;

/** An event or a summary without its large lists. */
export interface Lean {
  readonly tables: Tables;
}

/** A list too large to stay in place: its path, and the text of its file. */
export interface LargeList {
  readonly path: string;
  readonly list: readonly unknown[];
}

/**
 * Lists within `value` whose JSON is longer than `limit` characters: those in its fields and in their objects, but not lists of lists.
 *
 * @param lengthOf  length of a list's JSON
 */
export function largeLists(
  value: object,
  limit: number,
  lengthOf = (list: readonly unknown[]): number => JSON.stringify(list).length,
): LargeList[] {
  const found: LargeList[] = [];
  const look = (at: object, prefix: string): void => {
    for (const [key, field] of Object.entries(at)) {
      if (typeof field !== 'object' || field === null) continue;
      const path = `${prefix}${key}`;
      if (!Array.isArray(field)) look(field, `${path}.`);
      else if (lengthOf(field) > limit) found.push({ path, list: field });
    }
  };
  look(value, '');
  return found;
}

/** Returns `value` itself if it has no large list. */
export function withoutLists<T extends object>(value: T, tables: Tables): T | Lean {
  if (Object.keys(tables).length === 0) return value;
  const lean = (at: object, prefix: string): object =>
    Object.fromEntries(
      Object.entries(at).flatMap(([key, field]): [string, unknown][] => {
        const path = `${prefix}${key}`;
        if (tables[path]) return [];
        const isObject = typeof field === 'object' && field !== null && !Array.isArray(field);
        return [[key, isObject ? lean(field, `${path}.`) : field]];
      }),
    );
  return { ...lean(value, ''), tables };
}

const HasTables = z.looseObject({ tables: Tables });

/** Tables listed in the parsed JSON of an event or of run.json; {} if there are none, or if the field is invalid. */
export const tablesOf = (json: unknown): Tables => HasTables.safeParse(json).data?.tables ?? {};

/**
 * Inserts lists into the parsed JSON.
 *
 * @param lists  the readable lists by path; fields of other lists stay missing
 */
export function withLists(json: unknown, lists: ReadonlyMap<string, unknown>): unknown {
  let whole = json;
  for (const [path, list] of lists) whole = withField(whole, path.split('.'), list);
  return whole;
}

function withField(at: unknown, [key, ...rest]: readonly string[], list: unknown): unknown {
  // A path that leads nowhere was made by hand: the schema will report the missing field.
  if (key === undefined || typeof at !== 'object' || at === null || key === '__proto__') return at;
  const inner: unknown =
    rest.length === 0 ? list : withField(Object.entries(at).find(([k]) => k === key)?.[1], rest, list);
  return { ...at, [key]: inner };
}

/** One entry per line, for people and for tools that compare files. */
export const encodeList = (list: readonly unknown[]): string =>
  `[\n${list.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`;
