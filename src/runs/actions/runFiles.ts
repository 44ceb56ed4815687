// Shareable files of a run: its report and its figures as a table.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../../../shared/contracts/errors.ts';
import { files } from '../../../shared/contracts/run.ts';
import { askRunner } from '../../program/askRunner.ts';
import { showProblem } from '../../words/showError.ts';
import { isThere } from '../index/requests.ts';
import { type Run, runName } from '../runs.ts';

const ReportLine = z.object({ file: z.string() });

/** Asks for the format, lets the runner write the page into the run folder, and opens it. `program`: path of the command line program. */
export async function reportRun(run: Run, program: string): Promise<void> {
  const html = { label: 'HTML', description: vscode.l10n.t('one file that works offline'), format: 'html' } as const;
  const markdown = { label: 'Markdown', description: vscode.l10n.t('text with pictures'), format: 'md' } as const;
  const picked = await vscode.window.showQuickPick([html, markdown], {
    title: vscode.l10n.t('Report of {0}', runName(run)),
  });
  if (!picked) return;
  const title = vscode.l10n.t('Writing the report…');
  const file = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    writtenReport(run, picked.format, program),
  );
  if (file === undefined) return;
  if (picked.format === 'md') await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(file));
  else await openPage(file);
}

/** undefined: the runner refused, and its sentence was shown. */
async function writtenReport(run: Run, format: 'html' | 'md', program: string): Promise<string | undefined> {
  const given = ['report', run.folder, `--format=${format}`];
  const question = { program, arguments: given, runFolder: run.folder, signal: AbortSignal.timeout(120_000) };
  const { answer, problem } = await askRunner(question, ReportLine);
  if (problem) await showProblem(problem, undefined);
  return answer?.file;
}

/** Opens the browser; if the files are on another machine, no browser can reach them, so it reveals the file instead. */
async function openPage(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  if (vscode.env.remoteName === undefined && (await vscode.env.openExternal(uri))) return;
  const show = vscode.l10n.t('Show in Explorer');
  const sentence = vscode.l10n.t('Report written: {0}', vscode.workspace.asRelativePath(uri));
  if ((await vscode.window.showInformationMessage(sentence, show)) === show)
    await vscode.commands.executeCommand('revealInExplorer', uri);
}

export async function openMetrics(run: Run): Promise<void> {
  const file = await metricsFile(run);
  if (file !== undefined) await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
}

/** CSV with one row per epoch. */
export async function copyMetrics(run: Run): Promise<void> {
  const file = await metricsFile(run);
  if (file === undefined) return;
  try {
    await vscode.env.clipboard.writeText(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new UserError('runBroken', { run: run.id, reason: `${files.metrics} cannot be read` }, { cause });
  }
  vscode.window.setStatusBarMessage(vscode.l10n.t('The metrics are on the clipboard.'), 4000);
}

async function metricsFile(run: Run): Promise<string | undefined> {
  const file = join(run.folder, files.metrics);
  if (await isThere(file)) return file;
  await vscode.window.showInformationMessage(
    vscode.l10n.t('This run has no metrics yet: they are written after its first epoch.'),
  );
  return undefined;
}
