// The status bar's one item as a pure function of the active runs.
import type { Memory } from '../../../shared/contracts/events.ts';
import { durationText } from '../../words/time.ts';
import type { Translate } from '../../words/translate.ts';
import { plannedEpochs, type Run, runName } from '../runs.ts';
import { stateText } from '../tree/runTexts.ts';
import { openIcon } from '../tree/runTree.ts';
import { escapeMarkdown } from '../tree/tooltip.ts';

export interface StatusItem {
  /** A codicon's id. */
  readonly icon: string;
  readonly text: string;
  /** Markdown; every value from outside is escaped. */
  readonly tooltip: string;
}

/** Describes the newest training run, else the newest paused one, else the first of the queue. */
export function statusItem(open: readonly Run[], t: Translate): StatusItem | undefined {
  const shown = runToShow(open);
  if (!shown) return undefined;
  return { icon: openIcon(shown), text: statusText(shown, open, t), tooltip: tooltipOf(shown, open, t) };
}

const waits = (run: Run): boolean => run.phase === 'open' && run.state.status === 'queued';

function runToShow(open: readonly Run[]): Run | undefined {
  const waiting = open.filter(waits).sort((a, b) => (a.state.ahead ?? 0) - (b.state.ahead ?? 0));
  return (
    open.find((run) => !waits(run) && run.state.status !== 'paused') ??
    open.find((run) => run.state.status === 'paused') ??
    waiting[0]
  );
}

/** Keeps a $(name) in a folder's name as text. */
function statusText(run: Run, open: readonly Run[], t: Translate): string {
  const { progress, status } = run.state;
  const epochs = plannedEpochs(run.state);
  const trains = run.phase === 'open' && status === 'running' && !run.stopRequested && !run.pauseRequested;
  const epoch =
    progress?.epoch != null && epochs !== null
      ? t('epoch {epoch} of {epochs}', { epoch: progress.epoch, epochs })
      : null;
  const speed = trains && progress?.imagesPerSecond != null ? speedText(progress.imagesPerSecond, t) : null;
  const left = trains && progress?.etaMs != null ? leftText(progress.etaMs, t) : null;
  const queued = open.filter((other) => other !== run && waits(other)).length;
  const others = open.length - 1 - queued;
  const parts = [
    trains ? (epoch ?? stateText(run, t)) : stateText(run, t),
    ...(trains ? [speed, left] : [epoch]),
    others > 0 ? `+${others}` : null,
    queued > 0 ? t('{count} queued', { count: queued }) : null,
  ];
  return `${runName(run).replaceAll('$(', '$ (')}: ${parts.filter((part) => part !== null).join(' · ')}`;
}

function tooltipOf(run: Run, open: readonly Run[], t: Translate): string {
  const { device, progress } = run.state;
  const rows: [string, string | null | undefined][] = [
    [t('State'), stateText(run, t)],
    [t('Device'), device && `${device.name} (${device.engine})`],
    [t('Memory'), progress?.memory && memoryText(progress.memory, t)],
    [t('Speed'), progress?.imagesPerSecond != null ? speedText(progress.imagesPerSecond, t) : null],
    [
      t('Others'),
      open.length > 1
        ? open
            .filter((other) => other !== run)
            .map(otherText(t))
            .join('; ')
        : null,
    ],
    [t('Click'), open.length > 1 ? t('choose a run to open') : t('open the run')],
  ];
  const lines = rows.filter((row): row is [string, string] => row[1] != null);
  return [
    `**${escapeMarkdown(runName(run))}**`,
    lines.map(([name, value]) => `${escapeMarkdown(name)}: ${escapeMarkdown(value)}`).join('  \n'),
  ].join('\n\n');
}

const otherText =
  (t: Translate) =>
  (run: Run): string =>
    `${runName(run)} (${stateText(run, t)})`;

const speedText = (imagesPerSecond: number, t: Translate): string =>
  t('{count} images/s', { count: imagesPerSecond < 10 ? imagesPerSecond.toFixed(1) : imagesPerSecond.toFixed(0) });

const leftText = (etaMs: number, t: Translate): string => t('{time} left', { time: durationText(etaMs, t) });

const memoryText = ({ usedBytes, totalBytes }: Memory, t: Translate): string =>
  t('{used} of {total} GB', { used: (usedBytes / 1e9).toFixed(1), total: (totalBytes / 1e9).toFixed(1) });
