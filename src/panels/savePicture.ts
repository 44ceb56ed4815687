// A chart of a panel as a file of the user's choice.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../runner/contracts/errors.ts';

export interface Picture {
  /** Proposed, without its ending. */
  readonly name: string;
  readonly format: 'svg' | 'png';
  /** Text, or base64. */
  readonly data: string;
}

const pngStart = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** undefined: not what its format says. */
export function pictureBytes({ format, data }: Picture): Uint8Array | undefined {
  if (format === 'svg') return /^<svg[\s>]/.test(data) ? new TextEncoder().encode(data) : undefined;
  const bytes = Buffer.from(data, 'base64');
  return pngStart.every((byte, i) => bytes[i] === byte) ? bytes : undefined;
}

/** Asks where to. `folder`: absolute, proposed. @throws UserError when the file cannot be written */
export async function savePicture(picture: Picture, folder: string): Promise<void> {
  const bytes = pictureBytes(picture);
  if (!bytes) throw new Error(`The panel sent a picture that is no ${picture.format}.`);
  const name = basename(picture.name).replace(/[^\p{L}\p{N}._ -]+/gu, '-') || 'chart';
  const kind = picture.format.toUpperCase();
  const file = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(folder), `${name}.${picture.format}`),
    filters: { [kind]: [picture.format] },
    title: vscode.l10n.t('Save the chart as {0}', kind),
  });
  if (!file) return;
  try {
    await vscode.workspace.fs.writeFile(file, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('cannotSave', { file: file.fsPath, reason }, { cause });
  }
}
