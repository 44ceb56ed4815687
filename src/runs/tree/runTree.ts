// The sidebar's rows as a pure function of the runs: text, icon and actions of each. runTreeView.ts connects them to the editor.
import { fixed } from '../../../shared/fixed.ts';
import { durationText, whenText } from '../../words/time.ts';
import type { Translate } from '../../words/translate.ts';
import {
  datasetName,
  hasEpochs,
  isHeldByDisk,
  isOpen,
  isSilentElsewhere,
  plannedEpochs,
  type Run,
  runName,
} from '../runs.ts';
import { durationMs, isMetric } from './arrangement.ts';
import { damageText, headlineText, metricText, type RowContext, stateText, weightsRemark } from './runTexts.ts';
import { tooltipMarkdown } from './tooltip.ts';

export interface RunRow {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Markdown; every value from outside is escaped. */
  readonly tooltip: string;
  /** A codicon's id and a theme colour's id. */
  readonly icon: { readonly id: string; readonly color: string | null };
  /** Value for `when` clauses: `run`, its state, `epochs` if it has some, `starred` if it is. */
  readonly contextValue: string;
  readonly accessibilityLabel: string;
}

/** One row per run, in the given order. */
export const runTree = (runs: readonly Run[], context: RowContext): RunRow[] => runs.map((run) => toRow(run, context));

/** Memoised toRow(): a Run is immutable, and its row changes only with the day and the order. */
export function rowMaker(): typeof toRow {
  let rows = new WeakMap<Run, RunRow>();
  let made = '';
  return (run, context) => {
    const key = `${context.now.toDateString()} ${context.language} ${context.sortBy}`;
    if (key !== made) rows = new WeakMap();
    made = key;
    const row = rows.get(run) ?? toRow(run, context);
    rows.set(run, row);
    return row;
  };
}

export function toRow(run: Run, context: RowContext): RunRow {
  const { t } = context;
  const { starred, name, tags } = run.labels;
  const state = stateText(run, t);
  const when = whenText(run.createdAt, context.now, context.language);
  const weights = run.headline === null ? null : weightsRemark(run.state.weights?.kind, t);
  const telling = run.state.status === 'finished' ? null : state;
  const dataset = name === null ? null : datasetName(run);
  // The sort key comes first, because a narrow view cuts the rest.
  const figures = [sortedText(run, context), headlineText(run, t), weights, damageText(run, t), epochText(run, t)];
  const tagged = tags.length > 0 ? tags.map((tag) => `#${tag}`).join(' ') : null;
  let tooltip: string | undefined; // few of a thousand rows are ever requested
  const join = (parts: readonly (string | null)[], between: string) => parts.filter((part) => part).join(between);
  return {
    id: run.id,
    label: starred ? `★ ${runName(run)}` : runName(run),
    description: join([telling, dataset, ...figures, tagged, when], ' · '),
    get tooltip() {
      tooltip ??= tooltipMarkdown(run, context);
      return tooltip;
    },
    icon: iconOf(run),
    contextValue: join(['run', doingOf(run), hasEpochs(run) ? 'epochs' : null, starred ? 'starred' : null], '.'),
    accessibilityLabel: join(
      [runName(run), starred ? t('starred') : null, state, dataset, ...figures.slice(0, 4), tagged, when],
      ', ',
    ),
  };
}

function epochText(run: Run, t: Translate): string | null {
  const epochs = plannedEpochs(run.state);
  if (!isOpen(run) || epochs === null || run.epochCount === 0) return null;
  return t('epoch {epoch} of {epochs}', { epoch: run.epochCount, epochs });
}

/** The metric that the rows are sorted by, unless the row shows it anyway. */
function sortedText(run: Run, { sortBy = 'start', t }: RowContext): string | null {
  if (sortBy === 'duration') return durationMs(run) === null ? null : durationText(durationMs(run)!, t);
  if (!isMetric(sortBy) || sortBy === run.headline?.name) return null;
  const value = run.metrics[sortBy];
  return value === undefined ? null : `${metricText(sortBy, t)} ${fixed(value, 3)}`;
}

function doingOf(run: Run): 'queued' | 'running' | 'paused' | 'waiting' | 'silent' | 'resumable' | 'ended' {
  if (isSilentElsewhere(run)) return 'silent';
  if (!isOpen(run)) return run.resumable ? 'resumable' : 'ended';
  if (run.phase === 'starting' || run.state.status === 'queued') return 'queued';
  if (isHeldByDisk(run)) return 'waiting';
  return run.state.status === 'paused' || run.pauseRequested ? 'paused' : 'running';
}

/** A codicon's id for an active run. */
export function openIcon(run: Run): 'sync~spin' | 'watch' | 'debug-pause' | 'warning' {
  if (run.phase === 'starting' || run.stopRequested) return 'sync~spin';
  if (isHeldByDisk(run)) return 'warning';
  return run.state.status === 'queued' ? 'watch' : run.state.status === 'paused' ? 'debug-pause' : 'sync~spin';
}

function iconOf(run: Run): RunRow['icon'] {
  if (run.phase === 'unreadable') return { id: 'warning', color: 'list.warningForeground' };
  if (isSilentElsewhere(run)) return { id: 'question', color: null };
  if (isOpen(run)) return { id: openIcon(run), color: isHeldByDisk(run) ? 'list.warningForeground' : null };
  switch (run.state.status) {
    case 'finished':
      return { id: 'pass', color: 'testing.iconPassed' };
    case 'failed':
      return { id: 'error', color: 'testing.iconFailed' };
    default:
      return { id: 'circle-slash', color: null };
  }
}
