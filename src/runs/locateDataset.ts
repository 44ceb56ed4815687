// Asks for the new location of a dataset moved outside the project, lets the runner compare it, and stores it with the run.
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { RelocateOutput } from '../../shared/contracts/relocateOutput.ts';
import { refuseTooWide } from '../datasets/index/tooWide.ts';
import { askWithProgress } from '../program/askWithProgress.ts';
import { showProblem } from '../words/showError.ts';
import type { RunIndex } from './index/runIndex.ts';
import type { Run } from './runs.ts';

export async function locateDataset(run: Run, { program, index }: { program: string; index: RunIndex }): Promise<void> {
  const { dataset } = run.state;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Where is the dataset now?'),
      openLabel: vscode.l10n.t('Choose'),
      canSelectFiles: false,
      canSelectFolders: true,
      ...(dataset !== null && { defaultUri: vscode.Uri.file(dirname(dataset)) }),
    })) ?? [];
  if (!chosen) return;
  await refuseTooWide(chosen.fsPath);
  const answered = await askWithProgress(
    vscode.l10n.t('Comparing the images with those of the run…'),
    { program, arguments: ['relocate', run.folder, `--data=${chosen.fsPath}`], runFolder: run.folder },
    RelocateOutput,
  );
  if (!answered) return;
  const { answer, problem } = answered;
  if (problem) return showProblem(problem, undefined);
  await index.rescan();
  await vscode.window.showInformationMessage(vscode.l10n.t('The dataset of this run is in "{0}" now.', answer.dataset));
}
