// Explains in sentences whether runs are comparable at all. Pure.
import { isOpenStatus } from '../../shared/contracts/runState.ts';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { t } from '../../shared/strings/strings.ts';
import { letterOf } from '../charts/palette.ts';
import { type CompareState, isLoaded } from './state.ts';

/** Reasons why these runs are hard to compare, the most serious first; empty if there are none. */
export function comparisonNotes(runs: readonly ComparedRun[]): string[] {
  const notes: string[] = [];
  const classes = groupedBy(runs, ({ state }) =>
    state.classNames.length === 0 ? null : JSON.stringify(state.classNames.toSorted()),
  );
  const folders = groupedBy(runs, ({ state }) => state.dataset);
  const fingerprints = groupedBy(runs, ({ state }) => state.fingerprint);
  const positives = groupedBy(runs, ({ state }) => state.evaluation?.positiveClass ?? null);
  if (classes.length > 1) notes.push(t('classesDiffer', { groups: inGroups(classes) }));
  else if (fingerprints.length > 1)
    notes.push(t(folders.length > 1 ? 'datasetsDiffer' : 'splitsDiffer', { groups: inGroups(fingerprints) }));
  if (classes.length <= 1 && positives.length > 1) notes.push(t('positivesDiffer', { groups: inGroups(positives) }));
  const open = runs.filter(({ state }) => isOpenStatus(state.status));
  if (open.length > 0) notes.push(t('stillRunning', { runs: letters(open) }));
  const untested = runs.filter(({ state }) => !isOpenStatus(state.status) && state.evaluation === null);
  if (untested.length > 0) notes.push(t('neverTested', { runs: letters(untested) }));
  for (const [kind, key] of [
    ['random', 'someRandom'],
    ['starter', 'someStarter'],
  ] as const) {
    const some = runs.filter(({ state }) => state.weights?.kind === kind);
    if (some.length > 0 && some.length < runs.length) notes.push(t(key, { runs: letters(some) }));
  }
  return notes;
}

/** Notes of the host on the loaded test predictions. */
export const predictionNotes = ({ runs, predictions }: Pick<CompareState, 'runs' | 'predictions'>): string[] =>
  (runs ?? []).flatMap(({ id, index }) => {
    const loaded = predictions[id];
    return isLoaded(loaded) && loaded.note !== undefined ? [`${letterOf(index)}: ${loaded.note}`] : [];
  });

/** Whether all evaluated runs were tested on the same images, in the same classes, so that a best one exists. */
export const sameTestSet = (runs: readonly ComparedRun[]): boolean => {
  const tested = runs.filter(({ state }) => state.evaluation !== null);
  const first = tested[0]?.state.fingerprint ?? null;
  return first !== null && tested.every(({ state }) => state.fingerprint === first);
};

export const letters = (runs: readonly ComparedRun[]): string => runs.map(({ index }) => letterOf(index)).join(', ');

/** Runs grouped by equal values, in the order of each group's first; runs without a value are dropped. */
function groupedBy(
  runs: readonly ComparedRun[],
  keyOf: (run: ComparedRun) => string | null,
): readonly (readonly ComparedRun[])[] {
  const groups = new Map<string, ComparedRun[]>();
  for (const run of runs) {
    const value = keyOf(run);
    if (value === null) continue;
    const group = groups.get(value);
    if (group) group.push(run);
    else groups.set(value, [run]);
  }
  return [...groups.values()];
}

/** A, B | C */
const inGroups = (groups: readonly (readonly ComparedRun[])[]): string => groups.map(letters).join(' | ');
