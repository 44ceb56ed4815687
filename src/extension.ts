// src/: the extension host. Builds the parts and connects them, nothing else. Absent from all of src/: pixels, tensor arithmetic,
// the network. A run is started as a process and read from its folder.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { problemStrings } from '../shared/strings/problems.ts';
import { panelStrings } from '../shared/strings/strings.ts';
import { type CommandParts, registerCommands } from './commands.ts';
import { settings } from './config.ts';
import { checkDataset, createCheckReports } from './datasets/checks/checkDataset.ts';
import { DatasetChecks } from './datasets/checks/datasetChecks.ts';
import { countsOf } from './datasets/index/datasetCounts.ts';
import { DatasetIndex } from './datasets/index/datasetIndex.ts';
import { listImages } from './datasets/index/listImages.ts';
import { rememberImageMoves } from './datasets/relabelling/imageMoves.ts';
import { watchDatasets } from './datasets/tree/datasetContext.ts';
import { createDatasetTreeView } from './datasets/tree/datasetTreeView.ts';
import { watchModels } from './evaluation/modelContext.ts';
import { createLog, logFolderOf, prepareLogFolder, runLogOf } from './log.ts';
import { createComparePanels } from './panels/compare/comparePanel.ts';
import { createEvaluationPanels } from './panels/evaluation/evaluationPanel.ts';
import { createExplanationPanels } from './panels/explanation/explanationPanel.ts';
import { createRunPanels } from './panels/run/runPanel.ts';
import { createSheetPanels } from './panels/sheet/sheetPanel.ts';
import { runnerEnvironment } from './program/runnerArguments.ts';
import { runToEnd } from './program/runnerProcess.ts';
import { openIndexFile } from './runs/index/indexFile.ts';
import { RunIndex } from './runs/index/runIndex.ts';
import { allRunsFolders, watchRunsFolders } from './runs/index/workspaceFolders.ts';
import { tellWaits } from './runs/tellWaits.ts';
import { createArranging } from './runs/tree/arranging.ts';
import { createRunTreeView } from './runs/tree/runTreeView.ts';
import { attendRuns } from './runs/watching/attendance.ts';
import { notifyEndings } from './runs/watching/notifyEndings.ts';
import { setRunContext } from './runs/watching/runContext.ts';
import { createStatusBar } from './statusBar.ts';
import { oneAtATime } from './training/oneAtATime.ts';
import { continueTrial } from './training/trySample.ts';
import { showError } from './words/showError.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  const onError = (error: unknown): void => log.error(error instanceof Error ? error : String(error));
  const logFolder = logFolderOf(context);
  const storage = context.storageUri?.fsPath;
  const { version } = context.extension.packageJSON as { version: string };
  const indexFile = storage === undefined ? undefined : openIndexFile(join(storage, 'runs.index'), version, onError);
  const index = new RunIndex({
    runsFolders: allRunsFolders,
    logOf: (id) => runLogOf(logFolder, id),
    ...(indexFile && { indexFile }),
    onError,
  });
  const memory = context.workspaceState;
  const arranging = createArranging(memory, onError);
  const datasets = watchDatasets(onError);
  const reports = createCheckReports();
  const program = vscode.Uri.joinPath(context.extensionUri, 'dist', 'runner', 'cli.js').fsPath;
  const checks = new DatasetChecks({
    folder: vscode.Uri.joinPath(context.globalStorageUri, 'checks').fsPath,
    linkFolders: () => settings().machine.linkFolders,
    program: (args, folder) =>
      runToEnd(
        { program, arguments: args, environment: runnerEnvironment(process.env, settings().proxy), folder },
        AbortSignal.timeout(3_600_000),
      ),
  });
  const datasetIndex = new DatasetIndex({
    count: async (folder) => countsOf(await listImages(folder, { linkFolders: settings().machine.linkFolders })),
    checks,
    onError,
  });
  const datasetView = createDatasetTreeView({ index: datasetIndex, runs: index, scanned: datasets.folders });
  const comparisons = createComparePanels({
    index,
    extensionUri: context.extensionUri,
    log,
    strings: translatedStrings(),
    openRun: (runId) => void vscode.commands.executeCommand('shoulders.openRun', runId),
  });
  const sheets = createSheetPanels({
    index,
    checks,
    program,
    extensionUri: context.extensionUri,
    log,
    strings: translatedStrings(),
    onFilesChanged: datasets.onDidScan,
    check: (dataset) => checkDataset(dataset, checks, null),
    command: (name, dataset) => void vscode.commands.executeCommand(`shoulders.${name}`, dataset),
  });
  const moves = rememberImageMoves(context.workspaceState);
  const evaluations = createEvaluationPanels({
    index,
    extensionUri: context.extensionUri,
    log,
    strings: translatedStrings(),
    moves,
    openRun: (runId) => void vscode.commands.executeCommand('shoulders.openRun', runId),
  });
  const explanations = createExplanationPanels({
    index,
    program,
    extensionUri: context.extensionUri,
    log,
    strings: translatedStrings(),
    openRun: (runId) => void vscode.commands.executeCommand('shoulders.openRun', runId),
  });
  const panels = createRunPanels({
    index,
    extensionUri: context.extensionUri,
    log,
    strings: { ...translatedStrings(), ...translated(problemStrings) },
    command: (name, runId) => void vscode.commands.executeCommand(`shoulders.${name}`, runId),
  });
  const parts: CommandParts = {
    index,
    log,
    reports,
    checks,
    rescanDatasets: datasets.rescan,
    datasetOfRow: datasetView.folderOf,
    openSheet: sheets.open,
    openExplanation: explanations.open,
    logFolder,
    memory,
    handoverFile: vscode.Uri.joinPath(context.globalStorageUri, 'sampleToTry.json').fsPath,
    oneTrial: oneAtATime(),
    arranging,
    program,
    samples: vscode.Uri.joinPath(context.extensionUri, 'samples').fsPath,
    guide: vscode.Uri.joinPath(context.extensionUri, 'docs', 'using.md'),
    datasets: datasets.folders,
    openPanel: panels.open,
    openComparison: comparisons.open,
    openEvaluation: evaluations.open,
  };
  context.subscriptions.push(
    log,
    index,
    ...(indexFile ? [indexFile] : []),
    arranging,
    datasets,
    datasets.onDidScan((scan) => datasetIndex.scanned(scan)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('shoulders.followLinks')) datasets.rescan().catch(onError);
    }),
    datasetIndex,
    datasetView,
    reports,
    panels,
    comparisons,
    sheets,
    explanations,
    createRunTreeView({ index, arranging, memory, onError }),
    setRunContext(index, onError),
    moves,
    evaluations,
    createStatusBar(index),
    attendRuns({ runs: () => index.runs, onError }),
    notifyEndings({ index, logFolder, memory, onError }),
    tellWaits({ index, logFolder, onError }),
    watchModels(index),
    watchRunsFolders(() => void index.rescan()),
    registerCommands(parts),
    continueTrial(parts, (error) => void showError(error, log)),
  );
  prepareLogFolder(logFolder, Date.now()).catch(onError);
  void index.rescan();
}

const translatedStrings = () => translated(panelStrings);

/** Only translated strings, because the panel contains the English ones. */
const translated = (table: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(table)
      .map(([key, english]) => [key, vscode.l10n.t(english)] as const)
      .filter(([key, text]) => text !== table[key]),
  );
