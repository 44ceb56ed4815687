// "Which folder?": the workspace's datasets, or any other folder.
import { basename } from 'node:path';
import * as vscode from 'vscode';

/** Absolute path; undefined: cancelled. `title`: what the folder is for, `what`: what it must be. */
export async function pickDataset(
  datasets: () => Promise<readonly string[]>,
  title = vscode.l10n.t('Fine-tune ResNet'),
  what = vscode.l10n.t('Folder with one folder of images per class'),
): Promise<string | undefined> {
  const folders = await datasets();
  if (folders.length === 0) return browse(what);
  const other = { label: `$(folder-opened) ${vscode.l10n.t('Another Folder…')}`, folder: '' };
  const items = folders.map((folder) => ({
    label: basename(folder),
    description: vscode.workspace.asRelativePath(vscode.Uri.file(folder)),
    folder,
  }));
  const picked = await vscode.window.showQuickPick([...items, other], {
    title,
    placeHolder: what,
    matchOnDescription: true,
  });
  return picked === other ? browse(what) : picked?.folder;
}

async function browse(what: string): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: what,
      openLabel: vscode.l10n.t('Choose'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder?.fsPath;
}
