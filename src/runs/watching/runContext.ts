// Tells the editor which kinds of runs there are: see runKinds.ts.
import * as vscode from 'vscode';
import type { RunIndex } from '../index/runIndex.ts';
import { contextKeys } from '../runKinds.ts';

export function tellContext(index: RunIndex, onError: (error: unknown) => void): vscode.Disposable {
  const told = new Map<string, boolean>();
  const tell = (): void => {
    for (const [key, has] of contextKeys(index.runs)) {
      if (told.get(key) === has) continue;
      told.set(key, has);
      vscode.commands.executeCommand('setContext', key, has).then(undefined, onError);
    }
  };
  tell();
  return index.onDidChange(tell);
}
