// src/: the editor's side. Builds the parts and wires them, nothing else. Absent from all of src/: pixels, arithmetic on tensors,
// the network. A run is started as a process and read from its folder.
import * as vscode from 'vscode';
import { panelStrings } from '../webview/strings.ts';
import { registerCommands } from './commands.ts';
import { createCheckReports } from './datasets/checkDataset.ts';
import { watchDatasets } from './datasets/datasetContext.ts';
import { createLog, logFolderOf, prepareLogFolder, runLogOf } from './log.ts';
import { createComparePanels } from './panels/comparePanel.ts';
import { createRunPanels } from './panels/runPanel.ts';
import { attendRuns } from './runs/attendance.ts';
import { RunIndex } from './runs/runIndex.ts';
import { allRunsFolders, watchRunsFolders } from './runs/runsFolders.ts';
import { createRunTreeView } from './runs/runTreeView.ts';
import { tellEndings } from './runs/tellEndings.ts';
import { createStatusBar } from './statusBar.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  const onError = (error: unknown): void => log.error(error instanceof Error ? error : String(error));
  const logFolder = logFolderOf(context);
  const index = new RunIndex({ runsFolders: allRunsFolders, logOf: (id) => runLogOf(logFolder, id), onError });
  const datasets = watchDatasets(onError);
  const reports = createCheckReports();
  const comparisons = createComparePanels({
    index,
    extensionUri: context.extensionUri,
    log,
    strings: translatedStrings(),
    openRun: (runId) => void vscode.commands.executeCommand('shoulders.openRun', runId),
  });
  const panels = createRunPanels({
    index,
    extensionUri: context.extensionUri,
    log,
    strings: translatedStrings(),
    command: (name, runId) => void vscode.commands.executeCommand(`shoulders.${name}`, runId),
  });
  context.subscriptions.push(
    log,
    index,
    datasets,
    reports,
    panels,
    comparisons,
    createRunTreeView(index),
    createStatusBar(index),
    attendRuns({ runs: () => index.runs, onError }),
    tellEndings({ index, memory: context.workspaceState, onError }),
    watchRunsFolders(() => void index.rescan()),
    registerCommands({
      index,
      log,
      reports,
      logFolder,
      memory: context.workspaceState,
      program: vscode.Uri.joinPath(context.extensionUri, 'dist', 'runner', 'cli.js').fsPath,
      samples: vscode.Uri.joinPath(context.extensionUri, 'samples').fsPath,
      datasets: datasets.folders,
      openPanel: panels.open,
      openComparison: comparisons.open,
    }),
  );
  prepareLogFolder(logFolder, Date.now()).catch(onError);
  void index.rescan();
}

/** Only what differs: the panel has its own English. */
const translatedStrings = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(panelStrings)
      .map(([key, english]) => [key, vscode.l10n.t(english)] as const)
      .filter(([key, text]) => text !== panelStrings[key as keyof typeof panelStrings]),
  );
