// The end of a first run in words: its figure, and which weights would be better.
import type { WeightsOrigin } from '../../../shared/contracts/events.ts';
import { photos } from '../../../shared/contracts/recipes.ts';
import { officialWeights } from '../../../shared/recipes/officialWeights.ts';
import type { Translate } from '../../words/translate.ts';
import type { Run } from '../runs.ts';
import { headlineText } from '../tree/runTexts.ts';

export function firstRunText(run: Run, t: Translate): string {
  const figure = headlineText(run, t);
  const end =
    figure === null ? t('The first run has finished.') : t('The first run has finished: {figure}.', { figure });
  return [end, ...betterWeights(run.state.weights?.kind, t)].join(' ');
}

function betterWeights(kind: WeightsOrigin['kind'] | undefined, t: Translate): string[] {
  const { sizeMB } = officialWeights(photos.network, photos.weights);
  if (kind === 'random')
    return [
      t(
        'It started from random weights, which learn little from so few images: ImageNet weights are far better ({sizeMB} MB, downloaded once you agree).',
        { sizeMB },
      ),
    ];
  return kind === 'starter'
    ? [
        t(
          'It started from the starter weights, learned from drawings: ImageNet weights are better for photographs ({sizeMB} MB, downloaded once you agree).',
          { sizeMB },
        ),
      ]
    : [];
}
