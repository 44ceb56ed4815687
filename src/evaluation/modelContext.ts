// Context key for menus: whether some run's weights can be evaluated.
import * as vscode from 'vscode';
import type { RunIndex } from '../runs/index/runIndex.ts';

export function watchModels(index: RunIndex): vscode.Disposable {
  let told: boolean | undefined;
  return index.onDidChange(() => {
    const hasModels = index.runs.some(({ epochCount }) => epochCount > 0);
    if (hasModels === told) return;
    told = hasModels;
    void vscode.commands.executeCommand('setContext', 'shoulders.hasModels', hasModels);
  });
}
