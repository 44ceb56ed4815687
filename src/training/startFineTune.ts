// From a folder to a started run: recipe, weights, process, panel. Called by the explorer's menu, the palette and a recipe's editor.
import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { runIdOf } from '../../runner/contracts/run.ts';
import { settings } from '../config.ts';
import { runLogOf } from '../log.ts';
import type { RunIndex } from '../runs/runIndex.ts';
import { runsFolderFor } from '../runs/runsFolders.ts';
import { showProblem } from '../showError.ts';
import { machineCacheFolder } from './machineCache.ts';
import { pickDataset } from './pickDataset.ts';
import { pickRecipe } from './pickRecipe.ts';
import { pickWeights } from './pickWeights.ts';
import { outlineOf, recipeFileSuffix } from './recipeFiles.ts';
import { fineTuneArguments, runnerEnvironment } from './runnerArguments.ts';
import { startRunner } from './runnerProcess.ts';

export interface FineTuneParts {
  readonly index: RunIndex;
  /** Absolute path of the command line program. */
  readonly program: string;
  readonly logFolder: string;
  readonly memory: vscode.Memento;
  readonly datasets: () => Promise<readonly string[]>;
  readonly openPanel: (runId: string) => Promise<void>;
  readonly openLog: (runId: string) => Promise<void>;
}

/**
 * `target`: a dataset folder, a recipe file (then the dataset is asked for), or nothing (then both are).
 * @throws UserError of a recipe that cannot be read, or weights that nobody published
 */
export async function startFineTune(target: vscode.Uri | undefined, parts: FineTuneParts): Promise<void> {
  const givenRecipe = target?.path.endsWith(recipeFileSuffix) ? target.fsPath : undefined;
  const givenDataset = givenRecipe === undefined ? target?.fsPath : undefined;
  if (givenRecipe !== undefined) await saveIfOpen(givenRecipe);
  const dataset = givenDataset ?? (await pickDataset(parts.datasets));
  if (dataset === undefined) return;
  const runsFolder = runsFolderFor(dataset);
  if (runsFolder === undefined) {
    const open = vscode.l10n.t('Open Folder');
    const sentence = vscode.l10n.t('Open a folder first: runs are kept in its .shoulders/runs.');
    if ((await vscode.window.showErrorMessage(sentence, open)) === open)
      await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(dataset));
    return;
  }
  const recipe = givenRecipe ?? (await pickRecipe(dataset));
  if (recipe === undefined) return;
  const outline = await outlineOf(recipe);
  const chosen = settings();
  const weights = await pickWeights(outline, chosen, parts.memory);
  if (weights === undefined) return;

  const runId = runIdOf(dataset, outline.network, new Date(), randomInt(65_536));
  const folder = dirname(runsFolder);
  await mkdir(folder, { recursive: true });
  const runner = startRunner({
    program: parts.program,
    arguments: fineTuneArguments({
      ...weights,
      dataset,
      recipe,
      weightsMirror: chosen.weightsMirror,
      threads: chosen.threads,
      runsFolder,
      runId,
      cacheFolder: machineCacheFolder,
    }),
    environment: runnerEnvironment(process.env, chosen.proxy),
    folder,
    logFile: runLogOf(parts.logFolder, runId),
  });
  parts.index.add({ id: runId, folder: join(runsFolder, runId), dataset, pid: runner.pid });
  void runner.ended.then((end) => parts.index.processEnded(runId, end)).then(() => tellEnd(runId, dataset, parts));
  await parts.openPanel(runId);
}

/** A failure is always told; a good end only to someone who looks elsewhere. */
async function tellEnd(runId: string, dataset: string, { index, openLog, openPanel }: FineTuneParts): Promise<void> {
  const run = index.get(runId);
  if (run?.state.status === 'failed' && run.state.problem) {
    await showProblem(run.state.problem, () => openLog(runId));
  } else if (run?.state.status === 'finished' && !vscode.window.state.focused) {
    const open = vscode.l10n.t('Open Run');
    const sentence = vscode.l10n.t('Fine-tuning on {0} has finished.', basename(dataset));
    if ((await vscode.window.showInformationMessage(sentence, open)) === open) await openPanel(runId);
  }
}

/** The runner reads the file, not the editor. */
async function saveIfOpen(file: string): Promise<void> {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.scheme === 'file' && one.uri.fsPath === file);
  if (document?.isDirty) await document.save();
}
