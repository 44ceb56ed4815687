// Actions on a run from the sidebar, the palette or the panel: stop, open, delete.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { files } from '../../../shared/contracts/run.ts';
import { runLogOf } from '../../log.ts';
import { killRunner } from '../../program/runnerProcess.ts';
import { t } from '../../words/showError.ts';
import { isCertainly } from '../index/liveness.ts';
import { isThere } from '../index/requests.ts';
import type { RunIndex } from '../index/runIndex.ts';
import { datasetName, isOpen, isSilentElsewhere, type Run, runName } from '../runs.ts';

const graceMs = 30_000;

/** Requests a stop; if nothing happens for half a minute, offers to end the process. */
export async function stopRun(index: RunIndex, run: Run): Promise<void> {
  await index.requestStop(run.id);
  await closedWithin(index, run.id, graceMs);
  const still = index.get(run.id);
  if (!still || !isOpen(still)) return;
  if (still.elsewhere) {
    await vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The run on {0} has not stopped yet. Its process is on {1} and can only be ended there.',
        datasetName(run),
        still.elsewhere.host,
      ),
    );
    return;
  }
  const end = vscode.l10n.t('End Process');
  const sentence = vscode.l10n.t(
    'The run on {0} has not stopped yet. Ending its process loses the current epoch.',
    datasetName(run),
  );
  if ((await vscode.window.showWarningMessage(sentence, end)) !== end) return;
  const now = index.get(run.id);
  if (!now?.process || !isOpen(now)) return;
  const { pid, startedAtMs, ofThisWindow } = now.process;
  if (ofThisWindow || (await isCertainly(pid, startedAtMs))) await killRunner(pid);
  else
    await vscode.window.showWarningMessage(
      vscode.l10n.t('Process {0} may be another program by now: end it yourself if it is the runner.', pid),
    );
}

function closedWithin(index: RunIndex, id: string, waitMs: number): Promise<void> {
  return new Promise((settle) => {
    const check = (): void => {
      const run = index.get(id);
      if (!run || !isOpen(run)) end();
    };
    const end = (): void => {
      clearTimeout(timer);
      listening.dispose();
      settle();
    };
    const timer = setTimeout(end, waitMs);
    const listening = index.onDidChange(check);
    check();
  });
}

/** Opens the system's file manager, or the explorer if the files are on another machine. */
export async function revealRun(run: Run): Promise<void> {
  if (!(await isThere(run.folder))) {
    await vscode.window.showInformationMessage(vscode.l10n.t('This run has no folder yet.'));
    return;
  }
  const command = vscode.env.remoteName === undefined ? 'revealFileInOS' : 'revealInExplorer';
  await vscode.commands.executeCommand(command, vscode.Uri.file(run.folder));
}

/** Opens the output of the process, or the events of a run from another machine or the command line. */
export async function openLog(run: Run, logFolder: string): Promise<void> {
  for (const file of [runLogOf(logFolder, run.id), join(run.folder, files.log), join(run.folder, files.events)]) {
    if (!(await isThere(file))) continue;
    await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
    return;
  }
  await vscode.window.showInformationMessage(vscode.l10n.t('This run has no log yet.'));
}

/** A run that is silent elsewhere may be abandoned, so the user decides. */
const isDeletable = (run: Run): boolean => !isOpen(run) || isSilentElsewhere(run);

/** Moves runs to the bin after one question for all. Skips active runs. */
export async function deleteRuns(index: RunIndex, runs: readonly Run[]): Promise<void> {
  const ended = runs.filter(isDeletable);
  if (ended.length === 0) {
    await vscode.window.showWarningMessage(vscode.l10n.t('This run is still active: stop it first.'));
    return;
  }
  const there: Run[] = [];
  for (const run of ended) if (await isThere(run.folder)) there.push(run);
  for (const run of ended) if (!there.includes(run)) index.remove(run.id);
  const [first] = there;
  if (!first) return;

  const sizes = await Promise.all(there.map(({ folder }) => folderBytes(folder)));
  const size = megabytes(sizes.reduce((sum, bytes) => sum + bytes, 0));
  const question =
    there.length === 1
      ? vscode.l10n.t('Delete the run {0} ({1} MB)?', runName(first), size)
      : vscode.l10n.t('Delete {0} runs ({1} MB)?', there.length, size);
  const details =
    there.length === 1
      ? [vscode.l10n.t('{0}, with its model and predictions.', first.id)]
      : [vscode.l10n.t('{0}, with their models and predictions.', namesOf(there))];
  for (const { elsewhere } of there.filter(isOpen))
    details.push(vscode.l10n.t('A process on {0} may still be working on it.', elsewhere?.host ?? ''));
  if (ended.length < runs.length)
    details.push(t('{count} still active: {count|it is|they are} kept.', { count: runs.length - ended.length }));
  const move = vscode.l10n.t('Move to Bin');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail: details.join('\n') }, move)) !== move)
    return;
  await moveToBin(index, there, question);
}

const mostNames = 8;

const namesOf = (runs: readonly Run[]): string =>
  [...runs.slice(0, mostNames).map(runName), ...(runs.length > mostNames ? ['…'] : [])].join(', ');

/** A server has no bin, so only a second confirmation deletes permanently. A run resumed meanwhile stays. */
async function moveToBin(index: RunIndex, runs: readonly Run[], question: string): Promise<void> {
  const left: Run[] = [];
  const each = async (run: Run, useTrash: boolean): Promise<void> => {
    const now = index.get(run.id);
    if (!now || !isDeletable(now)) return;
    await vscode.workspace.fs.delete(vscode.Uri.file(run.folder), { recursive: true, useTrash });
    index.remove(run.id);
  };
  for (const run of runs) await each(run, true).catch(() => left.push(run));
  if (left.length === 0) return;
  const forGood = vscode.l10n.t('Delete Permanently');
  const detail =
    runs.length === 1
      ? vscode.l10n.t('It could not be moved to this machine’s bin. This cannot be undone.')
      : vscode.l10n.t('{0} could not be moved to this machine’s bin. This cannot be undone.', left.length);
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, forGood)) !== forGood) return;
  for (const run of left) await each(run, false);
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e6 ? 1 : 0);

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ); // removed meanwhile: no size
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
