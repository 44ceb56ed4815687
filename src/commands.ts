// Command id -> handler. What a command may do in an untrusted workspace is decided here, once; arguments come from menus, panels,
// keybindings and other extensions and are looked up, never believed.
import * as vscode from 'vscode';
import { isRunId } from '../runner/contracts/run.ts';
import { type CheckReports, checkDataset, openCheckReport } from './datasets/checkDataset.ts';
import { createSample } from './datasets/createSample.ts';
import type { DatasetChecks } from './datasets/datasetChecks.ts';
import { evaluateFolder, pickModel } from './evaluation/evaluateFolder.ts';
import { type SheetPanels, SheetScope } from './panels/sheetPanel.ts';
import { chooseRuns } from './runs/chooseRuns.ts';
import { datasetName, isOpen, type Run } from './runs/run.ts';
import { deleteRun, openLog, revealRun, stopRun } from './runs/runActions.ts';
import { copyMetrics, openMetrics, reportRun } from './runs/runFiles.ts';
import { runIdsAmong } from './runs/runIdsAmong.ts';
import { stateText } from './runs/runTree.ts';
import { showError, t } from './showError.ts';
import { fineTuneGrid } from './training/fineTuneGrid.ts';
import { pickDataset } from './training/pickDataset.ts';
import { openNewRecipe } from './training/pickRecipe.ts';
import { resumeRun } from './training/resumeRun.ts';
import { type FineTuneParts, startFineTune } from './training/startFineTune.ts';

export interface CommandParts extends FineTuneParts {
  readonly log: vscode.LogOutputChannel;
  readonly reports: CheckReports;
  readonly checks: DatasetChecks;
  readonly rescanDatasets: () => Promise<unknown>;
  /** Of the Datasets view; undefined: there is no such row. */
  readonly datasetOfRow: (rowId: string) => string | undefined;
  readonly openSheet: SheetPanels['open'];
  /** The folder of the sample datasets that the extension brings along; absolute. */
  readonly samples: string;
  readonly openComparison: (runIds: readonly string[]) => Promise<void>;
}

interface Command {
  /** Starts a program or reads a file that the workspace chose. */
  readonly needsTrust: boolean;
  /** `selected`: all rows of the view when several are. */
  run(parts: CommandParts, argument: unknown, selected?: unknown): Promise<unknown>;
}

/** Publisher and name of the extension, and the walkthrough's id in the manifest. */
const walkthrough = 'shoulders.shoulders#start';

export const commands = {
  'shoulders.fineTune': {
    needsTrust: true,
    run: (parts, argument) => startFineTune(fileUri(argument, parts), parts),
  },
  'shoulders.fineTuneGrid': {
    needsTrust: true,
    run: (parts, argument) => fineTuneGrid(fileUri(argument, parts)?.fsPath, parts),
  },
  'shoulders.check': {
    needsTrust: true,
    async run(parts, argument) {
      const dataset = await datasetFrom(argument, parts, vscode.l10n.t('Check Dataset'));
      if (dataset !== undefined) await checkDataset(dataset, parts.checks, parts.reports);
    },
  },
  'shoulders.openCheckReport': {
    needsTrust: false,
    async run(parts, argument) {
      const dataset = fileUri(argument, parts)?.fsPath;
      if (dataset !== undefined) await openCheckReport(dataset, parts.checks, parts.reports);
    },
  },
  'shoulders.openContactSheet': {
    needsTrust: true,
    async run(parts, argument, scope) {
      const dataset = await datasetFrom(argument, parts, vscode.l10n.t('Open Contact Sheet'));
      if (dataset !== undefined) await parts.openSheet(dataset, SheetScope.safeParse(scope).data);
    },
  },
  'shoulders.revealDataset': {
    needsTrust: false,
    async run(parts, argument) {
      const dataset = fileUri(argument, parts);
      const isInside = dataset !== undefined && vscode.workspace.getWorkspaceFolder(dataset) !== undefined;
      if (dataset) await vscode.commands.executeCommand(isInside ? 'revealInExplorer' : 'revealFileInOS', dataset);
    },
  },
  'shoulders.refreshDatasets': {
    needsTrust: false,
    run({ checks, rescanDatasets }) {
      checks.forget();
      return rescanDatasets();
    },
  },
  'shoulders.createSample': { needsTrust: false, run: ({ samples }) => createSample(samples) },
  'shoulders.openWalkthrough': {
    needsTrust: false,
    run: async () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false),
  },
  'shoulders.newRecipe': { needsTrust: false, run: () => openNewRecipe('photos', undefined) },
  'shoulders.openRun': onRun((run, { openPanel }) => openPanel(run.id)),
  'shoulders.openRunningRun': {
    needsTrust: false,
    async run({ index, openPanel }) {
      const open = index.runs.filter(isOpen);
      const run = open.length === 1 ? open[0] : await pickRun(open);
      if (run) await openPanel(run.id);
    },
  },
  'shoulders.stopRun': onRun((run, { index }) => stopRun(index, run), isOpen),
  'shoulders.pauseRun': onRun((run, { index }) => index.requestPause(run.id, true), isRunning),
  'shoulders.continueRun': onRun((run, { index }) => index.requestPause(run.id, false), isPaused),
  'shoulders.resumeRun': {
    needsTrust: true,
    run: onRun(
      (run, parts) => resumeRun(run, parts),
      (run) => run.resumable,
    ).run,
  },
  'shoulders.reportRun': { needsTrust: true, run: onRun((run, { program }) => reportRun(run, program), hasEpochs).run },
  'shoulders.evaluateFolder': { needsTrust: true, run: evaluateFrom },
  'shoulders.openMetrics': onRun((run) => openMetrics(run), hasEpochs),
  'shoulders.copyMetrics': onRun((run) => copyMetrics(run), hasEpochs),
  'shoulders.compareRuns': { needsTrust: false, run: compareRuns },
  'shoulders.compareWith': { needsTrust: false, run: compareRuns },
  'shoulders.revealRun': onRun((run) => revealRun(run)),
  'shoulders.deleteRun': onRun(
    (run, { index }) => deleteRun(index, run),
    (run) => !isOpen(run),
  ),
  'shoulders.openLog': onRun((run, { logFolder }) => openLog(run, logFolder)),
  'shoulders.refreshRuns': { needsTrust: false, run: ({ index }) => index.rescan() },
} satisfies Record<string, Command>;

export const registerCommands = (parts: CommandParts): vscode.Disposable =>
  vscode.Disposable.from(
    ...Object.entries<Command>(commands).map(([id, command]) =>
      vscode.commands.registerCommand(id, async (argument: unknown, selected: unknown) => {
        try {
          if (command.needsTrust && !vscode.workspace.isTrusted) await askForTrust();
          else await command.run(parts, argument, selected);
        } catch (error) {
          await showError(error, parts.log);
        }
      }),
    ),
  );

/** A command about one run: the given one, or one picked among those it `suits`. */
function onRun(
  act: (run: Run, parts: CommandParts) => Promise<unknown>,
  suits: (run: Run) => boolean = () => true,
): Command {
  return {
    needsTrust: false,
    async run(parts, argument) {
      const id = runIdFrom(argument);
      if (id === undefined) await parts.index.rescan();
      const run = id === undefined ? await pickRun(parts.index.runs.filter(suits)) : parts.index.get(id);
      if (run) await act(run, parts);
    },
  };
}

async function compareRuns(
  { index, openComparison }: CommandParts,
  argument: unknown,
  selected: unknown,
): Promise<void> {
  await index.rescan();
  const runIds = await chooseRuns(index.runs, runIdsAmong(argument, selected));
  if (runIds) await openComparison(runIds);
}

/** From the explorer: a folder, or an ONNX model. From a row: its run. What is missing is asked for. */
async function evaluateFrom(parts: CommandParts, argument: unknown): Promise<void> {
  const given = fileUri(argument, parts)?.fsPath;
  const isModel = given?.toLowerCase().endsWith('.onnx') ?? false;
  const id = runIdFrom(argument);
  await parts.index.rescan();
  const model = isModel ? given : id === undefined ? await pickModel(parts.index.runs) : parts.index.get(id)?.folder;
  if (model === undefined) return;
  const data =
    given !== undefined && !isModel
      ? given
      : await pickDataset(parts.datasets, vscode.l10n.t('Evaluate on a Folder…'), vscode.l10n.t('Folder of images'));
  if (data !== undefined) await evaluateFolder({ model, data }, parts);
}

function isRunning({ phase, state }: Run): boolean {
  return phase === 'open' && state.status === 'running';
}

function isPaused(run: Run): boolean {
  return run.phase === 'open' && (run.state.status === 'paused' || run.pauseRequested);
}

function hasEpochs(run: Run): boolean {
  return run.epochCount > 0;
}

async function pickRun(runs: readonly Run[]): Promise<Run | undefined> {
  if (runs.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('There is no such run.'));
    return undefined;
  }
  const items = runs.map((run) => ({ label: datasetName(run), description: stateText(run, t), detail: run.id, run }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Run'), matchOnDetail: true });
  return picked?.run;
}

async function askForTrust(): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const sentence = vscode.l10n.t(
    'Shoulders trains only in trusted workspaces: it starts a program on files of this folder.',
  );
  if ((await vscode.window.showWarningMessage(sentence, manage)) === manage)
    await vscode.commands.executeCommand('workbench.trust.manage');
}

/** A file or folder of the explorer, or the dataset of a row. */
function fileUri(argument: unknown, { datasetOfRow }: CommandParts): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) return argument.scheme === 'file' ? argument : undefined;
  const folder = typeof argument === 'string' ? datasetOfRow(argument) : undefined;
  return folder === undefined ? undefined : vscode.Uri.file(folder);
}

/** The given one, or one that the person picks. */
const datasetFrom = async (argument: unknown, parts: CommandParts, title: string): Promise<string | undefined> =>
  fileUri(argument, parts)?.fsPath ?? (await pickDataset(parts.datasets, title));

/** An id, or a row of the tree. */
function runIdFrom(argument: unknown): string | undefined {
  const id = typeof argument === 'object' && argument !== null && 'id' in argument ? argument.id : argument;
  return typeof id === 'string' && isRunId(id) ? id : undefined;
}
