// Notices for the readers of a page whose log could not be read completely.
import { isWhole, type LogHealth } from '../../../shared/contracts/eventLog.ts';
import { isOpenStatus, type RunState } from '../../../shared/contracts/runState.ts';
import { plural } from '../../words/text.ts';

/** Empty for a whole log. An incomplete last line is normal while a run is going on: it is being written. */
export function logNotices(log: LogHealth, { status }: Pick<RunState, 'status'>): string[] {
  const isTorn = log.tornTail && !isOpenStatus(status);
  if (isWhole(log) && !isTorn) return [];
  const parts = [
    ...(log.skipped > 0 ? [`${plural(log.skipped, 'line')} damaged`] : []),
    ...(log.gaps > 0 ? [`lines missing in ${plural(log.gaps, 'place')}`] : []),
    ...(log.unknown > 0 ? [`${plural(log.unknown, 'line')} of another version`] : []),
    ...(isTorn ? ['an incomplete last line'] : []),
  ];
  return [
    `The run’s log (events.jsonl) could not be read completely: ${parts.join(', ')}. Epochs, warnings or findings from those lines may be missing here or outdated.`,
  ];
}
