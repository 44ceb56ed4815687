// Saves a picture of a panel, a chart or an overlay to a file of the user's choice.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../shared/contracts/errors.ts';
import { type Picture, pictureBytes } from './pictureBytes.ts';

/** Asks for a file. `folder`: absolute, proposed. @throws UserError when the file cannot be written */
export async function savePicture(picture: Picture, folder: string): Promise<void> {
  const bytes = pictureBytes(picture);
  if (!bytes) throw new Error(`The panel sent a picture that is no ${picture.format}.`);
  const name = basename(picture.name).replace(/[^\p{L}\p{N}._ -]+/gu, '-') || 'chart';
  const kind = picture.format.toUpperCase();
  const file = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(folder), `${name}.${picture.format}`),
    filters: { [kind]: [picture.format] },
    title: vscode.l10n.t('Save the picture as {0}', kind),
  });
  if (!file) return;
  try {
    await vscode.workspace.fs.writeFile(file, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('cannotSave', { file: file.fsPath, reason }, { cause });
  }
}
