// A notification when a run begins to wait for its disk, with what can be done. One window tells, as of an end.
import * as vscode from 'vscode';
import { wording } from '../words/showError.ts';
import { isHeldByDisk, type Run, runName } from './runs.ts';
import { watchWaits } from './waits.ts';
import { claimEnding, endingKey } from './watching/endings.ts';
import type { EndingParts } from './watching/notifyEndings.ts';

export function tellWaits({ index, logFolder, onError }: EndingParts): vscode.Disposable {
  const tell = async (run: Run): Promise<void> => {
    // On a full disk the mark cannot be made, either: better told twice than not at all.
    const key = `${endingKey(run)}-waits-${run.epochCount}`;
    if (!(await claimEnding(logFolder, key).catch(() => true))) return;
    const retry = vscode.l10n.t('Retry');
    const stop = vscode.l10n.t('Stop');
    const sentence = `${runName(run)}: ${wording(run.state.problem!)}`;
    const answer = await vscode.window.showWarningMessage(sentence, retry, stop);
    const now = index.get(run.id);
    if (!now || !isHeldByDisk(now)) return; // it went on meanwhile: the answer was to what is over
    if (answer === retry) await index.requestRetry(run.id);
    if (answer === stop) await vscode.commands.executeCommand('shoulders.stopRun', run.id);
  };
  return vscode.Disposable.from(
    watchWaits(index, (run) => {
      tell(run).catch(onError);
    }),
  );
}
