// Sets the context keys for kinds of runs: see runKinds.ts.
import * as vscode from 'vscode';
import type { RunIndex } from '../index/runIndex.ts';
import { contextKeys } from '../runKinds.ts';

export function setRunContext(index: RunIndex, onError: (error: unknown) => void): vscode.Disposable {
  const sent = new Map<string, boolean>();
  const send = (): void => {
    for (const [key, has] of contextKeys(index.runs)) {
      if (sent.get(key) === has) continue;
      sent.set(key, has);
      vscode.commands.executeCommand('setContext', key, has).then(undefined, onError);
    }
  };
  send();
  return index.onDidChange(send);
}
