// The extension's output channel, and a file for the output of each run's process. The files are in the workspace's storage, not in
// the window's log folder, because a run outlives its window and the next window must find its log.
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';

export const createLog = (): vscode.LogOutputChannel => vscode.window.createOutputChannel('Shoulders', { log: true });

export const logFolderOf = (context: vscode.ExtensionContext): string =>
  join((context.storageUri ?? context.globalStorageUri).fsPath, 'logs');

export const runLogOf = (logFolder: string, runId: string): string => join(logFolder, `${runId}.log`);

const keptMs = 30 * 24 * 3600 * 1000;

/** Creates the folder and deletes logs that are older than a month. */
export async function prepareLogFolder(logFolder: string, now: number): Promise<void> {
  await mkdir(logFolder, { recursive: true });
  for (const name of await readdir(logFolder)) {
    const file = join(logFolder, name);
    const found = await stat(file).catch(() => undefined); // another window may be doing the same
    if (found && now - found.mtimeMs > keptMs) await rm(file, { force: true });
  }
}
