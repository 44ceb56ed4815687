// One item while something runs: epoch, speed and time left. A click opens the panel, or asks which of several.
import * as vscode from 'vscode';
import type { RunIndex } from './runs/index/runIndex.ts';
import { isOpen } from './runs/runs.ts';
import { statusItem } from './runs/watching/statusText.ts';
import { t } from './words/showError.ts';

export function createStatusBar(index: RunIndex): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('shoulders.status', vscode.StatusBarAlignment.Left, 0);
  item.name = 'Shoulders';
  item.command = 'shoulders.openRunningRun';
  const update = (): void => {
    const status = statusItem(index.runs.filter(isOpen), t);
    if (!status) {
      item.hide();
      return;
    }
    item.text = `$(${status.icon}) ${status.text}`;
    item.tooltip = new vscode.MarkdownString(status.tooltip);
    item.accessibilityInformation = { label: status.text, role: 'button' };
    item.show();
  };
  update();
  return vscode.Disposable.from(item, index.onDidChange(update));
}
