import type { RunEvent } from '../../../shared/contracts/events.ts';

/** Leaves out every progress that another one follows at once: the panel draws the newest only. */
export const coalesceProgress = (events: readonly RunEvent[]): RunEvent[] =>
  events.filter((event, i) => event.type !== 'progress' || events[i + 1]?.type !== 'progress');
