// Kinds of runs that commands about runs apply to. The palette offers a command only while there is such a run: each kind is a context
// key, `shoulders.has.KIND`.
import { hasEpochs, isHeldByDisk, isOpen, isPaused, isRunning, type Run } from './runs.ts';

export const runKinds = {
  any: () => true,
  open: isOpen,
  running: isRunning,
  paused: isPaused,
  waiting: isHeldByDisk,
  resumable: ({ resumable }) => resumable,
  ended: (run) => !isOpen(run),
  withEpochs: hasEpochs,
  starred: ({ labels }) => labels.starred,
  unstarred: ({ labels }) => !labels.starred,
} satisfies Record<string, (run: Run) => boolean>;
export type RunKind = keyof typeof runKinds;

/** Context keys and their values; `several`: two runs or more. */
export function contextKeys(runs: readonly Run[]): ReadonlyMap<string, boolean> {
  const kinds = Object.entries(runKinds).map(([kind, suits]): [string, boolean] => [kind, runs.some(suits)]);
  return new Map(
    [...kinds, ['several', runs.length >= 2] as [string, boolean]].map(([kind, has]) => [`shoulders.has.${kind}`, has]),
  );
}
