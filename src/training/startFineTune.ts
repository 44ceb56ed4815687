// From a folder to a started run: recipe, weights, process, panel. Called by the explorer's menu, the palette and a recipe's editor.
import { randomInt } from 'node:crypto';
import * as vscode from 'vscode';
import { runIdOf } from '../../shared/contracts/run.ts';
import { settings } from '../config.ts';
import { refuseTooWide } from '../datasets/index/tooWide.ts';
import { outlineOf, recipeFileSuffix } from '../recipes/recipeFiles.ts';
import { runsFolderFor } from '../runs/index/workspaceFolders.ts';
import { type LaunchParts, launchFineTune } from './launch.ts';
import { pickDataset } from './pick/pickDataset.ts';
import { pickGroups } from './pick/pickGroups.ts';
import { pickRecipe } from './pick/pickRecipe.ts';
import { pickWeights } from './pick/pickWeights.ts';

export interface FineTuneParts extends LaunchParts {
  readonly memory: vscode.Memento;
  readonly datasets: () => Promise<readonly string[]>;
  readonly openPanel: (runId: string) => Promise<void>;
}

/**
 * `target`: a dataset folder, a recipe file (then asks for the dataset), or nothing (then asks for both).
 * @throws UserError for an unreadable recipe, or weights that nobody published
 */
export async function startFineTune(target: vscode.Uri | undefined, parts: FineTuneParts): Promise<void> {
  const givenRecipe = target?.path.endsWith(recipeFileSuffix) ? target.fsPath : undefined;
  const givenDataset = givenRecipe === undefined ? target?.fsPath : undefined;
  if (givenRecipe !== undefined) await saveIfOpen(givenRecipe);
  const dataset = givenDataset ?? (await pickDataset(parts.datasets));
  if (dataset === undefined) return;
  await refuseTooWide(dataset);
  const runsFolder = await runsFolderOrAsk(dataset);
  if (runsFolder === undefined) return;
  const recipe = givenRecipe ?? (await pickRecipe(dataset));
  if (recipe === undefined) return;
  const groups = await pickGroups(dataset, recipe);
  if (groups === undefined) return;
  const outline = await outlineOf(recipe);
  const weights = await pickWeights(outline, settings(), parts.memory);
  if (weights === undefined) return;

  const runId = runIdOf(dataset, outline.network, new Date(), randomInt(65_536));
  await launchFineTune({ ...weights, dataset, recipe, sets: groups, runsFolder, runId }, parts);
  await parts.openPanel(runId);
}

/** undefined: no folder is open, and the user was notified. */
export async function runsFolderOrAsk(dataset: string): Promise<string | undefined> {
  const runsFolder = runsFolderFor(dataset);
  if (runsFolder !== undefined) return runsFolder;
  const open = vscode.l10n.t('Open Folder');
  const sentence = vscode.l10n.t('Open a folder first: runs are kept in its .shoulders/runs.');
  if ((await vscode.window.showErrorMessage(sentence, open)) === open)
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(dataset));
  return undefined;
}

/** The runner reads the file, so it must be saved. */
export async function saveIfOpen(file: string): Promise<void> {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.scheme === 'file' && one.uri.fsPath === file);
  if (document?.isDirty) await document.save();
}
