// Files that a run writes after each epoch, all of them functions of its events: metrics.csv, TensorBoard's file, alarms.
// Absent: training. Called by carryOut.ts, once per run.
import { join } from 'node:path';
import type { RunEvent } from '../../shared/contracts/events.ts';
import type { FineTuneJob } from '../../shared/contracts/job.ts';
import { encodeMetrics } from '../../shared/contracts/metricsTable.ts';
import { files } from '../../shared/contracts/run.ts';
import { applyRunEvent } from '../../shared/contracts/runState.ts';
import type { RunFolder } from '../store/store.ts';
import { tensorboardWriter } from '../store/tensorboard.ts';
import type { Task } from '../task.ts';

type RecordEvent = (event: RunEvent) => Promise<void>;

/** Records like `record`. An epoch's files are written before its event, so that readers of the event find them; its alarms after it. */
export function withEpochFiles(
  run: RunFolder,
  { tensorboard }: Pick<FineTuneJob, 'tensorboard'>,
  { newAlarms }: Pick<Task, 'newAlarms'>,
  record: RecordEvent,
): RecordEvent {
  const scalars = tensorboard ? tensorboardWriter(join(run.folder, files.tensorboard), { fs: run.fs }) : undefined;
  return async (event) => {
    if (event.type !== 'epoch') return record(event);
    const state = applyRunEvent(run.state, event);
    await run.writeFile(files.metrics, encodeMetrics(state));
    if (scalars) await run.untilWritten(() => scalars.append(event, state.classNames));
    await record(event);
    for (const problem of newAlarms(state)) await record({ type: 'alarm', epoch: event.epoch, problem });
  };
}
