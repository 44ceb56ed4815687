// The sidebar's view: a thin provider around arrangedTree().
import * as vscode from 'vscode';
import { t } from '../../words/showError.ts';
import type { RunIndex } from '../index/runIndex.ts';
import { isOpen } from '../runs.ts';
import { type ArrangedTree, arrangedTree, changedIds, type GroupRow } from './arrangedTree.ts';
import type { Arranging } from './arranging.ts';
import { type RunRow, rowMaker } from './runTree.ts';

export const runsViewId = 'shoulders.runs';

export interface RunTreeParts {
  readonly index: RunIndex;
  readonly arranging: Arranging;
  readonly memory: vscode.Memento;
  readonly onError: (error: unknown) => void;
}

export function createRunTreeView({ index, arranging, memory, onError }: RunTreeParts): vscode.Disposable {
  const changed = new vscode.EventEmitter<string[] | undefined>();
  const rowOf = rowMaker();
  const collapsed = collapsedGroups(memory, onError);
  let tree: ArrangedTree = { groups: null, rows: [], description: '', message: null };
  let byId: ReadonlyMap<string, RunRow | GroupRow> = new Map();
  const look = (): void => {
    const context = { now: new Date(), language: vscode.env.language, t };
    tree = arrangedTree(index.runs, arranging.current, context, rowOf);
    byId = new Map([...(tree.groups ?? []), ...tree.rows].map((row) => [row.id, row]));
  };
  const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
  const provider: vscode.TreeDataProvider<string> = {
    onDidChangeTreeData: changed.event,
    async getChildren(parent) {
      if (parent === undefined) {
        await index.ready; // otherwise the view briefly says that there are no runs
        look();
        tellAbove();
        return idsOf(tree.groups ?? tree.rows);
      }
      const group = byId.get(parent);
      return group && 'rows' in group ? idsOf(group.rows) : [];
    },
    getTreeItem(id) {
      const row = byId.get(id);
      if (!row) return new vscode.TreeItem(id); // removed meanwhile: the next refresh drops the row
      return 'rows' in row ? groupItem(row, collapsed.has(id)) : runItem(row);
    },
    resolveTreeItem(item, id) {
      const row = byId.get(id);
      if (row) item.tooltip = plainMarkdown(row.tooltip);
      return item;
    },
  };
  const view = vscode.window.createTreeView(runsViewId, { treeDataProvider: provider, canSelectMany: true });
  const tellAbove = (): void => {
    view.description = tree.description;
    view.message = tree.message ?? '';
    // Counts all active runs, including filtered ones.
    const open = index.runs.filter(isOpen).length;
    view.badge = open > 0 ? { value: open, tooltip: vscode.l10n.t('{0} running', open) } : undefined;
  };
  // Refreshing the whole tree makes the editor drop its rows for a moment, so a command chosen in it would lose its run.
  const update = (): void => {
    const before = tree;
    look();
    const different = changedIds(before, tree);
    if (different === 'all') changed.fire(undefined);
    else if (different.length > 0) changed.fire([...different]);
    tellAbove();
  };
  return vscode.Disposable.from(
    view,
    changed,
    index.onDidChange(update),
    arranging.onDidChange(update),
    view.onDidCollapseElement(({ element }) => collapsed.set(element, true)),
    view.onDidExpandElement(({ element }) => collapsed.set(element, false)),
    // Other windows and the command line create runs, too.
    view.onDidChangeVisibility(({ visible }) => void (visible && index.rescan())),
  );
}

/** The editor keeps collapsed headings until the window closes; this keeps them longer. */
function collapsedGroups(memory: vscode.Memento, onError: (error: unknown) => void) {
  const key = 'collapsedGroups';
  const stored = memory.get<unknown>(key);
  const ids = new Set(Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : []);
  return {
    has: (id: string): boolean => ids.has(id),
    set(id: string, isCollapsed: boolean): void {
      if (isCollapsed) ids.add(id);
      else ids.delete(id);
      Promise.resolve(memory.update(key, [...ids].slice(-500))).catch(onError);
    },
  };
}

function groupItem(row: GroupRow, isCollapsed: boolean): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(row.label, isCollapsed ? Collapsed : Expanded);
  item.id = row.id;
  item.description = row.description;
  item.contextValue = 'group';
  return item;
}

function runItem(row: RunRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label);
  item.id = row.id;
  item.description = row.description;
  item.iconPath = new vscode.ThemeIcon(row.icon.id, row.icon.color ? new vscode.ThemeColor(row.icon.color) : undefined);
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.accessibilityLabel };
  item.command = { command: 'shoulders.openRun', title: vscode.l10n.t('Open Run'), arguments: [row.id] };
  return item;
}

function plainMarkdown(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text);
  markdown.isTrusted = false;
  return markdown;
}
