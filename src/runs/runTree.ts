// The sidebar's rows as a pure function of the runs: what each says, shows and allows. runTreeView.ts hands them to the editor.
import { isDeepStrictEqual } from 'node:util';
import { sentences } from '../../runner/contracts/errors.ts';
import type { Problem } from '../../runner/contracts/events.ts';
import type { Translate } from '../translate.ts';
import { datasetName, isOpen, plannedEpochs, type Run } from './run.ts';
import { whenText } from './time.ts';
import { tooltipMarkdown } from './tooltip.ts';

export interface RunRow {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Markdown; every value from outside is escaped. */
  readonly tooltip: string;
  /** A codicon's id and a theme colour's id. */
  readonly icon: { readonly id: string; readonly color: string | null };
  /** For `when` clauses: what can be done with it. */
  readonly contextValue: 'run.queued' | 'run.running' | 'run.paused' | 'run.resumable' | 'run.ended';
  readonly accessibilityLabel: string;
}

export interface RowContext {
  readonly now: Date;
  /** A BCP 47 tag. */
  readonly language: string;
  readonly t: Translate;
}

/** One row a run, in the order given. */
export const runTree = (runs: readonly Run[], context: RowContext): RunRow[] => runs.map((run) => toRow(run, context));

/** The rows of `after` that say something else than in `before`; 'all' when rows came, went or moved. */
export function changedRows(before: readonly RunRow[], after: readonly RunRow[]): readonly RunRow[] | 'all' {
  if (before.length !== after.length || after.some((row, i) => row.id !== before[i]!.id)) return 'all';
  return after.filter((row, i) => !isDeepStrictEqual(row, before[i]));
}

export function stateText(run: Run, t: Translate): string {
  if (run.stopRequested) return t('Stopping');
  if (run.phase === 'starting') return t('Starting');
  if (run.pauseRequested) return t('Pausing');
  if (run.phase === 'unreadable') return t('Cannot be read');
  switch (run.state.status) {
    case 'queued':
      return run.state.ahead ? t('Queued, {count} ahead', { count: run.state.ahead }) : t('Queued');
    case 'running':
      return t('Running');
    case 'paused':
      return t('Paused');
    case 'stopped':
      return t('Stopped');
    case 'finished':
      return t('Finished');
    case 'failed':
      return t('Failed');
  }
}

export const headlineText = ({ headline }: Run, t: Translate): string | null =>
  headline === null ? null : `${headlineName(headline.name, t)} ${headline.value.toFixed(3)}`;

/** The reducer's names; one of a newer version stands as it is. */
function headlineName(name: string, t: Translate): string {
  switch (name) {
    case 'test AUROC':
      return t('test AUROC');
    case 'val AUROC':
      return t('val AUROC');
    default:
      return name;
  }
}

/** The sentence of a problem in the editor's language; a code of a newer version is shown as it is. */
export const problemText = ({ code, params }: Problem, t: Translate): string =>
  Object.hasOwn(sentences, code)
    ? t(sentences[code as keyof typeof sentences], params)
    : `${code}: ${JSON.stringify(params)}`;

function toRow(run: Run, context: RowContext): RunRow {
  const { t } = context;
  const label = datasetName(run);
  const state = stateText(run, t);
  const when = whenText(run.createdAt, context.now, context.language);
  const random = run.state.weights?.kind === 'random' && run.headline !== null ? t('random weights') : null;
  const telling = run.state.status === 'finished' ? null : state;
  const description = [telling, headlineText(run, t), random, epochText(run, t), when]
    .filter((part) => part)
    .join(' · ');
  return {
    id: run.id,
    label,
    description,
    tooltip: tooltipMarkdown(run, context),
    icon: iconOf(run),
    contextValue: contextOf(run),
    accessibilityLabel: [label, state, headlineText(run, t), random, when].filter((part) => part).join(', '),
  };
}

function epochText(run: Run, t: Translate): string | null {
  const epochs = plannedEpochs(run.state);
  if (!isOpen(run) || epochs === null || run.epochCount === 0) return null;
  return t('epoch {epoch} of {epochs}', { epoch: run.epochCount, epochs });
}

function contextOf(run: Run): RunRow['contextValue'] {
  if (!isOpen(run)) return run.resumable ? 'run.resumable' : 'run.ended';
  if (run.phase === 'starting' || run.state.status === 'queued') return 'run.queued';
  return run.state.status === 'paused' || run.pauseRequested ? 'run.paused' : 'run.running';
}

/** A codicon's id for a run that goes on. */
export function openIcon(run: Run): 'sync~spin' | 'watch' | 'debug-pause' {
  if (run.phase === 'starting' || run.stopRequested) return 'sync~spin';
  return run.state.status === 'queued' ? 'watch' : run.state.status === 'paused' ? 'debug-pause' : 'sync~spin';
}

function iconOf(run: Run): RunRow['icon'] {
  if (run.phase === 'unreadable') return { id: 'warning', color: 'list.warningForeground' };
  if (isOpen(run)) return { id: openIcon(run), color: null };
  switch (run.state.status) {
    case 'finished':
      return { id: 'pass', color: 'testing.iconPassed' };
    case 'failed':
      return { id: 'error', color: 'testing.iconFailed' };
    default:
      return { id: 'circle-slash', color: null };
  }
}
