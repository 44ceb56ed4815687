// Location of runs: `.shoulders/runs` in each workspace folder.
import { join } from 'node:path';
import * as vscode from 'vscode';

export const runsFolderName = '.shoulders/runs';

const below = (folder: vscode.WorkspaceFolder) => join(folder.uri.fsPath, ...runsFolderName.split('/'));

const localFolders = () => (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');

export const allRunsFolders = (): string[] => localFolders().map(below);

/** Runs folder of the dataset's workspace folder, else of the first; undefined without an open folder. */
export function runsFolderFor(dataset: string): string | undefined {
  const own = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(dataset));
  const folder = own?.uri.scheme === 'file' ? own : localFolders()[0];
  return folder && below(folder);
}

/** Calls back a moment after the last time a run came, went or rewrote its run.json or labels.json. */
export function watchRunsFolders(changed: () => void): vscode.Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, 300);
  };
  const files = vscode.workspace.createFileSystemWatcher(`**/${runsFolderName}/*/{run,labels}.json`);
  // The system reports a deleted folder only by its own name.
  const folders = vscode.workspace.createFileSystemWatcher(`**/${runsFolderName}/*`, true, true, false);
  return vscode.Disposable.from(
    files,
    folders,
    files.onDidCreate(soon),
    files.onDidChange(soon),
    files.onDidDelete(soon),
    folders.onDidDelete(soon),
    vscode.workspace.onDidChangeWorkspaceFolders(soon),
    { dispose: () => clearTimeout(timer) },
  );
}
