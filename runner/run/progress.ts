import type { Memory, RunEvent } from '../../shared/contracts/events.ts';
import { memoryNow } from './memory.ts';

type Progress = Extract<RunEvent, { type: 'progress' }>;
export type ProgressReport = Pick<Progress, 'phase' | 'done' | 'total'> & Partial<Progress>;
export type Reporter = (report: ProgressReport) => void;

/**
 * Reduces frequent reports to at most one event a second, plus one at every change of phase or epoch. Events are recorded in
 * order. A failed write is thrown by the next report, so that a full disk is noticed before the end of a long epoch.
 */
export function progressReporter(
  record: (event: RunEvent) => Promise<void>,
  nowMs: () => number = () => performance.now(),
  memory: () => Memory | null = memoryNow,
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
    const unknown = { stage: null, epoch: null, imagesPerSecond: null, etaMs: null };
    record({ type: 'progress', ...unknown, memory: memory(), ...report }).catch((error: unknown) => {
      failure = { error };
    });
  };
}
