// Create Sample Dataset: the bundled drawings in the user's folder, so that users can try everything at once and offline.
import * as vscode from 'vscode';
import { copySample } from './sampleDataset.ts';

/** `samples`: the folder of the sample datasets within the extension. @throws UserError when the copy cannot be written */
export async function createSample(samples: string): Promise<void> {
  const copy = await copySample({ samples, title: vscode.l10n.t('Create Sample Dataset'), reuse: false });
  if (copy === undefined) return;
  if (copy.isOpen) await showSample(vscode.Uri.file(copy.dataset));
  else await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(copy.folder));
}

async function showSample(folder: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('revealInExplorer', folder);
  const fineTune = vscode.l10n.t('Fine-tune ResNet');
  const sentence = vscode.l10n.t(
    'The sample dataset is in {0}: drawn cats and dogs, in train, val and test.',
    vscode.workspace.asRelativePath(folder),
  );
  if ((await vscode.window.showInformationMessage(sentence, fineTune)) === fineTune)
    await vscode.commands.executeCommand('shoulders.fineTune', folder);
}
