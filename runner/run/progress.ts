import type { RunEvent } from '../contracts/events.ts';

type Progress = Extract<RunEvent, { type: 'progress' }>;
export type ProgressReport = Pick<Progress, 'phase' | 'done' | 'total'> & Partial<Progress>;
export type Reporter = (report: ProgressReport) => void;

/**
 * Turns a flood of reports into at most one event a second, and one at every change of phase or epoch. Events are recorded in
 * order; a failure to write surfaces at the next `settled()`.
 */
export function progressReporter(
  record: (event: RunEvent) => Promise<void>,
  nowMs: () => number = () => performance.now(),
): Reporter & { settled(): Promise<void> } {
  let lastMs = Number.NEGATIVE_INFINITY;
  let lastPlace = '';
  let writing: Promise<void> = Promise.resolve();
  const report: Reporter = (report) => {
    const place = `${report.phase}/${report.epoch ?? ''}`;
    if (place === lastPlace && nowMs() - lastMs < 1000) return;
    lastPlace = place;
    lastMs = nowMs();
    const event: Progress = {
      type: 'progress',
      stage: null,
      epoch: null,
      imagesPerSecond: null,
      etaMs: null,
      ...report,
    };
    writing = writing.then(() => record(event));
    writing.catch(() => {}); // met by settled()
  };
  return Object.assign(report, { settled: () => writing });
}
