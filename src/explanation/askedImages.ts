// What a command that explains images was called with: by the explorer, a panel, a keybinding or another extension. Pure; takes anything.
import { basename, isAbsolute } from 'node:path';
import { isRunId } from '../../shared/contracts/run.ts';

export interface AskedImages {
  /** undefined: not named, or no run's name. */
  readonly runId: string | undefined;
  /** Absolute paths, each once, in their order. */
  readonly images: readonly string[];
  /** Names of what the explorer's selection holds beside images of this disk. */
  readonly leftOut: readonly string[];
}

/** A file of the disk as the editor names it: a vscode.Uri, or one that came as plain data. */
interface FileUri {
  readonly scheme: string;
  readonly fsPath: string;
}

/**
 * `argument`: a file, or `{ runId, image }`, `{ runId, images }`; `selected`: all files of the explorer's selection. What is no
 * image by its name is left out.
 */
export function askedImages(argument: unknown, selected: unknown, isImage: (name: string) => boolean): AskedImages {
  const named = isRecord(argument) && !isFileUri(argument) ? argument : {};
  const files = isFileUri(argument)
    ? Array.isArray(selected) && selected.length > 0
      ? selected.filter(isFileUri)
      : [argument]
    : [named.image, ...(Array.isArray(named.images) ? named.images : [])].filter(isFileUri);
  const isUsable = ({ scheme, fsPath }: FileUri) =>
    scheme === 'file' && isAbsolute(fsPath) && isImage(basename(fsPath));
  const { runId } = named;
  return {
    runId: typeof runId === 'string' && isRunId(runId) ? runId : undefined,
    images: [...new Set(files.filter(isUsable).map(({ fsPath }) => fsPath))],
    leftOut: isFileUri(argument) ? files.filter((file) => !isUsable(file)).map(({ fsPath }) => basename(fsPath)) : [],
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isFileUri = (value: unknown): value is FileUri =>
  isRecord(value) && typeof value.scheme === 'string' && typeof value.fsPath === 'string';
