// Goes on with a run that ended before its time, in its own folder and after its last finished epoch.
import * as vscode from 'vscode';
import type { Problem } from '../../runner/contracts/events.ts';
import { isOpen, type Run } from '../runs/run.ts';
import { showProblem, wording } from '../showError.ts';
import { type LaunchParts, launchResume } from './launch.ts';

/** What cannot be resumed is the runner's to know, and its sentence is shown. */
export async function resumeRun(run: Run, parts: LaunchParts): Promise<void> {
  if (isOpen(run)) {
    await vscode.window.showInformationMessage(vscode.l10n.t('This run is going on already.'));
    return;
  }
  let refused = await launchResume(run, null, parts);
  if (refused?.code === 'datasetMoved') {
    const data = await askWhereabouts(refused);
    if (data === undefined) return;
    refused = await launchResume(run, data, parts);
  }
  if (refused) await showProblem(refused, () => vscode.commands.executeCommand('shoulders.openLog', run.id));
}

/** The folder to which the dataset was moved; undefined: cancelled. The runner compares its images with those of the run. */
async function askWhereabouts(problem: Problem): Promise<string | undefined> {
  const choose = vscode.l10n.t('Choose Folder…');
  if ((await vscode.window.showErrorMessage(wording(problem), choose)) !== choose) return undefined;
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Where is the dataset now?'),
      openLabel: vscode.l10n.t('Resume'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder?.fsPath;
}
