// What the panel of a run is told beyond the run's events.
import type { Standing } from '../../webview/contract.ts';
import { datasetName, type Run } from '../runs/run.ts';

export const standingOf = (run: Run): Standing => ({
  name: datasetName(run),
  phase: run.phase,
  stopRequested: run.stopRequested,
  pauseRequested: run.pauseRequested,
  resumable: run.resumable,
  lastLines: [...run.lastLines],
});
