// Resumes a run that ended early, in its own folder, after its last finished epoch.
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Problem } from '../../shared/contracts/events.ts';
import { refuseTooWide } from '../datasets/index/tooWide.ts';
import { isOpen, type Run } from '../runs/runs.ts';
import { showProblem, wording } from '../words/showError.ts';
import { type LaunchParts, launchResume } from './launch.ts';
import { chooseWeightsFile } from './pick/pickWeights.ts';

/** The runner decides what can be resumed, and the editor shows its sentence. */
export async function resumeRun(run: Run, parts: LaunchParts): Promise<void> {
  if (isOpen(run) && !run.elsewhere) {
    await vscode.window.showInformationMessage(vscode.l10n.t('This run is already active.'));
    return;
  }
  let data: string | null = null;
  let weights: string | null = null;
  let takeOver = false;
  for (;;) {
    const refused =
      (weights === null ? missedWeights(run) : null) ??
      (await launchResume(run, { data, weights, takeOver }, parts)) ??
      missedWeights(parts.index.get(run.id));
    if (!refused) return;
    if (refused.code === 'runElsewhere' && !takeOver) {
      takeOver = await mayTakeOver(refused);
      if (takeOver) continue;
      return;
    }
    if (asksForWeights(refused)) {
      const file = await askForWeights(refused);
      if (file === undefined) return;
      weights = file;
      continue;
    }
    if (!asksForFolder(refused, data))
      return showProblem(refused, () => vscode.commands.executeCommand('shoulders.openLog', run.id));
    const chosen = await askWhereabouts(sentenceOf(refused, data));
    if (chosen === undefined) return;
    await refuseTooWide(chosen);
    data = chosen;
  }
}

/** Two processes cannot work on one run, and only the user can tell whether the other one is gone. */
async function mayTakeOver({ params }: Problem): Promise<boolean> {
  const { host, pid, ago } = params;
  const question = vscode.l10n.t('Take this run over from {0}?', String(host));
  const detail = vscode.l10n.t(
    'Process {0} on {1} is working on it and gave its last sign of life {2} ago. If it is still running, it will end, and its work since the last finished epoch is lost.',
    Number(pid),
    String(host),
    String(ago),
  );
  const take = vscode.l10n.t('Take Over');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, take)) === take;
}

/** Whether another folder may help: the dataset is missing at its place, or the chosen folder does not match. */
const asksForFolder = ({ code }: Problem, data: string | null): boolean =>
  data !== null || code === 'datasetMoved' || code === 'datasetChanged';

function sentenceOf(refused: Problem, data: string | null): string {
  if (refused.code === 'datasetMoved')
    return vscode.l10n.t(
      'The dataset of this run is no longer at "{0}". Choose the folder it is in now.',
      String(refused.params.folder),
    );
  if (refused.code === 'datasetChanged' && data !== null)
    return vscode.l10n.t(
      'The images in "{0}" are not those that this run started with. Choose the folder that contains them.',
      data,
    );
  return wording(refused);
}

/** Whether a missing weights file ended the run: the runner looks for that only once it trains. */
function missedWeights(run: Run | undefined): Problem | null {
  const problem = run && !isOpen(run) ? run.state.problem : null;
  if (!problem || !asksForWeights(problem)) return null;
  // The disk with the weights may be connected again.
  return problem.code === 'weightsNotFound' && existsSync(String(problem.params.file)) ? null : problem;
}

/** For a run without a finished epoch: its weights file is missing, or the chosen one does not match. */
const asksForWeights = ({ code }: Problem): boolean => code === 'weightsNotFound' || code === 'weightsOthers';

/** New location of the weights; undefined: cancelled. The runner compares the file with the one that the run has read. */
async function askForWeights({ code, params }: Problem): Promise<string | undefined> {
  const file = String(params.file);
  const sentence =
    code === 'weightsNotFound'
      ? vscode.l10n.t('The weights of this run are no longer at "{0}". Choose the file they are in now.', file)
      : vscode.l10n.t('"{0}" is not the weights file that this run started from. Choose that file.', file);
  const choose = vscode.l10n.t('Choose a File…');
  if ((await vscode.window.showErrorMessage(sentence, choose)) !== choose) return undefined;
  return chooseWeightsFile(vscode.l10n.t('Where are the weights now?'), vscode.l10n.t('Resume'));
}

/** New location of the dataset; undefined: cancelled. The runner compares its images with those of the run. */
async function askWhereabouts(sentence: string): Promise<string | undefined> {
  const choose = vscode.l10n.t('Choose Folder…');
  if ((await vscode.window.showErrorMessage(sentence, choose)) !== choose) return undefined;
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Where is the dataset now?'),
      openLabel: vscode.l10n.t('Resume'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder?.fsPath;
}
