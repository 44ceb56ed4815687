// Records where the editor moved images (to another class, and back by Undo), so that their predictions still appear beside them, also
// after a reload. Exact: only renames made by the editor, never a guess by name.
import { extname } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { noteMove } from './noteMove.ts';

export interface ImageMoves extends vscode.Disposable {
  /** Absolute path -> current path of that image; contains only moved images. */
  readonly places: ReadonlyMap<string, string>;
  onDidMove(listener: () => void): vscode.Disposable;
}

const key = 'shoulders.imageMoves';
const mostRemembered = 2000;
const Stored = z.array(z.tuple([z.string(), z.string()]));

export function rememberImageMoves(memory: vscode.Memento): ImageMoves {
  const places = new Map(Stored.safeParse(memory.get(key)).data ?? []);
  const moved = new vscode.EventEmitter<void>();
  const listening = vscode.workspace.onDidRenameFiles(({ files }) => {
    const images = files.filter(({ oldUri }) => oldUri.scheme === 'file' && extname(oldUri.fsPath) !== '');
    if (images.length === 0) return;
    for (const { oldUri, newUri } of images) noteMove(places, oldUri.fsPath, newUri.fsPath);
    for (const from of places.keys()) if (places.size > mostRemembered) places.delete(from);
    void memory.update(key, [...places]);
    moved.fire();
  });
  return {
    places,
    onDidMove: moved.event,
    dispose: () => vscode.Disposable.from(listening, moved).dispose(),
  };
}
