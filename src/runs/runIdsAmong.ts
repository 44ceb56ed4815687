import { isRunId } from '../../shared/contracts/run.ts';

/** Run ids among a command's arguments: the clicked row, and all selected rows. Drops anything else. */
export function runIdsAmong(argument: unknown, selected: unknown): string[] {
  const several = Array.isArray(selected) ? selected : Array.isArray(argument) ? argument : [];
  const one = several.length === 0 ? [argument] : several;
  const ids = one.map((row) => (typeof row === 'object' && row !== null && 'id' in row ? row.id : row));
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && isRunId(id)))];
}
