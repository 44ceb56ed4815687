// The status bar's words, as a pure function.
import type { Translate } from '../translate.ts';
import { datasetName, plannedEpochs, type Run } from './run.ts';
import { stateText } from './runTree.ts';
import { durationText } from './time.ts';

/** Of the newest open run; `openCount` counts it too. A $(name) in a folder's name stays text. */
export function statusText(run: Run, openCount: number, t: Translate): string {
  const { progress } = run.state;
  const epochs = plannedEpochs(run.state);
  const epoch =
    progress?.epoch != null && epochs !== null
      ? t('epoch {epoch} of {epochs}', { epoch: progress.epoch, epochs })
      : stateText(run, t);
  const left = progress?.etaMs != null ? t('{time} left', { time: durationText(progress.etaMs, t) }) : null;
  const more = openCount > 1 ? `+${openCount - 1}` : null;
  const name = datasetName(run).replaceAll('$(', '$ (');
  return [`${name}: ${epoch}`, left, more].filter((part) => part !== null).join(' · ');
}
