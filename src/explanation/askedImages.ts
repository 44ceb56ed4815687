// What a command that explains images was called with: by the explorer, a panel, a keybinding or another extension. Pure; takes anything.
import { basename, isAbsolute } from 'node:path';
import { isRunId } from '../../runner/contracts/run.ts';

export interface AskedImages {
  /** undefined: not named, or no run's name. */
  readonly runId: string | undefined;
  /** Absolute paths, each once, in their order. */
  readonly images: readonly string[];
}

/** A file of the disk as the editor names it: a vscode.Uri, or one that came as plain data. */
interface FileUri {
  readonly scheme: string;
  readonly fsPath: string;
}

/**
 * `argument`: a file, or `{ runId, image }`, `{ runId, images }`; `selected`: all files of the explorer's selection. Files that are no
 * images by their name are passed over.
 */
export function askedImages(argument: unknown, selected: unknown, isImage: (name: string) => boolean): AskedImages {
  const named = isRecord(argument) && !isFileUri(argument) ? argument : {};
  const files = isFileUri(argument)
    ? Array.isArray(selected) && selected.length > 0
      ? selected
      : [argument]
    : [named.image, ...(Array.isArray(named.images) ? named.images : [])];
  const paths = files
    .filter(isFileUri)
    .filter(({ scheme, fsPath }) => scheme === 'file' && isAbsolute(fsPath) && isImage(basename(fsPath)))
    .map(({ fsPath }) => fsPath);
  const { runId } = named;
  return {
    runId: typeof runId === 'string' && isRunId(runId) ? runId : undefined,
    images: [...new Set(paths)],
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isFileUri = (value: unknown): value is FileUri =>
  isRecord(value) && typeof value.scheme === 'string' && typeof value.fsPath === 'string';
