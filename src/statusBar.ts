// One item while something runs: which epoch, how long still. A click opens the panel.
import * as vscode from 'vscode';
import { datasetName, isOpen, type Run } from './runs/run.ts';
import type { RunIndex } from './runs/runIndex.ts';
import { statusText } from './runs/statusText.ts';
import { t } from './showError.ts';

export function createStatusBar(index: RunIndex): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('shoulders.status', vscode.StatusBarAlignment.Left, 0);
  item.name = 'Shoulders';
  const update = (): void => {
    const open = index.runs.filter(isOpen);
    const [newest] = open;
    if (!newest) {
      item.hide();
      return;
    }
    show(item, newest, open.length);
  };
  update();
  return vscode.Disposable.from(item, index.onDidChange(update));
}

function show(item: vscode.StatusBarItem, run: Run, openCount: number): void {
  const text = statusText(run, openCount, t);
  item.text = `$(sync~spin) ${text}`;
  item.tooltip = vscode.l10n.t('Fine-tuning on {0}: open the run', datasetName(run));
  item.accessibilityInformation = { label: text };
  item.command = { command: 'shoulders.openRun', title: vscode.l10n.t('Open Run'), arguments: [run.id] };
  item.show();
}
