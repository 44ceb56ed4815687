// Evaluate on a Folder…: asks for model and images, runs the runner with progress and a stop button, and shows the result.
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { EvaluateOutput, type EvaluateProgress } from '../../shared/contracts/classification/evaluateOutput.ts';
import type { Problem } from '../../shared/contracts/events.ts';
import { settings } from '../config.ts';
import { machineCacheFolder } from '../program/machineCache.ts';
import { type EvaluateRequest, evaluateArguments, lastError, runnerEnvironment } from '../program/runnerArguments.ts';
import { runToEnd } from '../program/runnerProcess.ts';
import { runItem } from '../runs/actions/pickRuns.ts';
import { hasEpochs, type Run } from '../runs/runs.ts';
import { showProblem, wording } from '../words/showError.ts';

/** Absolute path of a run folder or an .onnx file; undefined: cancelled. */
export async function pickModel(runs: readonly Run[]): Promise<string | undefined> {
  const now = new Date();
  const items = runs.filter(hasEpochs).map((run) => ({ ...runItem(run, now), folder: run.folder }));
  const other = { label: `$(folder-opened) ${vscode.l10n.t('An Exported ONNX Model…')}`, folder: '' };
  const picked = await vscode.window.showQuickPick([...items, other], {
    title: vscode.l10n.t('Evaluate on a Folder…'),
    placeHolder: vscode.l10n.t('Which run’s predictions?'),
    matchOnDetail: true,
  });
  if (picked !== other) return picked?.folder;
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('An ONNX model exported by Shoulders'),
      filters: { ONNX: ['onnx'] },
    })) ?? [];
  return file?.fsPath;
}

/**
 * Asks again when folders match no class of the model, because only the user can say what they are.
 *
 * @param program  absolute path of the command line program
 */
export async function evaluateFolder(
  asked: Pick<EvaluateRequest, 'model' | 'data'>,
  program: string,
  folders: EvaluateRequest['folders'] = 'labels',
): Promise<void> {
  const outcome = await withProgress({ ...asked, folders }, program);
  if (outcome === undefined) return;
  if ('folder' in outcome) return show(outcome);
  if (outcome.code !== 'unknownClasses') return showProblem(outcome, undefined);
  const leaveOut = vscode.l10n.t('Leave Them Out');
  const noLabels = vscode.l10n.t('Predict Without Labels');
  const answer = await vscode.window.showWarningMessage(unknownText(outcome), leaveOut, noLabels);
  if (answer !== undefined) await evaluateFolder(asked, program, answer === leaveOut ? 'knownLabels' : 'noLabels');
}

/** Sentence of errors.ts without its command-line advice, because the buttons below it offer the choices. */
const unknownText = ({ params: { folder, names, classNames } }: Problem): string =>
  vscode.l10n.t(
    'Some folders in {0} are not classes of this model: {1} (its classes: {2}). Rename them, or choose what to do.',
    basename(String(folder)),
    String(names),
    String(classNames),
  );

type Recorded = Extract<EvaluateOutput, { type: 'recorded' }>;

/** The record, or why there is none; undefined: the user stopped it. */
async function withProgress(
  request: Pick<EvaluateRequest, 'model' | 'data' | 'folders'>,
  program: string,
): Promise<Recorded | Problem | undefined> {
  const { threads, linkFolders } = settings().machine;
  const title = vscode.l10n.t('Evaluating {0}', basename(request.data));
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      let recorded: Recorded | undefined;
      let shown = 0;
      const onLine = (line: string) => {
        const output = outputOf(line);
        if (output?.type === 'recorded') recorded = output;
        if (output?.type !== 'progress') return;
        const percent = percentOf(output);
        progress.report({ message: messageOf(output), increment: Math.max(0, percent - shown) });
        shown = Math.max(shown, percent);
      };
      try {
        const { code, output, errors } = await runToEnd(
          {
            program,
            arguments: evaluateArguments({ ...request, threads, linkFolders, cacheFolder: machineCacheFolder }),
            environment: runnerEnvironment(process.env, null),
            folder: recordsRoot(request.data),
          },
          controller.signal,
          onLine,
        );
        return (
          recorded ??
          lastError(output) ?? { code: 'badArgument', params: { reason: errors.trim() || `exit code ${code}` } }
        );
      } catch (error) {
        if (controller.signal.aborted) return undefined;
        throw error;
      }
    },
  );
}

/** Records of a model without a run go into the workspace, not beside the user's images. */
const recordsRoot = (data: string): string =>
  (vscode.workspace.getWorkspaceFolder(vscode.Uri.file(data)) ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath ??
  dirname(data);

function outputOf(line: string): EvaluateOutput | undefined {
  try {
    return EvaluateOutput.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // a line of another program
  }
}

/** Every image is decoded, then scored: each counts half. */
const percentOf = ({ phase, done, total }: EvaluateProgress): number =>
  (phase === 'checking' ? 0 : 50) + (50 * done) / Math.max(1, total);

const messageOf = ({ phase, done, total }: EvaluateProgress): string =>
  phase === 'checking'
    ? vscode.l10n.t('checking image {0} of {1}', done, total)
    : vscode.l10n.t('image {0} of {1}', done, total);

async function show({ folder, record }: Recorded): Promise<void> {
  await vscode.commands.executeCommand('shoulders.openEvaluation', { kind: 'record', folder });
  if (record.warnings.length === 0) return;
  const open = vscode.l10n.t('Open Predictions');
  const sentence = record.warnings.map(wording).join(' ');
  void vscode.window.showWarningMessage(sentence, open).then(async (answer) => {
    if (answer === open) await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'predictions.csv')));
  });
}
