// Exports the table of a run's epochs to the clipboard or a file of the user's choice.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/contracts/errors.ts';
import { encodeMetrics, metricsMarkdown } from '../../../shared/contracts/metricsTable.ts';
import type { Run } from '../../runs/runs.ts';
import { copyText } from '../answers.ts';

/** Limit in characters that editors and clipboards handle without a long pause. */
const mostCopied = 10_000_000;

/** @throws UserError when the table is too long to copy */
export async function copyTable(run: Run, format: 'csv' | 'markdown'): Promise<void> {
  const text = format === 'csv' ? encodeMetrics(run.state) : metricsMarkdown(run.state);
  if (text.length > mostCopied) throw new UserError('tableTooLong', { epochs: run.state.epochs.length });
  await copyText(text);
}

/** Asks for a file. @throws UserError when the file cannot be written */
export async function saveTable(run: Run): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(run.folder);
  const file = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder, `${basename(run.folder)}.csv`),
    filters: { CSV: ['csv'] },
    title: vscode.l10n.t('Save the epochs'),
  });
  if (!file) return;
  try {
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(encodeMetrics(run.state)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('cannotSave', { file: file.fsPath, reason }, { cause });
  }
}
