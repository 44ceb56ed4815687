// What the panel of a run is told beyond the run's events.
import type { Standing } from '../../webview/contract.ts';
import { type Run, runName } from '../runs/run.ts';

export const standingOf = (run: Run): Standing => ({
  name: runName(run),
  phase: run.phase,
  stopRequested: run.stopRequested,
  pauseRequested: run.pauseRequested,
  resumable: run.resumable,
  lastLines: [...run.lastLines],
});
