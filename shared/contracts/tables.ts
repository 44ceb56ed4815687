// Large lists of an event or of run.json (a confusion matrix of 500 classes, thousands of findings) are files of their own in the run
// folder, named in a field `tables` by the dotted path of what they hold. A line of the log then stays short, run.json is replaced
// quickly, and what is small stays where it always was. Pure: values -> lean values and texts, and back. Absent: files (runFolder/tables.ts).
import { z } from 'zod';
import { StoredFile } from './storedFile.ts';

/** Characters of JSON above which a list leaves a line of the log: with five such lists a line stays below 64 kB. */
export const mostInLine = 12 * 1024;
/** The same for run.json, which is written again at every event. */
export const mostInSummary = 4 * 1024;

/** Dotted path of a field -> its file. */
export const Tables = z.record(z.string(), StoredFile);
export type Tables = z.infer<typeof Tables>;

/** An event or a summary without its large lists. */
export interface Lean {
  readonly tables: Tables;
}

/** A list that is too large to stay: where it is, and what its file holds. */
export interface LargeList {
  readonly path: string;
  readonly list: readonly unknown[];
}

/**
 * The lists within `value` whose JSON is longer than `limit` characters: lists of its fields and of the objects in them, not lists of lists.
 *
 * @param lengthOf  of a list's JSON
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

/** `value` itself where nothing is large. */
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

/** What the parsed JSON of an event or of run.json names; {} where it names nothing, or nothing that can be understood. */
export const tablesOf = (json: unknown): Tables => HasTables.safeParse(json).data?.tables ?? {};

/**
 * The parsed JSON with its lists where they belong.
 *
 * @param lists  by path, of those that could be read; the field of another one stays missing
 */
export function withLists(json: unknown, lists: ReadonlyMap<string, unknown>): unknown {
  let whole = json;
  for (const [path, list] of lists) whole = withField(whole, path.split('.'), list);
  return whole;
}

function withField(at: unknown, [key, ...rest]: readonly string[], list: unknown): unknown {
  // A path that leads nowhere was made by hand: the schema will miss what should be there.
  if (key === undefined || typeof at !== 'object' || at === null || key === '__proto__') return at;
  const inner: unknown =
    rest.length === 0 ? list : withField(Object.entries(at).find(([k]) => k === key)?.[1], rest, list);
  return { ...at, [key]: inner };
}

/** One entry a line, for people and for tools that compare files. */
export const encodeList = (list: readonly unknown[]): string =>
  `[\n${list.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`;
