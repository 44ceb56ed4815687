// Notifies the user when a run begins to wait for its disk, and offers actions. Only one window does, as for the end of a run.
import * as vscode from 'vscode';
import { wording } from '../words/showError.ts';
import { isHeldByDisk, type Run, runName } from './runs.ts';
import { watchWaits } from './waits.ts';
import { claimEnding, endingKey } from './watching/endings.ts';
import type { EndingParts } from './watching/notifyEndings.ts';

export function tellWaits({ index, logFolder, onError }: Omit<EndingParts, 'memory'>): vscode.Disposable {
  const tell = async (run: Run): Promise<void> => {
    // On a full disk the mark cannot be written, either: two notifications are better than none.
    const key = `${endingKey(run)}-waits-${run.epochCount}`;
    if (!(await claimEnding(logFolder, key).catch(() => true))) return;
    const retry = vscode.l10n.t('Retry');
    const stop = vscode.l10n.t('Stop');
    const sentence = `${runName(run)}: ${wording(run.state.problem!)}`;
    const answer = await vscode.window.showWarningMessage(sentence, retry, stop);
    const now = index.get(run.id);
    if (!now || !isHeldByDisk(now)) return; // it continued meanwhile: the answer is outdated
    if (answer === retry) await index.requestRetry(run.id);
    if (answer === stop) await vscode.commands.executeCommand('shoulders.stopRun', run.id);
  };
  return vscode.Disposable.from(
    watchWaits(index, (run) => {
      tell(run).catch(onError);
    }),
  );
}
