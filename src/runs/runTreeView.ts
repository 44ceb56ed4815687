// The sidebar's view: a thin provider around runTree().
import * as vscode from 'vscode';
import { t } from '../showError.ts';
import { isOpen } from './run.ts';
import type { RunIndex } from './runIndex.ts';
import { changedRows, type RunRow, runTree } from './runTree.ts';

export const runsViewId = 'shoulders.runs';

export function createRunTreeView(index: RunIndex): vscode.Disposable {
  const changed = new vscode.EventEmitter<string | undefined>();
  const rowsNow = (): RunRow[] => runTree(index.runs, { now: new Date(), language: vscode.env.language, t });
  let rows: RunRow[] = [];
  const provider: vscode.TreeDataProvider<string> = {
    onDidChangeTreeData: changed.event,
    getChildren(parent) {
      if (parent !== undefined) return [];
      rows = rowsNow();
      return rows.map(({ id }) => id);
    },
    getTreeItem(id) {
      const row = rows.find((one) => one.id === id);
      return row ? toItem(row) : new vscode.TreeItem(id); // gone while the editor asked: the next refresh takes it away
    },
  };
  // Refreshing the whole tree makes the editor forget its rows for a moment, and a command chosen in it loses its run.
  const update = (): void => {
    const before = rows;
    rows = rowsNow();
    const different = changedRows(before, rows);
    if (different === 'all') changed.fire(undefined);
    else for (const { id } of different) changed.fire(id);
  };
  const view = vscode.window.createTreeView(runsViewId, { treeDataProvider: provider, canSelectMany: true });
  const showOpen = (): void => {
    const open = index.runs.filter(isOpen).length;
    view.badge = open > 0 ? { value: open, tooltip: vscode.l10n.t('{0} running', open) } : undefined;
  };
  return vscode.Disposable.from(
    view,
    changed,
    index.onDidChange(() => {
      update();
      showOpen();
    }),
    // Other windows and the command line make runs too.
    view.onDidChangeVisibility(({ visible }) => void (visible && index.rescan())),
  );
}

function toItem(row: RunRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label);
  item.id = row.id;
  item.description = row.description;
  item.tooltip = new vscode.MarkdownString(row.tooltip);
  item.tooltip.isTrusted = false;
  item.iconPath = new vscode.ThemeIcon(row.icon.id, row.icon.color ? new vscode.ThemeColor(row.icon.color) : undefined);
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.accessibilityLabel };
  item.command = { command: 'shoulders.openRun', title: vscode.l10n.t('Open Run'), arguments: [row.id] };
  return item;
}
