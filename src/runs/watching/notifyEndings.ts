// Notifications about the end of runs: always of a failure, of a success only to a window in the background. One window reports each end:
// the one that started the run or is in front, else the first to come to the front; once, also after a reload. The first run of a
// workspace ends with what to do next.
import * as vscode from 'vscode';
import { settings, silenceFinished } from '../../config.ts';
import { t, wording } from '../../words/showError.ts';
import type { RunIndex } from '../index/runIndex.ts';
import { type Run, runName } from '../runs.ts';
import { claimEnding, endingKey, watchEndings } from './endings.ts';
import { firstRunId } from './firstRun.ts';
import { firstRunText } from './firstRunText.ts';

export interface EndingParts {
  readonly index: RunIndex;
  /** Shared by the windows of this workspace. */
  readonly logFolder: string;
  /** Shared by the windows of this workspace. */
  readonly memory: vscode.Memento;
  readonly onError: (error: unknown) => void;
}

export function notifyEndings({ index, logFolder, memory, onError }: EndingParts): vscode.Disposable {
  const waiting = new Set<string>();
  const notify = async (run: Run, wasAway: boolean): Promise<void> => {
    if (await claimEnding(logFolder, endingKey(run))) await notifyEnd(run, wasAway, run.id === firstRunId(memory));
  };
  return vscode.Disposable.from(
    watchEndings(index, (run, ofThisWindow) => {
      const { focused } = vscode.window.state;
      if (ofThisWindow || focused) notify(run, !focused).catch(onError);
      else waiting.add(run.id);
    }),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      const ended = [...waiting].map((id) => index.get(id)).filter((run) => run?.phase === 'ended');
      waiting.clear();
      for (const run of ended) if (run) notify(run, true).catch(onError);
    }),
  );
}

async function notifyEnd(run: Run, wasAway: boolean, isFirst: boolean): Promise<void> {
  if (run.state.status === 'failed' && run.state.problem) await notifyOfFailure(run);
  else if (run.state.status === 'finished' && isFirst) await notifyOfFirstRun(run);
  else if (run.state.status === 'finished' && wasAway) await notifyOfFinished(run);
}

async function notifyOfFailure(run: Run): Promise<void> {
  const show = vscode.l10n.t('Show Log');
  const resume = vscode.l10n.t('Resume');
  const last = run.lastLines.at(-1);
  const sentence =
    wording(run.state.problem!) + (last === undefined ? '' : ` ${vscode.l10n.t('Last output: {0}', last)}`);
  const answer = await vscode.window.showErrorMessage(sentence, show, ...(run.resumable ? [resume] : []));
  if (answer === show) await vscode.commands.executeCommand('shoulders.openLog', run.id);
  if (answer === resume) await vscode.commands.executeCommand('shoulders.resumeRun', run.id);
}

async function notifyOfFinished(run: Run): Promise<void> {
  if (!settings().notifyWhenFinished) return;
  const open = vscode.l10n.t('Open Run');
  const never = vscode.l10n.t('Do Not Show Again');
  const sentence = vscode.l10n.t('Fine-tuning on {0} has finished.', runName(run));
  const answer = await vscode.window.showInformationMessage(sentence, open, never);
  if (answer === open) await vscode.commands.executeCommand('shoulders.openRun', run.id);
  if (answer === never) await silenceFinished();
}

async function notifyOfFirstRun(run: Run): Promise<void> {
  const evaluate = vscode.l10n.t('Open Evaluation…');
  const explain = vscode.l10n.t('Open Grad-CAM…');
  const own = vscode.l10n.t('Your Own Images…');
  const answer = await vscode.window.showInformationMessage(firstRunText(run, t), evaluate, explain, own);
  if (answer === evaluate) await vscode.commands.executeCommand('shoulders.openEvaluation', run.id);
  if (answer === explain) await vscode.commands.executeCommand('shoulders.openGradCam', run.id);
  if (answer === own) await vscode.commands.executeCommand('shoulders.fineTune');
}
