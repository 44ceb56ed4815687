// The report's sections in their order, and what must be said before them and after.

import { problemsOf } from '../../shared/contracts/classification/predictionsFile.ts';
import { sentenceOf } from '../../shared/contracts/errors.ts';
import type { LogHealth } from '../../shared/contracts/eventLog.ts';
import { hasHashes } from '../../shared/contracts/fileHashes.ts';
import { files } from '../../shared/contracts/run.ts';
import { isOpenStatus, type RunState } from '../../shared/contracts/runState.ts';
import { duration } from '../words/text.ts';
import { datasetSection, hasLeak } from './datasetSection.ts';
import type { Block, Document, ReportInput } from './document.ts';
import { logNotices } from './logHealth.ts';
import { pictureSection } from './pictureSection.ts';
import { recipeSection } from './recipeSection.ts';
import { resultSection } from './resultSection.ts';
import { trainingSection } from './trainingSection.ts';

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
    ...(hasLeak(run.findings) ? ['The test numbers are too good to be true: see “Leaks”.'] : []),
  ];
}

const damage = ({ damaged = [] }: ReportInput): string[] => damaged.map((file) => sentenceOf('fileDamaged', { file }));

/** The figures are those of the run's end; pictures made from the files may lack rows, or their order. */
const asRead = ({ val, test }: ReportInput): string[] =>
  (['val', 'test'] as const).flatMap((split) => {
    const read = { val, test }[split];
    return read === null
      ? []
      : problemsOf(read, files.predictions(split)).map(({ code, params }) => sentenceOf(code, params));
  });

function unfinished({ status, problem, evaluation }: RunState): string[] {
  if (status === 'finished') return [];
  const missing = evaluation ? '' : ' There is no test result; what there is stands below.';
  const waits = status === 'paused' && problem ? ` ${sentenceOf(problem.code, problem.params)}` : '';
  if (isOpenStatus(status))
    return [`This run is not over (${status}): this page is a look in between.${waits}${missing}`];
  if (status === 'stopped') return [`This run was stopped before its end.${missing}`];
  return [`This run failed. ${problem ? sentenceOf(problem.code, problem.params) : ''}${missing}`];
}

function runSection({ run, createdAt, versions }: ReportInput): Block[] {
  const { recipe, device } = run;
  const rows: [string, string][] = [
    ['Run', run.runId],
    ['State', run.status],
    ['Begun', createdAt ?? 'not known'],
    ['Duration', run.elapsedMs === null ? 'not over' : duration(run.elapsedMs)],
    ['Network', recipe ? `${recipe.network} at ${recipe.imageSize} px` : 'not known'],
    ['Seed', recipe ? String(recipe.seed) : 'not known'],
    ...(run.evaluation && !hasHashes(run)
      ? [['Checksums', sentenceOf('withoutChecksums', {})] as [string, string]]
      : []),
    ['Device', device ? `${device.name}, ${device.engine}, threads: ${device.threads}` : 'not known'],
    ...(device?.why ? [['Chosen because', sentenceOf(device.why.code, device.why.params)] as [string, string]] : []),
    [
      'Versions',
      Object.entries(versions)
        .map((entry) => entry.join(' '))
        .join(', ') || 'not known',
    ],
  ];
  return [{ kind: 'facts', rows }];
}

/** What no table above says of itself. */
export function limits(run: RunState): Block[] {
  const items = [
    'These numbers hold for images like those of this dataset. Another camera, place or time is another question.',
    'The intervals tell what chance does with so few images of one split. They do not cover another split, another seed, or labels that are wrong.',
    'The threshold and the kept epoch were chosen on the validation images, so the validation figures flatter; the test figures do not, as long as nothing is chosen by them.',
    ...(hasLeak(run.findings) ? ['Images or groups stand in more than one split: the test figures flatter, too.'] : []),
    ...(run.weights?.kind === 'random'
      ? ['The network began with random weights: nothing here says what a pretrained one would reach.']
      : []),
    ...(run.recipe?.medical
      ? ['Not for diagnostic use: this is no medical device, and nobody has validated it as one.']
      : []),
  ];
  return [
    { kind: 'heading', text: 'Limits' },
    { kind: 'list', items },
  ];
}
