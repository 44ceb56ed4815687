import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { leadsTooWide } from '../datasets/index/tooWide.ts';

/**
 * The folder that a page may show images of; null: none. Where a run's images are comes from its folder: in a workspace that is not
 * trusted only images inside of it are shown.
 */
export async function folderToShow(dataset: string | null): Promise<string | null> {
  if (dataset === null || !isAbsolute(dataset)) return null;
  const isAllowed =
    vscode.workspace.isTrusted || vscode.workspace.getWorkspaceFolder(vscode.Uri.file(dataset)) !== undefined;
  return isAllowed && !(await leadsTooWide(dataset)) ? dataset : null;
}
