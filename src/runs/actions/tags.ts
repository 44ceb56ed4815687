// Tags of several runs at once. Two tags that differ only in case are the same.
import { cleanTags } from '../../../shared/contracts/labels.ts';
import type { Run } from '../runs.ts';

const key = (tag: string): string => tag.toLowerCase();

const has = (tags: readonly string[], wanted: string): boolean => tags.some((tag) => key(tag) === key(wanted));

/** Tags that every run has. */
export const sharedTags = ([first, ...others]: readonly Run[]): string[] =>
  first ? first.labels.tags.filter((tag) => others.every(({ labels }) => has(labels.tags, tag))) : [];

/** Tags by descending frequency. */
export function tagsInUse(runs: readonly Run[]): string[] {
  const counts = new Map<string, { tag: string; count: number }>();
  for (const tag of runs.flatMap(({ labels }) => labels.tags)) {
    const { count } = counts.get(key(tag)) ?? { count: 0 };
    counts.set(key(tag), { tag, count: count + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).map(({ tag }) => tag);
}

/** `tags` with the user's change from `before` to `after` applied; other tags stay. */
export function retagged(tags: readonly string[], before: readonly string[], after: readonly string[]): string[] {
  const kept = tags.filter((tag) => has(after, tag) || !has(before, tag));
  const respelt = kept.map((tag) => after.find((other) => key(other) === key(tag)) ?? tag);
  return cleanTags([...respelt, ...after]);
}
