// Arrangement of the sidebar's runs: filter, order and headings. Pure; arranging.ts stores it.
import { z } from 'zod';
import { epochsMs } from '../../../shared/contracts/runState.ts';
import { isBetterLow, type MetricName, metricNames } from '../metrics.ts';
import { datasetName, isOpen, type Run, runName } from '../runs.ts';

export const groupings = ['none', 'dataset', 'state', 'recipe'] as const;
export type Grouping = (typeof groupings)[number];

export const sortKeys = ['start', 'name', 'duration', ...metricNames] as const;
export type SortKey = 'start' | 'name' | 'duration' | MetricName;

/** In the order of their headings: active states first. */
export const listedStates = ['running', 'paused', 'queued', 'failed', 'stopped', 'finished', 'unreadable'] as const;
export type ListedState = (typeof listedStates)[number];
const isListedState = (value: unknown): value is ListedState => listedStates.some((state) => state === value);

/** Read from the workspace's storage: invalid parts take their defaults. */
export const Arrangement = z.object({
  groupBy: z.enum(groupings).catch('none'),
  sortBy: z.enum(sortKeys as readonly [SortKey, ...SortKey[]]).catch('start'),
  descending: z.boolean().catch(true),
  /** Words that must all occur in a run's name, dataset, recipe, tags (also as #tag) or note, in any case. */
  text: z.string().max(500).catch(''),
  /** Empty: every state. */
  states: z
    .array(z.unknown())
    .catch([])
    .transform((states) => listedStates.filter((state) => states.filter(isListedState).includes(state))),
  starredOnly: z.boolean().catch(false),
});
export type Arrangement = z.infer<typeof Arrangement>;

export const plainArrangement: Arrangement = Arrangement.parse({});

export const arrangementFrom = (stored: unknown): Arrangement => Arrangement.safeParse(stored).data ?? plainArrangement;

export const isFiltered = ({ text, states, starredOnly }: Arrangement): boolean =>
  text.trim() !== '' || states.length > 0 || starredOnly;

export const withoutFilter = (arrangement: Arrangement): Arrangement => ({
  ...arrangement,
  text: plainArrangement.text,
  states: plainArrangement.states,
  starredOnly: plainArrangement.starredOnly,
});

/** Sorting by the current key reverses the order; another key starts at its better or newer end. */
export const sortedBy = (arrangement: Arrangement, key: SortKey): Arrangement => ({
  ...arrangement,
  sortBy: key,
  descending: arrangement.sortBy === key ? !arrangement.descending : beginsDescending(key),
});

const beginsDescending = (key: SortKey): boolean => key !== 'name' && !(isMetric(key) && isBetterLow(key));

export const isMetric = (key: SortKey): key is MetricName => key !== 'start' && key !== 'name' && key !== 'duration';

export interface RunGroup {
  /** A dataset's path, a state, a recipe's name; null: unknown, or the only group when runs are not grouped. */
  readonly key: string | null;
  readonly runs: readonly Run[];
}

export interface Arranged {
  /** Groups are never empty. */
  readonly groups: readonly RunGroup[];
  readonly shownCount: number;
  readonly totalCount: number;
  /** Hidden active runs, so that nobody believes that nothing runs. */
  readonly hiddenOpenCount: number;
}

/** `language`, a BCP 47 tag, for sorting names. */
export function arrange(runs: readonly Run[], arrangement: Arrangement, language: string): Arranged {
  const names = new Intl.Collator(language, { numeric: true });
  const shown = sorted(
    runs.filter((run) => suits(run, arrangement)),
    arrangement,
    names,
  );
  const shownOpen = shown.filter(isOpen).length;
  return {
    groups: grouped(shown, arrangement.groupBy, names),
    shownCount: shown.length,
    totalCount: runs.length,
    hiddenOpenCount: runs.filter(isOpen).length - shownOpen,
  };
}

export const stateOf = ({ phase, state }: Run): ListedState =>
  phase === 'unreadable' ? 'unreadable' : phase === 'starting' ? 'queued' : state.status;

function suits(run: Run, { text, states, starredOnly }: Arrangement): boolean {
  if (starredOnly && !run.labels.starred) return false;
  if (states.length > 0 && !states.includes(stateOf(run))) return false;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { name, tags, note } = run.labels;
  const told = [
    name ?? '',
    datasetName(run),
    run.state.recipe?.name ?? '',
    ...tags.map((tag) => `#${tag}`),
    note,
    run.id,
  ];
  const all = told.join('\n').toLowerCase();
  return words.every((word) => all.includes(word));
}

/** Runs without the sort key come last in either direction; newest first among equals. */
function sorted(runs: readonly Run[], { sortBy, descending }: Arrangement, names: Intl.Collator): Run[] {
  const keyed = runs.map((run) => ({ run, key: sortKeyOf(run, sortBy) }));
  const sign = descending ? -1 : 1;
  return keyed
    .sort((a, b) => {
      if (a.key === null || b.key === null)
        return Number(a.key === null) - Number(b.key === null) || newer(a.run, b.run);
      const order = typeof a.key === 'string' ? names.compare(a.key, String(b.key)) : Math.sign(a.key - Number(b.key));
      return sign * order || newer(a.run, b.run);
    })
    .map(({ run }) => run);
}

const newer = (a: Run, b: Run): number => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

function sortKeyOf(run: Run, key: SortKey): number | string | null {
  if (key === 'start') return run.createdAt.getTime();
  if (key === 'name') return runName(run);
  if (key === 'duration') return durationMs(run);
  return run.metrics[key] ?? null;
}

/** Duration by its epochs, for a run without an end. null: unknown. */
export function durationMs({ state }: Run): number | null {
  const elapsedMs = state.elapsedMs ?? epochsMs(state.epochs);
  return elapsedMs > 0 ? elapsedMs : null;
}

function grouped(runs: readonly Run[], by: Grouping, names: Intl.Collator): RunGroup[] {
  const groups = new Map<string | null, Run[]>();
  for (const run of runs) {
    const key = groupKeyOf(run, by);
    const members = groups.get(key);
    if (members) members.push(run);
    else groups.set(key, [run]);
  }
  const inOrder = [...groups].map(([key, members]) => ({ key, runs: members }));
  if (by === 'state') return inOrder.sort((a, b) => rankOf(a.key) - rankOf(b.key));
  return inOrder.sort(
    (a, b) => Number(a.key === null) - Number(b.key === null) || names.compare(titleOf(a, by), titleOf(b, by)),
  );
}

function groupKeyOf(run: Run, by: Grouping): string | null {
  switch (by) {
    case 'none':
      return null;
    case 'dataset':
      return run.state.dataset;
    case 'state':
      return stateOf(run);
    case 'recipe':
      return run.state.recipe?.name ?? null;
  }
}

const rankOf = (key: string | null): number => (isListedState(key) ? listedStates.indexOf(key) : -1);

/** Sort key of headings: a dataset's name before its path. */
const titleOf = ({ key, runs }: RunGroup, by: Grouping): string =>
  by === 'dataset' ? `${datasetName(runs[0]!)}\n${key}` : (key ?? '');
