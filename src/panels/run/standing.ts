// State of a run that its events do not contain, for the run's panel.
import type { Standing } from '../../../shared/messages/run.ts';
import { type Run, runName } from '../../runs/runs.ts';
import { stateText } from '../../runs/tree/runTexts.ts';
import type { Translate } from '../../words/translate.ts';

export const standingOf = (run: Run, t: Translate): Standing => ({
  name: runName(run),
  phase: run.phase,
  stopRequested: run.stopRequested,
  pauseRequested: run.pauseRequested,
  resumable: run.resumable,
  elsewhere: run.elsewhere && stateText(run, t),
  lastLines: [...run.lastLines],
});
