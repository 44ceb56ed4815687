import { realpath } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { isWithin } from '../../shared/dataset/linkScope.ts';
import { leadsTooWide } from '../datasets/index/tooWide.ts';

/**
 * Folder whose images a page may show; null: none. The run's folder names the location of its images, so an untrusted workspace shows
 * only images inside itself.
 */
export async function folderToShow(dataset: string | null): Promise<string | null> {
  if (dataset === null || !isAbsolute(dataset)) return null;
  const isAllowed = vscode.workspace.isTrusted || (await isInWorkspace(dataset));
  return isAllowed && !(await leadsTooWide(dataset)) ? dataset : null;
}

/** Resolves links. */
async function isInWorkspace(folder: string): Promise<boolean> {
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const [real, ...realRoots] = await Promise.all(
    [folder, ...roots].map((path) => realpath(path).catch(() => undefined)),
  );
  return real !== undefined && realRoots.some((root) => root !== undefined && isWithin(real, root));
}
