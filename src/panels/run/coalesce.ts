import type { RunEvent } from '../../../shared/contracts/events.ts';

/** Drops each progress event that another one follows directly: the panel draws only the newest. */
export const coalesceProgress = (events: readonly RunEvent[]): RunEvent[] =>
  events.filter((event, i) => event.type !== 'progress' || events[i + 1]?.type !== 'progress');
