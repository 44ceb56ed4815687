// Texts about a run in a row, a tooltip or a list, in the editor's language.

import { editorSentences } from '../../../shared/contracts/editorSentences.ts';
import type { Problem, WeightsOrigin } from '../../../shared/contracts/events.ts';
import { lastSignText } from '../../../shared/contracts/machine.ts';
import { fixed } from '../../../shared/fixed.ts';
import type { Translate } from '../../words/translate.ts';
import type { MetricName } from '../metrics.ts';
import { isHeldByDisk, type Run } from '../runs.ts';
import { type ListedState, type SortKey, stateOf } from './arrangement.ts';

/** Texts of a row and of its tooltip. */
export interface RowContext {
  readonly now: Date;
  /** A BCP 47 tag. */
  readonly language: string;
  readonly t: Translate;
  /** A row shows the metric it is sorted by. */
  readonly sortBy?: SortKey;
}

export const damageText = ({ isLogDamaged }: Run, t: Translate): string | null =>
  isLogDamaged ? t('log damaged') : null;

/** Beside a figure that weights other than ImageNet's explain. */
export function weightsRemark(kind: WeightsOrigin['kind'] | undefined, t: Translate): string | null {
  if (kind === 'random') return t('random weights');
  return kind === 'starter' ? t('starter weights') : null;
}

export function stateText(run: Run, t: Translate): string {
  const { elsewhere } = run;
  if (!elsewhere) return ownStateText(run, t);
  const { host, silentSinceMs } = elsewhere;
  if (silentSinceMs === null) return t('{state} on {host}', { state: ownStateText(run, t), host });
  return t('No sign of life from {host} since {time}', { host, time: lastSignText({ lastSignMs: silentSinceMs }) });
}

function ownStateText(run: Run, t: Translate): string {
  if (run.stopRequested) return t('Stopping');
  if (run.phase === 'starting') return t('Starting');
  if (isHeldByDisk(run))
    return run.state.problem?.code === 'waitsForDisk' ? t('Paused: cannot write') : t('Paused: disk full');
  if (run.pauseRequested) return t('Pausing');
  const state = stateOf(run);
  return state === 'queued' && run.state.ahead
    ? t('Queued, {count} ahead', { count: run.state.ahead })
    : stateName(state, t);
}

export function stateName(state: ListedState, t: Translate): string {
  switch (state) {
    case 'queued':
      return t('Queued');
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
    case 'unreadable':
      return t('Cannot be read');
  }
}

export const headlineText = ({ headline }: Run, t: Translate): string | null =>
  headline === null ? null : `${headlineName(headline.name, t)} ${fixed(headline.value, 3)}`;

/** By the reducer's names; a name of a newer version is shown as it is. */
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

/** Sentence of a problem in the editor's language; a code of a newer version is shown as it is. */
export const problemText = ({ code, params }: Problem, t: Translate): string =>
  Object.hasOwn(editorSentences, code)
    ? t(editorSentences[code as keyof typeof editorSentences], params)
    : `${code}: ${JSON.stringify(params)}`;

export function metricText(name: MetricName, t: Translate): string {
  const [split, measure] = name.split(' ') as ['test' | 'val', string];
  const metric = measureText(measure, t);
  return split === 'test' ? t('test {metric}', { metric }) : t('val {metric}', { metric });
}

function measureText(measure: string, t: Translate): string {
  switch (measure) {
    case 'accuracy':
      return t('accuracy');
    case 'sensitivity':
      return t('sensitivity');
    case 'specificity':
      return t('specificity');
    case 'loss':
      return t('loss');
    default:
      return measure;
  }
}
