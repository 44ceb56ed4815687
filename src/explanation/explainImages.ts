// Explain with a Run… and Open Grad-CAM…: asks which images, and which run's weights.
import { readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { imageExtensions } from '../../shared/dataset/imageNames.ts';
import { splitOfName } from '../../shared/dataset/splitFolders.ts';
import { isImage } from '../datasets/index/datasetFolders.ts';
import { runItem } from '../runs/actions/pickRuns.ts';
import type { RunIndex } from '../runs/index/runIndex.ts';
import { hasEpochs, type Run } from '../runs/runs.ts';
import { askedImages } from './askedImages.ts';
import { runsFor } from './runsFor.ts';

export interface ExplainParts {
  readonly index: RunIndex;
  readonly openExplanation: (runId: string, images: readonly string[]) => Promise<void>;
}

/** Called from the explorer, a panel or another extension, or from the palette for the active editor's image. Asks for what is missing. */
export async function explainImages(
  argument: unknown,
  selected: unknown,
  { index, openExplanation }: ExplainParts,
): Promise<void> {
  const asked = askedImages(argument ?? { image: openImage() }, selected, isImage);
  await index.rescan();
  const given = asked.runId === undefined ? undefined : index.get(asked.runId);
  const run = given && hasEpochs(given) ? given : await pickRunFor(asked.images, index.runs);
  if (!run) return;
  const images = asked.images.length > 0 ? asked.images : await pickImages(run);
  if (images.length > 0) await openExplanation(run.id, images);
  if (asked.leftOut.length > 0) void vscode.window.showWarningMessage(leftOutText(asked.leftOut));
}

const mostNamed = 3;

/** `names`: at least one. */
function leftOutText(names: readonly string[]): string {
  const named = names.slice(0, mostNamed).join(', ');
  const more = names.length - mostNamed;
  return more > 0
    ? vscode.l10n.t('Only images are explained. Left out: {0} and {1} more.', named, more)
    : vscode.l10n.t('Only images are explained. Left out: {0}.', named);
}

/** File of the active editor, if any. */
function openImage(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri : undefined;
}

/** Asks for images, starting in the folder of the run's test images. */
export async function openGradCam(run: Run, { openExplanation }: ExplainParts): Promise<void> {
  const images = await pickImages(run);
  if (images.length > 0) await openExplanation(run.id, images);
}

async function pickRunFor(images: readonly string[], runs: readonly Run[]): Promise<Run | undefined> {
  const now = new Date();
  const items = runsFor(images, runs).map((run) => runItem(run, now));
  if (items.length === 0) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('No run has saved weights yet: fine-tune first; one epoch is enough.'),
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Explain with a Run…'),
    placeHolder: vscode.l10n.t('Explain with which run?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.run;
}

async function pickImages({ state }: Run): Promise<string[]> {
  const folder = state.dataset === null ? undefined : await testFolderOf(state.dataset);
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Images to explain'),
    openLabel: vscode.l10n.t('Explain'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Images')]: [...imageExtensions] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.file(folder) }),
  });
  return (picked ?? []).map((uri) => uri.fsPath);
}

/** Folder of the test images, or else the dataset's; undefined: it is missing. */
async function testFolderOf(dataset: string): Promise<string | undefined> {
  if (!isAbsolute(dataset)) return undefined;
  const entries = await readdir(dataset, { withFileTypes: true }).catch(() => undefined);
  const test = entries?.find((entry) => entry.isDirectory() && splitOfName(entry.name) === 'test');
  return entries && (test ? join(dataset, test.name) : dataset);
}
