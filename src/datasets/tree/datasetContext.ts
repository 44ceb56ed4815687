// Tells the explorer's menu which folders are datasets, through a context key, and keeps it true while folders come and go.
// Until the first whole scan, and where there is too much to look at, the key says "unknown" and the menu shows on every folder.
import * as vscode from 'vscode';
import { type DatasetScan, scanForDatasets } from '../index/datasetFolders.ts';
import type { FolderScan } from '../index/datasetIndex.ts';

const settleMs = 400;
/** Paths remembered between two scans; with more, everything is counted anew. */
const touchedAtMost = 2000;

export interface DatasetContext extends vscode.Disposable {
  /** Of the last scan; a new one when there was none. */
  folders(): Promise<readonly string[]>;
  rescan(): Promise<readonly string[]>;
  onDidScan(listener: (scan: FolderScan) => void): vscode.Disposable;
}

export function watchDatasets(onError: (error: unknown) => void): DatasetContext {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let scan: Promise<readonly string[]> | undefined;
  let touched: Set<string> | 'all' = 'all';
  const scanned = new vscode.EventEmitter<FolderScan>();

  const rescan = (): Promise<readonly string[]> => {
    const news = touched === 'all' ? touched : [...touched];
    touched = new Set();
    scan = scanAndTell().then(({ folders, complete }) => {
      scanned.fire({ folders, complete, touched: news });
      return folders;
    });
    scan.catch(onError);
    return scan;
  };
  const soon = (uri?: vscode.Uri): void => {
    if (uri?.path.includes('/.shoulders/')) return;
    if (uri === undefined || touched === 'all' || touched.size >= touchedAtMost) touched = 'all';
    else touched.add(uri.fsPath);
    clearTimeout(timer);
    timer = setTimeout(rescan, settleMs);
  };
  // Every path: a folder that arrives as a whole (copied, unpacked, renamed) is told by its own name only.
  const watcher = vscode.workspace.createFileSystemWatcher('**', false, true, false);
  const parts = [
    scanned,
    watcher,
    watcher.onDidCreate(soon),
    watcher.onDidDelete(soon),
    vscode.workspace.onDidChangeWorkspaceFolders(() => soon()),
    { dispose: () => clearTimeout(timer) },
  ];
  void rescan();
  return {
    folders: () => scan ?? rescan(),
    rescan() {
      touched = 'all';
      return rescan();
    },
    onDidScan: scanned.event,
    dispose: () => vscode.Disposable.from(...parts).dispose(),
  };
}

async function scanAndTell(): Promise<DatasetScan> {
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const found = await scanForDatasets(roots.map(({ uri }) => uri.fsPath));
  // On Windows the menu's resourcePath is written with backslashes, in a remote window with slashes: both are keys.
  const keys = found.folders.flatMap((folder) => [folder, vscode.Uri.file(folder).path]);
  await vscode.commands.executeCommand('setContext', 'shoulders.datasetFolders', keys);
  await vscode.commands.executeCommand('setContext', 'shoulders.datasetFoldersKnown', found.complete);
  return found;
}
