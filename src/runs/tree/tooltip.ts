// A run's tooltip: its recipe and its figures as Markdown. Folder, class and recipe names come from disk and are escaped; the view
// renders the text as untrusted, so that nothing in it can become a command.
import type { WeightsOrigin } from '../../../shared/contracts/events.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { dateFormat, durationText } from '../../words/time.ts';
import type { Translate } from '../../words/translate.ts';
import { isOpen, type Run, runName } from '../runs.ts';
import { headlineText, problemText, type RowContext, stateText } from './runTexts.ts';

/** Escapes Markdown, HTML, icons and links, so that the text appears literally, on one line. */
export const escapeMarkdown = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    // $(name) would become an icon, www. and :// a link.
    .replace(/[\\`*_{}[\]()#+\-.!|~$:@"'=]/g, '\\$&');

export function tooltipMarkdown(run: Run, { t, language }: RowContext): string {
  const { state } = run;
  const { starred, tags, note } = run.labels;
  const rows: [string, string | null | undefined][] = [
    [t('State'), stateText(run, t)],
    [t('Tags'), tags.length > 0 ? tags.map((tag) => `#${tag}`).join(' ') : null],
    [t('Best'), headlineText(run, t)],
    [t('Dataset'), state.dataset],
    [t('Images'), state.counts && imagesText(state.counts, t)],
    [t('Recipe'), state.recipe && `${state.recipe.name} (${state.recipe.network})`],
    [t('Weights'), state.weights && weightsText(state.weights, t)],
    [t('Stages'), state.recipe?.stages.map((stage) => stageText(stage, t)).join('; ')],
    [t('Views'), state.recipe && `${state.recipe.trainViews.count}`],
    [t('Batch size'), state.recipe && `${state.recipe.batchSize.train}`],
    [t('Seed'), state.recipe && `${state.recipe.seed}`],
    [t('Device'), state.device?.name],
    [t('Started'), dateFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(run.createdAt)],
    [
      t('Duration'),
      state.elapsedMs !== null && !isOpen(run) && state.elapsedMs > 0 ? durationText(state.elapsedMs, t) : null,
    ],
  ];
  const lines = rows.filter((row): row is [string, string] => row[1] != null);
  const parts = [
    `**${escapeMarkdown(starred ? `★ ${runName(run)}` : runName(run))}**`,
    ...(note === '' ? [] : [shortNote(note).map(escapeMarkdown).join('  \n')]),
    lines.map(([name, value]) => `${escapeMarkdown(name)}: ${escapeMarkdown(value)}`).join('  \n'),
    ...(state.problem ? [escapeMarkdown(problemText(state.problem, t))] : []),
    ...(run.lastLines.length > 0 ? [run.lastLines.map(escapeMarkdown).join('  \n')] : []),
    ...(state.recipe?.medical ? [`_${escapeMarkdown(t('Not for diagnostic use.'))}_`] : []),
  ];
  return parts.join('\n\n');
}

function weightsText({ kind, name }: WeightsOrigin, t: Translate): string {
  if (kind === 'random') return t('random, not pretrained');
  return kind === 'starter' ? t('starter weights (learned from drawings)') : name;
}

const shortNote = (note: string): string[] => (note.length > 600 ? `${note.slice(0, 600)}…` : note).split('\n');

const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);

const imagesText = (counts: { train: number[]; val: number[]; test: number[] }, t: Translate): string =>
  t('{train} train, {val} val, {test} test', {
    train: sum(counts.train),
    val: sum(counts.val),
    test: sum(counts.test),
  });

function stageText(stage: Recipe['stages'][number], t: Translate): string {
  const { type, learningRate } = stage.optimizer;
  const rates = [learningRate.backbone, learningRate.head].filter((rate) => rate !== undefined).join(' / ');
  return t('{name}: {epochs} {epochs|epoch|epochs}, {optimizer} {rates}', {
    name: stage.name,
    epochs: stage.epochs,
    optimizer: type,
    rates,
  });
}
