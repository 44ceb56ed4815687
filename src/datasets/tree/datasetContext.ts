// Sets the context key that lists dataset folders for the explorer's menu, and updates it while folders come and go.
// Until the first complete scan, and in workspaces too large to scan, the key is "unknown" and the menu appears on every folder.
import * as vscode from 'vscode';
import { type DatasetScan, scanForDatasets } from '../index/datasetFolders.ts';
import type { FolderScan } from '../index/datasetIndex.ts';

const settleMs = 400;
/** Limit of changed paths between two scans; beyond it, everything is counted again. */
const touchedAtMost = 2000;

export interface DatasetContext extends vscode.Disposable {
  /** Result of the last scan, or of a new one if there was none. */
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
    scan = scanAndTell().then((found) => {
      scanned.fire({ ...found, touched: news });
      return found.folders;
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
  // All paths are watched, because a folder that arrives whole (copied, unpacked, renamed) is reported only by its own name.
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
  // On Windows the menu's resourcePath has backslashes, in a remote window slashes: both are keys.
  const keys = found.folders.flatMap((folder) => [folder, vscode.Uri.file(folder).path]);
  await vscode.commands.executeCommand('setContext', 'shoulders.datasetFolders', keys);
  await vscode.commands.executeCommand('setContext', 'shoulders.datasetFoldersKnown', found.complete);
  return found;
}
