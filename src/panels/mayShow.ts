import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { isTooWide } from '../datasets/tooWide.ts';

/** Where a run's images are comes from its folder: in a workspace that is not trusted only images inside of it are shown. */
export function mayShow(dataset: string | null): dataset is string {
  if (dataset === null || !isAbsolute(dataset) || isTooWide(dataset)) return false;
  return vscode.workspace.isTrusted || vscode.workspace.getWorkspaceFolder(vscode.Uri.file(dataset)) !== undefined;
}
