// The whole sidebar as a pure function of runs and arrangement: headings, rows, and the message about a filter.
import { isDeepStrictEqual } from 'node:util';
import type { Translate } from '../../words/translate.ts';
import { datasetName, type Run } from '../runs.ts';
import {
  type Arranged,
  type Arrangement,
  arrange,
  type Grouping,
  isFiltered,
  type ListedState,
  plainArrangement,
  type RunGroup,
  type SortKey,
} from './arrangement.ts';
import { metricText, type RowContext, stateName } from './runTexts.ts';
import { type RunRow, toRow } from './runTree.ts';
import { escapeMarkdown } from './tooltip.ts';

export interface GroupRow {
  /** Never equals a run's id. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly rows: readonly RunRow[];
}

export interface ArrangedTree {
  /** null: `rows` have no headings. */
  readonly groups: readonly GroupRow[] | null;
  readonly rows: readonly RunRow[];
  /** Text beside the view's title. */
  readonly description: string;
  /** Text above the rows; null: none, or no row is left and the view's welcome text explains it. */
  readonly message: string | null;
}

export function arrangedTree(
  runs: readonly Run[],
  arrangement: Arrangement,
  context: RowContext,
  rowOf: typeof toRow = toRow,
): ArrangedTree {
  const arranged = arrange(runs, arrangement, context.language);
  const rowContext = { ...context, sortBy: arrangement.sortBy };
  const groups = arranged.groups.map((group) => ({ group, rows: group.runs.map((run) => rowOf(run, rowContext)) }));
  const { groupBy } = arrangement;
  return {
    groups:
      groupBy === 'none' ? null : groups.map(({ group, rows }) => groupRow(group, rows, groupBy, arranged, context.t)),
    rows: groups.flatMap(({ rows }) => rows),
    description: descriptionOf(arranged, arrangement, context.t),
    message: arranged.shownCount > 0 ? messageOf(arranged, arrangement, context.t) : null,
  };
}

/** Ids whose text changed, a heading for all its rows if rows came, went or moved; 'all': headings did. */
export function changedIds(before: ArrangedTree, after: ArrangedTree): readonly string[] | 'all' {
  if (!before.groups || !after.groups) {
    const sameShape = before.groups === after.groups && haveSameIds(before.rows, after.rows);
    return sameShape ? differing(before.rows, after.rows) : 'all';
  }
  if (!haveSameIds(before.groups, after.groups)) return 'all';
  return after.groups.flatMap((group, i) => {
    const old = before.groups![i]!;
    const { rows: oldRows, ...oldHead } = old;
    const { rows, ...head } = group;
    if (!haveSameIds(oldRows, rows)) return [group.id];
    // Refreshing a heading rereads its rows.
    return isDeepStrictEqual(oldHead, head) ? differing(oldRows, rows) : [group.id];
  });
}

type Identified = readonly { readonly id: string }[];

const haveSameIds = (before: Identified, after: Identified): boolean =>
  before.length === after.length && after.every(({ id }, i) => id === before[i]!.id);

const differing = (before: Identified, after: Identified): string[] =>
  after.filter((row, i) => row !== before[i] && !isDeepStrictEqual(row, before[i])).map(({ id }) => id);

function groupRow(
  { key, runs }: RunGroup,
  rows: readonly RunRow[],
  by: Grouping,
  { groups }: Arranged,
  t: Translate,
): GroupRow {
  const first = runs[0]!;
  const label =
    key === null
      ? t('Unknown')
      : by === 'dataset'
        ? datasetName(first)
        : by === 'state'
          ? stateName(key as ListedState, t)
          : key;
  const hasNamesake =
    by === 'dataset' && groups.some((other) => other.key !== key && datasetName(other.runs[0]!) === label);
  return {
    id: `group/${by}/${key ?? ''}`,
    label,
    description: hasNamesake && key !== null ? `${rows.length} · ${key}` : `${rows.length}`,
    tooltip: escapeMarkdown(key === null || by === 'state' ? label : key),
    rows,
  };
}

export function groupingName(grouping: Grouping, t: Translate): string {
  switch (grouping) {
    case 'none':
      return t('No groups');
    case 'dataset':
      return t('Dataset');
    case 'state':
      return t('State');
    case 'recipe':
      return t('Recipe');
  }
}

export function sortName(key: SortKey, t: Translate): string {
  switch (key) {
    case 'start':
      return t('Start');
    case 'name':
      return t('Name');
    case 'duration':
      return t('Duration');
    default:
      return metricText(key, t);
  }
}

/** Condition for a run to be shown: starred, Failed or Stopped, "words". */
export function filterText({ starredOnly, states, text }: Arrangement, t: Translate): string {
  return [
    ...(starredOnly ? [t('starred')] : []),
    ...(states.length > 0 ? [states.map((state) => stateName(state, t)).join(' / ')] : []),
    ...(text.trim() === '' ? [] : [`"${text.trim()}"`]),
  ].join(', ');
}

function descriptionOf({ shownCount, totalCount }: Arranged, arrangement: Arrangement, t: Translate): string {
  const { sortBy, descending } = arrangement;
  const isPlain = sortBy === plainArrangement.sortBy && descending === plainArrangement.descending;
  return [
    ...(isFiltered(arrangement) ? [t('{shown} of {total}', { shown: shownCount, total: totalCount })] : []),
    ...(isPlain ? [] : [`${sortName(sortBy, t)} ${descending ? '↓' : '↑'}`]),
  ].join(' · ');
}

function messageOf(
  { shownCount, totalCount, hiddenOpenCount }: Arranged,
  arrangement: Arrangement,
  t: Translate,
): string | null {
  if (!isFiltered(arrangement)) return null;
  const filter = filterText(arrangement, t);
  const shown = t('{shown} of {total} {total|run|runs}: {filter}.', { shown: shownCount, total: totalCount, filter });
  return hiddenOpenCount === 0 ? shown : `${shown} ${t('Active, but not shown: {count}.', { count: hiddenOpenCount })}`;
}
