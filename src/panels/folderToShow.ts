import { realpath } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { isWithin } from '../../shared/dataset/linkScope.ts';
import { leadsTooWide } from '../datasets/index/tooWide.ts';

/**
 * The folder that a page may show images of; null: none. Where a run's images are comes from its folder: in a workspace that is not
 * trusted only images inside of it are shown.
 */
export async function folderToShow(dataset: string | null): Promise<string | null> {
  if (dataset === null || !isAbsolute(dataset)) return null;
  const isAllowed = vscode.workspace.isTrusted || (await isInWorkspace(dataset));
  return isAllowed && !(await leadsTooWide(dataset)) ? dataset : null;
}

/** Behind links, too. */
async function isInWorkspace(folder: string): Promise<boolean> {
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const [real, ...realRoots] = await Promise.all(
    [folder, ...roots].map((path) => realpath(path).catch(() => undefined)),
  );
  return real !== undefined && realRoots.some((root) => root !== undefined && isWithin(real, root));
}
