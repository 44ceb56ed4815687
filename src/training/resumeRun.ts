// Goes on with a run that ended before its time, in its own folder and after its last finished epoch.
import * as vscode from 'vscode';
import { isOpen, type Run } from '../runs/run.ts';
import { showProblem } from '../showError.ts';
import { type LaunchParts, launchResume } from './launch.ts';

/** What cannot be resumed is the runner's to know, and its sentence is shown. */
export async function resumeRun(run: Run, parts: LaunchParts): Promise<void> {
  if (isOpen(run)) {
    await vscode.window.showInformationMessage(vscode.l10n.t('This run is going on already.'));
    return;
  }
  const refused = await launchResume(run, parts);
  if (refused) await showProblem(refused, () => vscode.commands.executeCommand('shoulders.openLog', run.id));
}
