// The Datasets view: a thin provider around datasetTree().

import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { RunIndex } from '../../runs/index/runIndex.ts';
import { t } from '../../words/showError.ts';
import type { DatasetIndex } from '../index/datasetIndex.ts';
import { type DatasetRow, datasetTree } from './datasetTree.ts';

export const datasetsViewId = 'shoulders.datasets';

export interface DatasetTreeParts {
  readonly index: DatasetIndex;
  readonly runs: RunIndex;
  /** Resolves when the first scan of the workspace is over: until then the view shows progress instead of being empty. */
  readonly scanned: () => Promise<unknown>;
}

export interface DatasetTreeView extends vscode.Disposable {
  /** Dataset of a row, as menus pass it; undefined: the row no longer exists. */
  folderOf(rowId: string): string | undefined;
}

export function createDatasetTreeView({ index, runs, scanned }: DatasetTreeParts): DatasetTreeView {
  const changed = new vscode.EventEmitter<string | undefined>();
  const rowsNow = (): DatasetRow[] =>
    datasetTree(index.datasets, runs.runs, {
      now: new Date(),
      language: vscode.env.language,
      t,
      name: basename,
      place: (folder) => vscode.workspace.asRelativePath(vscode.Uri.file(folder)),
    });
  let rows: DatasetRow[] = [];
  let byId = new Map<string, DatasetRow>();
  const read = (): void => {
    rows = rowsNow();
    byId = new Map(rows.flatMap(withChildren).map((row) => [row.id, row]));
  };
  const provider: vscode.TreeDataProvider<string> = {
    onDidChangeTreeData: changed.event,
    async getChildren(parent) {
      if (parent === undefined) {
        await scanned();
        read();
      }
      const found = parent === undefined ? rows : (byId.get(parent)?.children ?? []);
      return found.map(({ id }) => id);
    },
    getTreeItem(id) {
      const row = byId.get(id);
      return row ? toItem(row) : new vscode.TreeItem(''); // removed meanwhile: the next refresh drops the row
    },
  };
  // Refreshing the whole tree makes the editor drop its rows for a moment, so a command chosen in it would lose its dataset.
  const update = (): void => {
    if (!view.visible) return; // a training run reports every second
    const before = rows;
    read();
    if (before.length !== rows.length || rows.some(({ id }, i) => id !== before[i]!.id)) changed.fire(undefined);
    else for (const [i, { id }] of rows.entries()) if (!isDeepStrictEqual(rows[i], before[i])) changed.fire(id);
    view.message = index.complete ? '' : t('The workspace is too large: not every folder was searched.');
  };
  const view = vscode.window.createTreeView(datasetsViewId, { treeDataProvider: provider });
  index.watch(view.visible);
  const parts = vscode.Disposable.from(
    view,
    changed,
    index.onDidChange(update),
    runs.onDidChange(update),
    view.onDidChangeVisibility(({ visible }) => {
      index.watch(visible);
      update();
    }),
  );
  return { folderOf: (rowId) => byId.get(rowId)?.folder, dispose: () => parts.dispose() };
}

const withChildren = (row: DatasetRow): DatasetRow[] => [row, ...row.children.flatMap(withChildren)];

function toItem(row: DatasetRow): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(row.label, row.children.length > 0 ? Collapsed : None);
  item.id = row.id;
  item.description = row.description;
  item.tooltip = new vscode.MarkdownString(row.tooltip);
  item.tooltip.isTrusted = false;
  item.iconPath = new vscode.ThemeIcon(row.icon.id, row.icon.color ? new vscode.ThemeColor(row.icon.color) : undefined);
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.accessibilityLabel };
  const command = commandOf(row);
  if (command) item.command = command;
  return item;
}

function commandOf({ opens, folder }: DatasetRow): vscode.Command | undefined {
  switch (opens?.type) {
    case 'sheet': {
      const { split, className } = opens;
      const title = t('Open Contact Sheet');
      return {
        command: 'shoulders.openContactSheet',
        title,
        arguments: [vscode.Uri.file(folder), { split, className }],
      };
    }
    case 'report':
      return {
        command: 'shoulders.openCheckReport',
        title: t('Open Check Report'),
        arguments: [vscode.Uri.file(folder)],
      };
    case 'run':
      return { command: 'shoulders.openRun', title: t('Open Run'), arguments: [opens.runId] };
    case undefined:
      return undefined;
  }
}
