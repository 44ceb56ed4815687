// Tells the explorer's menu which folders are datasets, through a context key, and keeps it true while folders come and go.
// Until the first whole scan, and where there is too much to look at, the key says "unknown" and the menu shows on every folder.
import * as vscode from 'vscode';
import { scanForDatasets } from './datasetFolders.ts';

const settleMs = 400;

export interface DatasetContext extends vscode.Disposable {
  /** Of the last scan; a new one when there was none. */
  folders(): Promise<readonly string[]>;
}

export function watchDatasets(onError: (error: unknown) => void): DatasetContext {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let scan: Promise<readonly string[]> | undefined;

  const rescan = (): Promise<readonly string[]> => {
    scan = scanAndTell();
    scan.catch(onError);
    return scan;
  };
  const soon = (uri?: vscode.Uri): void => {
    if (uri?.path.includes('/.shoulders/')) return;
    clearTimeout(timer);
    timer = setTimeout(rescan, settleMs);
  };
  // Every path: a folder that arrives as a whole (copied, unpacked, renamed) is told by its own name only.
  const watcher = vscode.workspace.createFileSystemWatcher('**', false, true, false);
  const parts = [
    watcher,
    watcher.onDidCreate(soon),
    watcher.onDidDelete(soon),
    vscode.workspace.onDidChangeWorkspaceFolders(() => soon()),
    { dispose: () => clearTimeout(timer) },
  ];
  void rescan();
  return { folders: () => scan ?? rescan(), dispose: () => vscode.Disposable.from(...parts).dispose() };
}

async function scanAndTell(): Promise<readonly string[]> {
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const { folders, complete } = await scanForDatasets(roots.map(({ uri }) => uri.fsPath));
  // On Windows the menu's resourcePath is written with backslashes, in a remote window with slashes: both are keys.
  const keys = folders.flatMap((folder) => [folder, vscode.Uri.file(folder).path]);
  await vscode.commands.executeCommand('setContext', 'shoulders.datasetFolders', keys);
  await vscode.commands.executeCommand('setContext', 'shoulders.datasetFoldersKnown', complete);
  return folders;
}
