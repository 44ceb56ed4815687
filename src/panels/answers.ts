// Reactions to page messages that several panels share.
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';

export async function copyText(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied to the clipboard.'), 3000);
}

/** Opens an image in an editor. @param path  absolute; undefined: the page may not name it @param name  for the sentence that it is missing */
export async function openImage(path: string | undefined, name: string): Promise<void> {
  if (path !== undefined && (await isFile(path)))
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path), { preview: true });
  else await showImageGone(name);
}

export async function showImageGone(name: string): Promise<void> {
  await vscode.window.showWarningMessage(vscode.l10n.t('The image {0} is no longer there.', name));
}

/** Resolves links. */
export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
