// The report's sections in their order, with the notices before and the limits after them.

import { problemsOf } from '../../shared/contracts/classification/predictionsFile.ts';
import { sentenceOf } from '../../shared/contracts/errors.ts';
import type { LogHealth } from '../../shared/contracts/eventLog.ts';
import { hasHashes } from '../../shared/contracts/fileHashes.ts';
import { files } from '../../shared/contracts/run.ts';
import { isOpenStatus, type RunState } from '../../shared/contracts/runState.ts';
import { duration } from '../words/text.ts';
import { starterWords } from '../words/weights.ts';
import type { Block, Document, ReportInput } from './reports.ts';
import { datasetSection, hasLeak } from './sections/datasetSection.ts';
import { logNotices } from './sections/logHealth.ts';
import { pictureSection } from './sections/pictureSection.ts';
import { recipeSection } from './sections/recipeSection.ts';
import { resultSection } from './sections/resultSection.ts';
import { trainingSection } from './sections/trainingSection.ts';

export function contentsOf(input: ReportInput): Document {
  const { run, log } = input;
  return {
    title: run.runId,
    notices: [...noticesOf(run, log), ...damage(input), ...asRead(input)],
    blocks: [
      ...runSection(input),
      ...resultSection(input),
      ...pictureSection(input),
      ...trainingSection(run),
      ...datasetSection(run),
      ...recipeSection(run),
      ...limits(run),
    ],
  };
}

export function noticesOf(run: RunState, log: LogHealth): string[] {
  return [
    ...(run.recipe?.medical ? ['Not for diagnostic use.'] : []),
    ...unfinished(run),
    ...logNotices(log, run),
    ...(run.weights?.kind === 'random' ? [sentenceOf('randomWeights', {})] : []),
    ...(run.weights?.kind === 'starter'
      ? [
          `The network started from ${starterWords}${run.recipe?.medical ? ', not from photographs or medical images' : ''}: ImageNet weights are better for photographs.`,
        ]
      : []),
    ...(hasLeak(run.findings) ? ['The test results are too optimistic: see “Leaks”.'] : []),
  ];
}

const damage = ({ damaged = [] }: ReportInput): string[] => damaged.map((file) => sentenceOf('fileDamaged', { file }));

/** Problems in the predictions: the figures date from the run's end, but charts drawn from the files may lack rows, or their order. */
const asRead = ({ val, test }: ReportInput): string[] =>
  (['val', 'test'] as const).flatMap((split) => {
    const read = { val, test }[split];
    return read === null
      ? []
      : problemsOf(read, files.predictions(split)).map(({ code, params }) => sentenceOf(code, params));
  });

function unfinished({ status, problem, evaluation }: RunState): string[] {
  if (status === 'finished') return [];
  const missing = evaluation ? '' : ' There is no test result; everything available is shown below.';
  const waits = status === 'paused' && problem ? ` ${sentenceOf(problem.code, problem.params)}` : '';
  if (isOpenStatus(status))
    return [`This run has not ended (${status}): this page is an interim report.${waits}${missing}`];
  if (status === 'stopped') return [`This run was stopped early.${missing}`];
  return [`This run failed. ${problem ? sentenceOf(problem.code, problem.params) : ''}${missing}`];
}

function runSection({ run, createdAt, versions }: ReportInput): Block[] {
  const { recipe, device } = run;
  const rows: [string, string][] = [
    ['Run', run.runId],
    ['State', run.status],
    ['Started', createdAt ?? 'unknown'],
    ['Duration', run.elapsedMs === null ? 'not ended' : duration(run.elapsedMs)],
    ['Network', recipe ? `${recipe.network} at ${recipe.imageSize} px` : 'unknown'],
    ['Seed', recipe ? String(recipe.seed) : 'unknown'],
    ...(run.evaluation && !hasHashes(run)
      ? [['Checksums', sentenceOf('withoutChecksums', {})] as [string, string]]
      : []),
    ['Device', device ? `${device.name}, ${device.engine}, threads: ${device.threads}` : 'unknown'],
    ...(device?.why ? [['Device choice', sentenceOf(device.why.code, device.why.params)] as [string, string]] : []),
    [
      'Versions',
      Object.entries(versions)
        .map((entry) => entry.join(' '))
        .join(', ') || 'unknown',
    ],
  ];
  return [{ kind: 'facts', rows }];
}

/** Limits of the results that no table shows. */
export function limits(run: RunState): Block[] {
  const items = [
    'These results hold for images like those of this dataset. They may not hold for another camera, place or time.',
    'The intervals show the effect of chance with so few images of one split. They do not cover another split, another seed, or wrong labels.',
    'The threshold and the kept epoch were chosen on the validation images, so the validation results are too optimistic; the test results are not, as long as nothing is chosen by them.',
    ...(hasLeak(run.findings)
      ? ['Images or groups appear in more than one split, so the test results are too optimistic as well.']
      : []),
    ...(run.weights?.kind === 'random'
      ? ['The network started from random weights: nothing here shows what a pretrained one would achieve.']
      : []),
    ...(run.weights?.kind === 'starter'
      ? ['The network started from starter weights: nothing here shows what one with ImageNet weights would achieve.']
      : []),
    ...(run.recipe?.medical
      ? ['Not for diagnostic use: this is not a medical device and has not been validated as one.']
      : []),
  ];
  return [
    { kind: 'heading', text: 'Limits' },
    { kind: 'list', items },
  ];
}
