// Try It on a Sample: the bundled drawings in the user's folder and a first run on them, from the best weights that need no download.
// Nothing is asked but the folder, and that only when there is a choice.
import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { photos } from '../../shared/contracts/recipes.ts';
import { runIdOf } from '../../shared/contracts/run.ts';
import { firstRecipe, firstRuns, firstWeights } from '../../shared/recipes/firstRun.ts';
import { settings } from '../config.ts';
import { copySample } from '../datasets/sampleDataset.ts';
import { runsFolderName } from '../runs/index/workspaceFolders.ts';
import { isOpen } from '../runs/runs.ts';
import { firstRunId, rememberFirstRun } from '../runs/watching/firstRun.ts';
import { launchFineTune } from './launch.ts';
import type { OneAtATime } from './oneAtATime.ts';
import { weightsAtHand } from './pick/pickWeights.ts';
import { handOver, takeOver } from './sampleHandover.ts';
import { type FineTuneParts, runsFolderOrAsk } from './startFineTune.ts';

export interface SampleParts extends FineTuneParts {
  /** Absolute path of the folder of bundled sample datasets. */
  readonly samples: string;
  /** Absolute path of the file by which a window hands the sample to another one of this machine; see sampleHandover.ts. */
  readonly handoverFile: string;
  /** One for the window: a second click starts nothing. */
  readonly oneTrial: OneAtATime;
}

/** Shows the first run instead of starting another one while it is active. @throws UserError when the copy cannot be written */
export const trySample = (parts: SampleParts): Promise<void> => parts.oneTrial(() => copyAndStart(parts));

async function copyAndStart(parts: SampleParts): Promise<void> {
  if (await showActiveRun(parts)) return;
  const copy = await copySample({ samples: parts.samples, title: vscode.l10n.t('Try It on a Sample'), reuse: true });
  if (copy === undefined) return;
  if (copy.isOpen) return startFirstRun(copy.dataset, parts);
  await handOver(parts.handoverFile, copy.dataset, Date.now());
  // A folder with runs activates the extension in the window that opens it.
  await mkdir(join(copy.folder, ...runsFolderName.split('/')), { recursive: true });
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(copy.folder));
}

/**
 * Starts the first run that a window without a folder prepared for this one, once the workspace is trusted. The folder may have been open
 * here before: then the window only comes to the front.
 */
export function continueTrial(parts: SampleParts, onError: (error: unknown) => void): vscode.Disposable {
  const isHere = (dataset: string): boolean =>
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(dataset)) !== undefined;
  const start = async (): Promise<void> => {
    const dataset = await takeOver(parts.handoverFile, isHere, Date.now());
    if (dataset !== undefined) await parts.oneTrial(() => startOrShow(dataset, parts));
  };
  const look = (): void => {
    if (vscode.workspace.isTrusted) start().catch(onError);
  };
  look();
  return vscode.Disposable.from(
    vscode.workspace.onDidGrantWorkspaceTrust(look),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) look();
    }),
  );
}

async function startOrShow(dataset: string, parts: SampleParts): Promise<void> {
  if (!(await showActiveRun(parts))) await startFirstRun(dataset, parts);
}

/** Whether there is one. It may be known from its folder alone, which a window that has just opened has not read yet. */
async function showActiveRun({ index, memory, openPanel }: SampleParts): Promise<boolean> {
  const runId = firstRunId(memory);
  if (runId === undefined) return false;
  await index.rescan();
  const run = index.get(runId);
  if (run === undefined || !isOpen(run)) return false;
  await openPanel(runId);
  return true;
}

async function startFirstRun(dataset: string, parts: SampleParts): Promise<void> {
  const runsFolder = await runsFolderOrAsk(dataset);
  if (runsFolder === undefined) return;
  const atHand = await weightsAtHand(photos, settings());
  const { weights, sets } = firstRuns[firstWeights(atHand !== undefined)];
  const runId = runIdOf(dataset, photos.network, new Date(), randomInt(65_536));
  const given = atHand?.weights ?? weights;
  await rememberFirstRun(parts.memory, runId); // before it can end
  await launchFineTune(
    { dataset, recipe: firstRecipe, sets, weights: given, allowDownload: false, runsFolder, runId },
    parts,
  );
  await parts.openPanel(runId);
}
