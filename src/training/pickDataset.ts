// "Which folder?": the workspace's datasets, or any other folder.
import { basename } from 'node:path';
import * as vscode from 'vscode';

/** Absolute; undefined: cancelled. `title`: what the folder is wanted for. */
export async function pickDataset(
  datasets: () => Promise<readonly string[]>,
  title = vscode.l10n.t('Fine-tune ResNet'),
): Promise<string | undefined> {
  const folders = await datasets();
  if (folders.length === 0) return browse();
  const other = { label: `$(folder-opened) ${vscode.l10n.t('Another Folder…')}`, folder: '' };
  const items = folders.map((folder) => ({
    label: basename(folder),
    description: vscode.workspace.asRelativePath(vscode.Uri.file(folder)),
    folder,
  }));
  const picked = await vscode.window.showQuickPick([...items, other], {
    title,
    placeHolder: vscode.l10n.t('Folder with one folder of images per class'),
    matchOnDescription: true,
  });
  return picked === other ? browse() : picked?.folder;
}

async function browse(): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Folder with one folder of images per class'),
      openLabel: vscode.l10n.t('Choose'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder?.fsPath;
}
