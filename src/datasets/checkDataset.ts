// Check Dataset: runs `shoulders check` and opens what it says in an editor tab.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { settings } from '../config.ts';
import { runnerEnvironment } from '../training/runnerArguments.ts';
import { runToEnd } from '../training/runnerProcess.ts';

export async function checkDataset(dataset: string, program: string): Promise<void> {
  const title = vscode.l10n.t('Checking {0}', basename(dataset));
  const location = { viewId: 'shoulders.runs' };
  const busy = vscode.window.setStatusBarMessage(`$(sync~spin) ${title.replaceAll('$(', '$ (')}`);
  try {
    const { code, output, errors } = await vscode.window.withProgress({ location, title }, () =>
      runToEnd(
        {
          program,
          arguments: ['check', dataset],
          environment: runnerEnvironment(process.env, settings().proxy),
          folder: dirname(dataset),
        },
        AbortSignal.timeout(3_600_000),
      ),
    );
    if (code !== 0) {
      const sentence =
        errors.trimEnd().split('\n').at(-1) || vscode.l10n.t('The check ended with code {0}.', String(code));
      await vscode.window.showErrorMessage(sentence);
      return;
    }
    const document = await vscode.workspace.openTextDocument({ content: output, language: 'plaintext' });
    await vscode.window.showTextDocument(document, { preview: false });
  } finally {
    busy.dispose();
  }
}
