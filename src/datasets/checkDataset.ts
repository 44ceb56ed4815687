// Check Dataset: runs `shoulders check` and opens what it says in an editor tab, read-only and with nothing to save.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { settings } from '../config.ts';
import { runnerEnvironment } from '../training/runnerArguments.ts';
import { runToEnd } from '../training/runnerProcess.ts';

export async function checkDataset(dataset: string, program: string, reports: CheckReports): Promise<void> {
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
    await reports.show(basename(dataset), output);
  } finally {
    busy.dispose();
  }
}

export interface CheckReports extends vscode.Disposable {
  show(name: string, text: string): Promise<void>;
}

const scheme = 'shoulders-check';

/** The texts live as long as the window. */
export function createCheckReports(): CheckReports {
  const texts = new Map<string, string>();
  const again = vscode.l10n.t('Check the dataset again: this report was made in an earlier window.');
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => texts.get(uri.query) ?? again,
  });
  let count = 0;
  return {
    async show(name, text) {
      // A name of its own for each report: two of them can be compared.
      const query = `${Date.now()}-${count++}`;
      texts.set(query, text);
      const uri = vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Check of {0}', name)}`, query });
      await vscode.window.showTextDocument(uri, { preview: false });
    },
    dispose: () => provider.dispose(),
  };
}
