// Command id -> handler. This file alone decides what a command may do in an untrusted workspace; arguments come from menus, panels,
// keybindings and other extensions, so handlers look them up instead of trusting them.
import * as vscode from 'vscode';
import { isRunId } from '../shared/contracts/run.ts';
import type { EvaluationSource } from '../shared/messages/evaluation.ts';
import { type CheckReports, checkDataset, openCheckReport } from './datasets/checks/checkDataset.ts';
import type { DatasetChecks } from './datasets/checks/datasetChecks.ts';
import { createSample } from './datasets/createSample.ts';
import { refuseTooWide } from './datasets/index/tooWide.ts';
import { evaluateFolder, pickModel } from './evaluation/evaluateFolder.ts';
import { explainImages, openGradCam } from './explanation/explainImages.ts';
import type { ExplanationPanels } from './panels/explanation/explanationPanel.ts';
import { type SheetPanels, SheetScope } from './panels/sheet/sheetPanel.ts';
import { installEngine } from './program/installEngine.ts';
import { chooseRuns } from './runs/actions/chooseRuns.ts';
import { exportModel } from './runs/actions/exportModel.ts';
import { noteRun, renameRun, starRuns, tagRuns } from './runs/actions/labelling.ts';
import { pickRun, pickRuns } from './runs/actions/pickRuns.ts';
import { evaluationSourceFrom, pickSplit } from './runs/actions/pickSplit.ts';
import { deleteRuns, openLog, revealRun, stopRun } from './runs/actions/runActions.ts';
import { copyMetrics, openMetrics, reportRun } from './runs/actions/runFiles.ts';
import { locateDataset } from './runs/locateDataset.ts';
import { runIdsAmong } from './runs/runIdsAmong.ts';
import { type RunKind, runKinds } from './runs/runKinds.ts';
import type { Run } from './runs/runs.ts';
import { withoutFilter } from './runs/tree/arrangement.ts';
import { type Arranging, askFilter, askGrouping, askSorting } from './runs/tree/arranging.ts';
import { fineTuneGrid } from './training/fineTuneGrid.ts';
import { pickDataset } from './training/pick/pickDataset.ts';
import { openNewRecipe } from './training/pick/pickRecipe.ts';
import { resumeRun } from './training/resumeRun.ts';
import { startFineTune } from './training/startFineTune.ts';
import { type SampleParts, trySample } from './training/trySample.ts';
import { showError } from './words/showError.ts';

export interface CommandParts extends SampleParts {
  readonly log: vscode.LogOutputChannel;
  readonly reports: CheckReports;
  readonly checks: DatasetChecks;
  readonly rescanDatasets: () => Promise<unknown>;
  /** Dataset of a row of the Datasets view; undefined: there is no such row. */
  readonly datasetOfRow: (rowId: string) => string | undefined;
  readonly openSheet: SheetPanels['open'];
  readonly openExplanation: ExplanationPanels['open'];
  /** Using Shoulders, as Markdown: in English, with links to the other documents that the extension brings along. */
  readonly guide: vscode.Uri;
  readonly openComparison: (runIds: readonly string[]) => Promise<void>;
  readonly arranging: Arranging;
  readonly openEvaluation: (source: EvaluationSource, options?: { readonly matrix?: boolean }) => Promise<void>;
}

interface Command {
  /** Wraps a command that starts a program or reads a file chosen by the workspace. */
  readonly needsTrust: boolean;
  /** `selected`: all selected rows of the view. */
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
  'shoulders.trySample': { needsTrust: true, run: (parts) => trySample(parts) },
  'shoulders.createSample': { needsTrust: false, run: ({ samples }) => createSample(samples) },
  'shoulders.openWalkthrough': {
    needsTrust: false,
    run: async () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false),
  },
  'shoulders.openDocumentation': {
    needsTrust: false,
    run: async ({ guide }) => vscode.commands.executeCommand('markdown.showPreview', guide),
  },
  'shoulders.newRecipe': { needsTrust: false, run: () => openNewRecipe('photos', undefined) },
  'shoulders.installEngine': { needsTrust: true, run: ({ program }) => installEngine(program) },
  'shoulders.openRun': onRun('any', (run, { openPanel }) => openPanel(run.id)),
  'shoulders.openRunningRun': onTheRun('open', (run, { openPanel }) => openPanel(run.id)),
  'shoulders.stopRun': onRun('open', (run, { index }) => stopRun(index, run)),
  'shoulders.pauseRun': onRun('running', (run, { index }) => index.requestPause(run.id, true)),
  'shoulders.continueRun': onRun('paused', (run, { index }) => index.requestPause(run.id, false)),
  'shoulders.retryRun': onRun('waiting', (run, { index }) => index.requestRetry(run.id)),
  'shoulders.resumeRun': trusted(onRun('resumable', (run, parts) => resumeRun(run, parts))),
  'shoulders.locateDataset': trusted(
    onRun('ended', (run, { program, index }) => locateDataset(run, { program, index })),
  ),
  'shoulders.reportRun': trusted(onRun('withEpochs', (run, { program }) => reportRun(run, program))),
  'shoulders.exportRun': trusted(onRun('withEpochs', (run, { program }) => exportModel(run, program))),
  'shoulders.evaluateFolder': { needsTrust: true, run: evaluateFrom },
  'shoulders.explainImage': {
    needsTrust: true,
    run: (parts, argument, selected) => explainImages(argument, selected, parts),
  },
  'shoulders.openGradCam': trusted(onRun('withEpochs', (run, parts) => openGradCam(run, parts))),
  'shoulders.openMetrics': onRun('withEpochs', (run) => openMetrics(run)),
  'shoulders.copyMetrics': onRun('withEpochs', (run) => copyMetrics(run)),
  'shoulders.openEvaluation': ofSource(
    (source, parts) => parts.openEvaluation(source),
    onRun('withEpochs', (run, parts) => openSplit(run, parts, false)),
  ),
  'shoulders.openConfusionMatrix': ofSource(
    (source, parts) => parts.openEvaluation(source, { matrix: true }),
    onRun('withEpochs', (run, parts) => openSplit(run, parts, true)),
  ),
  'shoulders.compareRuns': { needsTrust: false, run: compareRuns },
  'shoulders.compareWith': { needsTrust: false, run: compareRuns },
  'shoulders.revealRun': onRun('any', (run) => revealRun(run)),
  'shoulders.deleteRun': onRuns('ended', (runs, { index }) => deleteRuns(index, runs)),
  'shoulders.openLog': onRun('any', (run, { logFolder }) => openLog(run, logFolder)),
  'shoulders.starRun': onRuns('unstarred', (runs, { index }) => starRuns(index, runs, true)),
  'shoulders.unstarRun': onRuns('starred', (runs, { index }) => starRuns(index, runs, false)),
  'shoulders.renameRun': onRun('any', (run, { index }) => renameRun(index, run)),
  'shoulders.tagRuns': onRuns('any', (runs, { index }) => tagRuns(index, runs)),
  'shoulders.noteRun': onRun('any', (run, { index }) => noteRun(index, run)),
  'shoulders.groupRuns': { needsTrust: false, run: ({ arranging }) => askGrouping(arranging) },
  'shoulders.sortRuns': { needsTrust: false, run: ({ arranging, index }) => askSorting(arranging, index.runs) },
  'shoulders.filterRuns': { needsTrust: false, run: ({ arranging, index }) => askFilter(arranging, index.runs) },
  'shoulders.clearFilter': {
    needsTrust: false,
    run: async ({ arranging }) => arranging.set(withoutFilter(arranging.current)),
  },
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

/** Command about one run: the given one, or one the user picks among runs of its kind. */
function onRun(kind: RunKind, act: (run: Run, parts: CommandParts) => Promise<unknown>): Command {
  return {
    needsTrust: false,
    async run(parts, argument) {
      const id = runIdFrom(argument);
      if (id === undefined) await parts.index.rescan();
      const run = id === undefined ? await pickRun(runsOf(parts, kind)) : parts.index.get(id);
      if (run) await act(run, parts);
    },
  };
}

/** Like onRun(), but asks nothing when there is only one run of that kind. */
function onTheRun(kind: RunKind, act: (run: Run, parts: CommandParts) => Promise<unknown>): Command {
  return {
    needsTrust: false,
    async run(parts) {
      const runs = runsOf(parts, kind);
      const run = runs.length === 1 ? runs[0] : await pickRun(runs);
      if (run) await act(run, parts);
    },
  };
}

/** Command about all selected runs, or about some that the user picks among runs of its kind. */
function onRuns(kind: RunKind, act: (runs: readonly Run[], parts: CommandParts) => Promise<unknown>): Command {
  return {
    needsTrust: false,
    async run(parts, argument, selected) {
      const ids = runIdsAmong(argument, selected);
      if (ids.length === 0) await parts.index.rescan();
      const given = ids.map((id) => parts.index.get(id)).filter((run) => run !== undefined);
      const runs = ids.length === 0 ? await pickRuns(runsOf(parts, kind)) : given;
      if (runs.length > 0) await act(runs, parts);
    },
  };
}

function trusted(command: Command): Command {
  return { ...command, needsTrust: true };
}

function runsOf({ index }: CommandParts, kind: RunKind): Run[] {
  return index.runs.filter(runKinds[kind]);
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

/** Argument from the explorer: a folder or an ONNX model; from a row: its run. Asks for what is missing. */
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
  if (data === undefined) return;
  await refuseTooWide(data);
  await evaluateFolder({ model, data }, parts.program);
}

/** Command about a split or a record named by another part of the editor, or about a run, as in `otherwise`. */
function ofSource(
  act: (source: EvaluationSource, parts: CommandParts) => Promise<unknown>,
  otherwise: Command,
): Command {
  return {
    needsTrust: false,
    async run(parts, argument) {
      const source = evaluationSourceFrom(argument);
      await (source ? act(source, parts) : otherwise.run(parts, argument));
    },
  };
}

async function openSplit(run: Run, { index, openEvaluation }: CommandParts, matrix: boolean): Promise<void> {
  // The row of an ended run does not record whether it was tested.
  const split = await pickSplit((await index.load(run.id)) ?? run);
  if (split) await openEvaluation({ kind: 'split', runId: run.id, split }, { matrix });
}

async function askForTrust(): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const sentence = vscode.l10n.t(
    'Shoulders trains only in trusted workspaces: it runs a program on the files of this folder.',
  );
  if ((await vscode.window.showWarningMessage(sentence, manage)) === manage)
    await vscode.commands.executeCommand('workbench.trust.manage');
}

/** File or folder of the explorer, or the dataset of a row. */
function fileUri(argument: unknown, { datasetOfRow }: CommandParts): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) return argument.scheme === 'file' ? argument : undefined;
  const folder = typeof argument === 'string' ? datasetOfRow(argument) : undefined;
  return folder === undefined ? undefined : vscode.Uri.file(folder);
}

/** The given folder, or one that the user picks. @throws UserError datasetTooWide */
async function datasetFrom(argument: unknown, parts: CommandParts, title: string): Promise<string | undefined> {
  const dataset = fileUri(argument, parts)?.fsPath ?? (await pickDataset(parts.datasets, title));
  if (dataset !== undefined) await refuseTooWide(dataset);
  return dataset;
}

/** Run of an id or of a row of the tree. */
function runIdFrom(argument: unknown): string | undefined {
  const id = typeof argument === 'object' && argument !== null && 'id' in argument ? argument.id : argument;
  return typeof id === 'string' && isRunId(id) ? id : undefined;
}
