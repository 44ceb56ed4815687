// Check Dataset: lets the runner read every image, shows progress, and opens the report in a read-only editor tab without a save prompt.
// The report is the text of `shoulders check` in English, like all output of the command line: people share it and compare it with the
// output of a terminal or another machine. The editor's own words about it (tree, contact sheet, errors) are in the editor's language.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { wording } from '../../words/showError.ts';
import { datasetsViewId } from '../tree/datasetTreeView.ts';
import { CheckFailed, type DatasetChecks } from './datasetChecks.ts';

/** Resolves when the check is over; `checks` stores its result. `reports` null: the caller already shows the result. */
export async function checkDataset(
  dataset: string,
  checks: DatasetChecks,
  reports: CheckReports | null,
): Promise<void> {
  const title = vscode.l10n.t('Checking {0}', basename(dataset));
  const busy = vscode.window.setStatusBarMessage(`$(sync~spin) ${title.replaceAll('$(', '$ (')}`);
  try {
    const { result } = await vscode.window.withProgress({ location: { viewId: datasetsViewId }, title }, () =>
      checks.run(dataset),
    );
    await reports?.show(basename(dataset), result.report);
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    const ended = vscode.l10n.t('The check ended with code {0}.', String(error.code));
    await vscode.window.showErrorMessage(error.problem ? wording(error.problem) : ended);
  } finally {
    busy.dispose();
  }
}

/** Report of the last check, from the extension's storage. */
export async function openCheckReport(dataset: string, checks: DatasetChecks, reports: CheckReports): Promise<void> {
  const record = await checks.record(dataset);
  if (record) await reports.show(basename(dataset), record.result.report);
  else await vscode.window.showInformationMessage(vscode.l10n.t('{0} has not been checked yet.', basename(dataset)));
}

export interface CheckReports extends vscode.Disposable {
  show(name: string, text: string): Promise<void>;
}

const scheme = 'shoulders-check';

/** The texts exist as long as the window. */
export function createCheckReports(): CheckReports {
  const texts = new Map<string, string>();
  const again = vscode.l10n.t('Check the dataset again: this report was made in an earlier window.');
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => texts.get(uri.query) ?? again,
  });
  let count = 0;
  return {
    async show(name, text) {
      // Each report gets its own name, so that two can be compared.
      const query = `${Date.now()}-${count++}`;
      texts.set(query, text);
      const uri = vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Check of {0}', name)}`, query });
      await vscode.window.showTextDocument(uri, { preview: false });
    },
    dispose: () => provider.dispose(),
  };
}
