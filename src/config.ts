// The settings, read once per question and checked: what a person typed is input like any other.
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';

export interface Settings {
  /** Absolute path of a weights file that replaces the official weights. */
  readonly weightsFile: string | null;
  /** Base address instead of the official one. */
  readonly weightsMirror: string | null;
  /** null: the runner decides. */
  readonly threads: number | null;
  /** The editor's `http.proxy`. */
  readonly proxy: string | null;
}

export function settings(): Settings {
  const own = vscode.workspace.getConfiguration('shoulders');
  const weightsFile = text(own.get('weights.file'));
  const threads = own.get('threads');
  return {
    weightsFile: weightsFile !== null && isAbsolute(weightsFile) ? weightsFile : null,
    weightsMirror: text(own.get('weights.mirror')),
    threads: Number.isInteger(threads) && Number(threads) > 0 ? Number(threads) : null,
    proxy: text(vscode.workspace.getConfiguration('http').get('proxy')),
  };
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
