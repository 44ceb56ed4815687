// Notes that belong to the numbers of an evaluation, in sentences. Pure.
import { appendAll } from '../../shared/lists.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatCount } from '../page/format.ts';
import { weightsRemarks } from '../page/weightsWords.ts';
import type { EvaluationModel } from './model.ts';
import type { EvaluationSnapshot } from './state.ts';

const few = 30;
/** Maximum number of classes that a sentence names: 500 would fill the page. */
const mostNamed = 10;

/** `model` null: there are no predictions. */
export function evaluationNotes(snapshot: EvaluationSnapshot, model: EvaluationModel | null): string[] {
  const { subject, testLooks, places, validation } = snapshot;
  const notes = [...subject.notes];
  if (testLooks !== null) {
    const count = testLooks.training + testLooks.evaluate + testLooks.panel;
    notes.push(t(count === 1 ? 'testLookOnce' : 'testLooks', { count, ...testLooks }));
  }
  appendAll(notes, weightsRemarks(subject.initialWeights));
  if (model === null) return notes;
  if (subject.source.kind === 'split' && subject.split === 'val') notes.push(t('validationOptimism'));
  if (validation === null && model.positive !== null) notes.push(t('noValidation'));
  appendAll(notes, classNotes(snapshot, model));
  const [gone] = places.gone;
  if (gone !== undefined) notes.push(t('imagesGone', { count: formatCount(places.gone.length), path: gone }));
  if (places.moved.length > 0) notes.push(t('imagesMoved', { count: formatCount(places.moved.length) }));
  return notes;
}

function classNotes({ subject }: EvaluationSnapshot, { labels, classNames }: EvaluationModel): string[] {
  if (labels === null || labels.length === 0) return [];
  const supports = classNames.map((className, label) => ({
    className,
    count: labels.filter((own) => own === label).length,
  }));
  const present = supports.filter(({ count }) => count > 0);
  const small = present.filter(({ count }) => count < few);
  const notes: string[] = [];
  if (present.length === 1) {
    // A record states this itself.
    if (subject.source.kind === 'split') notes.push(t('oneClassHere', { className: present[0]!.className }));
    return notes;
  }
  const absent = supports.filter(({ count }) => count === 0);
  // A record states this itself.
  if (absent.length > 0 && subject.source.kind === 'split')
    notes.push(t('classesAbsent', { classes: listed(absent.map(({ className }) => className)) }));
  if (small.length > 0)
    notes.push(
      t('fewImages', {
        classes: listed(small.map(({ className, count }) => `${className} (${formatCount(count)})`)),
      }),
    );
  return notes;
}

const listed = (names: readonly string[]): string =>
  names.length <= mostNamed
    ? names.join(', ')
    : `${names.slice(0, mostNamed).join(', ')} ${t('andMore', { count: formatCount(names.length - mostNamed) })}`;
