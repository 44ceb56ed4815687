// Output of the command line during a run: lines and a progress bar for people, or one JSON event per line for programs.
import type { Problem, RunEvent } from '../../shared/contracts/events.ts';
import { applyRunEvent, type RunState } from '../../shared/contracts/runState.ts';
import { plainLine, progressLine } from './progressBar.ts';
import {
  datasetLine,
  epochHeader,
  epochLegend,
  epochLine,
  finalReport,
  stageLine,
  startLine,
  warningLine,
  weightsLine,
} from './runReport.ts';
import { isRepeated, nextSteps, shortReport, shortStartLine, shortWarningLine } from './shortReport.ts';

export interface Printer {
  on(event: RunEvent): void;
  /** Restores the terminal. */
  end(): void;
  /** Prints the final report of a run that did not fail. */
  report(state: RunState, runFolder: string, testLooks: number): void;
}

export const jsonPrinter = (output: { write(text: string): unknown }): Printer => ({
  on: (event) => output.write(`${JSON.stringify(event)}\n`),
  end() {},
  report() {},
});

/** `quiet`: the whole final report only; `short`: a run on one screen; `verbose`: everything known. */
export type Detail = 'quiet' | 'short' | 'verbose';

/** @param from  state of the run so far @param next  also print the commands that may follow */
export function textPrinter(output: NodeJS.WriteStream, from: RunState, detail: Detail, next: boolean): Printer {
  const line = output.isTTY ? progressLine(output) : plainLine(output);
  // A file has unlimited width.
  const width = () => (output.isTTY ? output.columns : Number.POSITIVE_INFINITY);
  const quiet = detail === 'quiet';
  const shown: Problem[] = [];
  let run = from;
  let hasHeader = false;
  return {
    on(event) {
      run = applyRunEvent(run, event);
      if (quiet && !(event.type === 'paused' && event.problem)) return;
      if (event.type === 'progress') line.show(event);
      const lines = (detail === 'short' ? shortLinesOf(event, shown) : null) ?? linesOf(event, run, width());
      for (const text of lines) line.print(text);
      if (event.type === 'warning' || event.type === 'alarm') shown.push(event.problem);
      if (event.type !== 'stageStarted' || hasHeader) return;
      hasHeader = true;
      for (const text of [epochLegend(width()), epochHeader(width())]) line.print(text);
    },
    end: line.end,
    report(state, runFolder, testLooks) {
      line.end();
      const text =
        detail === 'short'
          ? shortReport(state, runFolder, testLooks)
          : finalReport(state, runFolder, { width: width(), withEpochs: quiet, testLooks });
      const after = next && !quiet ? `${nextSteps(state)}\n` : '';
      output.write(`${quiet ? '' : '\n'}${text}${after}`);
    },
  };
}

/** The lines of an event on one screen; null: the same as with everything known. @param shown  problems so far */
function shortLinesOf(event: RunEvent, shown: readonly Problem[]): string[] | null {
  switch (event.type) {
    case 'started':
      return [shortStartLine(event)];
    case 'warning':
    case 'alarm':
      return isRepeated(event.problem, shown) ? [] : [shortWarningLine(event.problem)];
    case 'stageStarted':
      return [...(event.stage === 0 ? [''] : []), stageLine(event)];
    default:
      return null;
  }
}

function linesOf(event: RunEvent, run: RunState, width: number): string[] {
  switch (event.type) {
    case 'started':
      return [startLine(event)];
    case 'checked':
      return [datasetLine(event)];
    case 'weightsLoaded':
      return [weightsLine(event.weights)];
    case 'warning':
      return [warningLine(event.problem)];
    case 'stageStarted':
      return ['', stageLine(event)];
    case 'epoch':
      return [epochLine(run, run.epochs.at(-1)!, width)];
    case 'stageEnded':
      return event.reason === 'earlyStopping'
        ? [`stopped early: no further improvement; the weights of epoch ${event.keptEpoch} are kept`]
        : [];
    case 'queued':
      return [event.ahead === 0 ? 'next in the queue' : `waiting: ${event.ahead} ahead in the queue`];
    case 'resumed':
      return [event.afterEpoch === 0 ? 'starting over' : `continuing after epoch ${event.afterEpoch}`];
    case 'paused':
      return [event.problem ? warningLine(event.problem) : 'paused'];
    case 'continued':
      return ['continued'];
    case 'alarm':
      return [warningLine(event.problem)];
    case 'samples':
    case 'relocated':
    case 'progress':
    case 'evaluated':
    case 'ended':
      return [];
  }
}
