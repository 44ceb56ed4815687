// Whether runs can be compared at all, in words. Pure.
import { isOpenStatus } from '../../shared/contracts/runState.ts';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { t } from '../../shared/strings/strings.ts';
import { letterOf } from '../charts/palette.ts';
import { type CompareState, isLoaded } from './state.ts';

/** Sentences about what makes these runs hard to compare, the gravest first; empty when nothing does. */
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
  const random = runs.filter(({ state }) => state.weights?.kind === 'random');
  if (random.length > 0 && random.length < runs.length) notes.push(t('someRandom', { runs: letters(random) }));
  return notes;
}

/** What the host says beside the test predictions that were loaded. */
export const predictionNotes = ({ runs, predictions }: Pick<CompareState, 'runs' | 'predictions'>): string[] =>
  (runs ?? []).flatMap(({ id, index }) => {
    const loaded = predictions[id];
    return isLoaded(loaded) && loaded.note !== undefined ? [`${letterOf(index)}: ${loaded.note}`] : [];
  });

/** All evaluated runs were tested on the same images, in the same classes: then a best one can be named. */
export const sameTestSet = (runs: readonly ComparedRun[]): boolean => {
  const tested = runs.filter(({ state }) => state.evaluation !== null);
  const first = tested[0]?.state.fingerprint ?? null;
  return first !== null && tested.every(({ state }) => state.fingerprint === first);
};

export const letters = (runs: readonly ComparedRun[]): string => runs.map(({ index }) => letterOf(index)).join(', ');

/** Runs of the same value together, in the order of their first; runs without a value are left out. */
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
