// The recipe, field by field, and the weights that the run began with.
import { isHead } from '../../../shared/contracts/architectures.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import type { RunState } from '../../../shared/contracts/runState.ts';
import { starterWords } from '../../words/weights.ts';
import type { Block } from '../reports.ts';
import { layoutWords } from './weightsLayout.ts';

export function recipeSection({ recipe, weights, stages }: RunState): Block[] {
  return [
    { kind: 'heading', text: 'Recipe' },
    ...(recipe
      ? [
          {
            kind: 'table',
            caption: `Recipe “${recipe.name}”`,
            head: ['field', 'value'],
            rows: fieldsOf(recipe),
          } as const,
        ]
      : []),
    {
      kind: 'facts',
      rows: [
        ['Initial weights', weights ? originOf(weights) : 'not loaded'],
        ...stages.map(({ name, unfreeze, trainableParameters, batchNorm }, i): [string, string] => [
          `Stage ${i + 1}`,
          `${name}: ${unfreeze === 'all' ? 'all layers' : isHead(unfreeze) ? unfreeze : `${unfreeze} and above`}, ${trainableParameters} parameters${batchNorm === 'train' ? ', BatchNorm in train mode' : ''}`,
        ]),
      ],
    },
  ];
}

function originOf({ kind, name, sha256, verified, layout }: NonNullable<RunState['weights']>): string {
  if (kind === 'random') return 'Random: not pretrained on ImageNet.';
  if (kind === 'starter') return `Shipped ${starterWords}, verified by their SHA-256 (${sha256}).`;
  const checked = verified ? 'as published, verified by its SHA-256' : 'not checked against a published hash';
  return `${kind === 'official' ? 'Official' : 'File'} ${name}, ${checked}${sha256 === null ? '' : ` (${sha256})`}${layout && layoutWords(layout) !== '' ? `; ${layoutWords(layout)}` : ''}`;
}

/** Pairs such as `stages.0.epochs` and its value, as --set takes them; without the task, which the other sections describe. */
export function fieldsOf({ $schema: _, task: __, ...recipe }: Recipe): string[][] {
  const rows = (value: unknown, path: string): string[][] => {
    if (typeof value === 'object' && value !== null && !isNumbers(value))
      return Object.entries(value).flatMap(([key, inner]) => rows(inner, path === '' ? key : `${path}.${key}`));
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  };
  return rows(recipe, '');
}

const isNumbers = (value: object): boolean => Array.isArray(value) && value.every((item) => typeof item === 'number');
