import type { RunEvent } from '../contracts/events.ts';

type Progress = Extract<RunEvent, { type: 'progress' }>;
export type ProgressReport = Pick<Progress, 'phase' | 'done' | 'total'> & Partial<Progress>;
export type Reporter = (report: ProgressReport) => void;

/**
 * Turns a flood of reports into at most one event a second, and one at every change of phase or epoch. Events are recorded in
 * order. A write that fails is thrown by the next report: a full disk must not wait for the end of a long epoch.
 */
export function progressReporter(
  record: (event: RunEvent) => Promise<void>,
  nowMs: () => number = () => performance.now(),
): Reporter {
  let lastMs = Number.NEGATIVE_INFINITY;
  let lastPlace = '';
  let failure: { readonly error: unknown } | undefined;
  return (report) => {
    if (failure) throw failure.error;
    const place = `${report.phase}/${report.epoch ?? ''}`;
    if (place === lastPlace && nowMs() - lastMs < 1000) return;
    lastPlace = place;
    lastMs = nowMs();
    record({ type: 'progress', stage: null, epoch: null, imagesPerSecond: null, etaMs: null, ...report }).catch(
      (error: unknown) => {
        failure = { error };
      },
    );
  };
}
