// What a terminal shows of a run: pure text. Called by cli.ts.
import { sentenceOf } from './contracts/errors.ts';
import type { Decisions } from './contracts/evaluation.ts';
import type { Problem } from './contracts/events.ts';
import { type EpochRow, headline, type RunState } from './contracts/runState.ts';
import { reportText } from './metrics/classificationReport.ts';

const figure = (value: number | null, digits = 4): string => (value === null ? '–' : value.toFixed(digits));

export const epochHeader =
  'epoch  stage     train loss   acc   AUROC  │  val loss   acc   AUROC   AUPRC   sens   spec      time';

/** One line an epoch, under `epochHeader`; a star marks the best of its stage so far. */
export function epochLine(run: RunState, row: EpochRow): string {
  const { train, val } = row.metrics;
  const stage = run.stages[row.stage]?.name ?? String(row.stage + 1);
  return [
    `${String(row.epoch).padStart(5)}${row.best ? '*' : ' '} `,
    stage.slice(0, 9).padEnd(9),
    figure(train.loss).padStart(11),
    figure(train.accuracy, 3).padStart(7),
    figure(train.auroc, 3).padStart(7),
    '  │',
    figure(val.loss).padStart(10),
    figure(val.accuracy, 3).padStart(7),
    figure(val.auroc, 3).padStart(7),
    figure(val.auprc, 3).padStart(8),
    figure(val.sensitivity, 3).padStart(7),
    figure(val.specificity, 3).padStart(7),
    duration(row.elapsedMs).padStart(9),
  ].join('');
}

/** `confusionMatrix[true][predicted]` with the class names on both sides. */
export function confusionText({ confusionMatrix }: Decisions, classNames: readonly string[]): string {
  const cells = confusionMatrix.map((row) => row.map(String));
  const names = classNames.map((name) => name.slice(0, 24));
  const left = Math.max('true \\ predicted'.length, ...names.map((name) => name.length));
  const widths = names.map((name, k) => Math.max(name.length, ...cells.map((row) => row[k]!.length)) + 2);
  const line = (head: string, values: readonly string[]) =>
    `${head.padEnd(left)} ${values.map((value, k) => value.padStart(widths[k]!)).join('')}`;
  return [line('true \\ predicted', names), ...cells.map((row, k) => line(names[k]!, row))].join('\n');
}

/** Everything that is known at the end, the warnings beside the numbers. */
export function finalReport(run: RunState, runFolder: string): string {
  const parts: string[] = [];
  const { evaluation, recipe } = run;
  if (evaluation) {
    const { test, val, threshold, positiveClass, keptEpoch } = evaluation;
    const decisions = test.byThreshold ?? test.byHighestProbability;
    parts.push(`Test: ${test.imageCount} images, looked at once, with the weights of epoch ${keptEpoch}`);
    parts.push(
      [
        `AUROC ${figure(test.auroc)}   AUPRC ${figure(test.auprc)}   loss ${figure(test.loss)}`,
        `(validation: AUROC ${figure(val.auroc)}, ${val.imageCount} images; always the most frequent class: accuracy ${figure(test.majorityBaseline, 3)})`,
        ...(threshold !== null && positiveClass !== null
          ? [
              `Threshold ${threshold.toFixed(4)} on the probability of ${positiveClass}: Youden's J, chosen on validation`,
              `  sensitivity ${figure(decisions.sensitivity, 3)}   specificity ${figure(decisions.specificity, 3)}`,
            ]
          : ['Decision: the most probable class']),
      ].join('\n'),
    );
    parts.push(confusionText(decisions, run.classNames));
    parts.push(reportText(decisions.report).trimEnd());
  }
  const warnings = run.warnings.map(({ code, params }) => `! ${sentenceOf(code, params)}`);
  if (recipe?.medical) warnings.push('! Not for diagnostic use.');
  if (warnings.length > 0) parts.push(warnings.join('\n'));
  parts.push(endLine(run, runFolder));
  return `${parts.join('\n\n')}\n`;
}

function endLine(run: RunState, runFolder: string): string {
  const took = run.elapsedMs === null ? '' : ` after ${duration(run.elapsedMs)}`;
  const best = headline(run);
  const kept =
    run.epochs.length > 0
      ? `the best weights${best ? ` (${best.name} ${best.value.toFixed(4)})` : ''} are kept`
      : 'no epoch was finished';
  if (run.status === 'stopped') return `Stopped${took}; ${kept}.\nRun: ${runFolder}`;
  return `${run.status === 'finished' ? 'Finished' : 'Ended'}${took}.\nRun: ${runFolder}`;
}

/** 8.4 s, 2 min 05 s, 1 h 02 min */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} min`;
}

/** One line a run, in the given order; a run that cannot be read says why. */
export function runsTable(
  runs: readonly { readonly folder: string; readonly state: RunState | undefined; readonly problem: Problem | null }[],
): string {
  if (runs.length === 0) return 'No runs here yet: start one with `shoulders fine-tune DATASET`.\n';
  const rows = runs.map(({ folder, state, problem }) => {
    if (!state) return [folder, problem ? sentenceOf(problem.code, problem.params) : ''];
    const best = headline(state);
    const figure = best ? `${best.name} ${best.value.toFixed(4)}` : '–';
    return [state.runId, state.status, state.recipe?.name ?? '–', `${state.epochs.length} epochs`, figure];
  });
  const whole = rows.filter((row) => row.length > 2);
  const widths = (whole[0] ?? []).map((_, i) => Math.max(...whole.map((row) => row[i]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('   ')
          .trimEnd()}\n`,
    )
    .join('');
}
