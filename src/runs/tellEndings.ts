// Notifications about the end of runs: a failure always, a good end to someone who looks elsewhere. A window tells of the runs that it
// saw going on, whoever started them, and of each end once, also after a reload.
import * as vscode from 'vscode';
import { settings, silenceFinished } from '../config.ts';
import { wording } from '../showError.ts';
import { endingKey, remember, watchEndings } from './endings.ts';
import { datasetName, type Run } from './run.ts';
import type { RunIndex } from './runIndex.ts';

export interface EndingParts {
  readonly index: RunIndex;
  readonly memory: vscode.Memento;
  readonly onError: (error: unknown) => void;
}

const memoryKey = 'toldEndings';

export const tellEndings = ({ index, memory, onError }: EndingParts): vscode.Disposable =>
  watchEndings(index, (run) => {
    const told = remember(memory.get<readonly string[]>(memoryKey, []), endingKey(run));
    if (!told) return;
    void Promise.resolve(memory.update(memoryKey, told))
      .then(() => tellEnd(run))
      .catch(onError);
  });

async function tellEnd(run: Run): Promise<void> {
  if (run.state.status === 'failed' && run.state.problem) await tellFailure(run);
  else if (run.state.status === 'finished') await tellFinished(run);
}

async function tellFailure(run: Run): Promise<void> {
  const show = vscode.l10n.t('Show Log');
  const resume = vscode.l10n.t('Resume');
  const last = run.lastLines.at(-1);
  const sentence = wording(run.state.problem!) + (last === undefined ? '' : ` ${vscode.l10n.t('It said: {0}', last)}`);
  const answer = await vscode.window.showErrorMessage(sentence, show, ...(run.resumable ? [resume] : []));
  if (answer === show) await vscode.commands.executeCommand('shoulders.openLog', run.id);
  if (answer === resume) await vscode.commands.executeCommand('shoulders.resumeRun', run.id);
}

async function tellFinished(run: Run): Promise<void> {
  if (vscode.window.state.focused || !settings().notifyWhenFinished) return;
  const open = vscode.l10n.t('Open Run');
  const never = vscode.l10n.t('Do Not Show Again');
  const sentence = vscode.l10n.t('Fine-tuning on {0} has finished.', datasetName(run));
  const answer = await vscode.window.showInformationMessage(sentence, open, never);
  if (answer === open) await vscode.commands.executeCommand('shoulders.openRun', run.id);
  if (answer === never) await silenceFinished();
}
