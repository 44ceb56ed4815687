import { isRunId } from '../../shared/contracts/run.ts';

/** Ids among a command's arguments: the row clicked, and all selected rows. Anything else is left out. */
export function runIdsAmong(argument: unknown, selected: unknown): string[] {
  const several = Array.isArray(selected) ? selected : Array.isArray(argument) ? argument : [];
  const one = several.length === 0 ? [argument] : several;
  const ids = one.map((row) => (typeof row === 'object' && row !== null && 'id' in row ? row.id : row));
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && isRunId(id)))];
}
