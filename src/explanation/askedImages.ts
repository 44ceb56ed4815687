// Parses arguments of commands that explain images, from the explorer, a panel, a keybinding or another extension. Pure; accepts any value.
import { basename, isAbsolute } from 'node:path';
import { isRunId } from '../../shared/contracts/run.ts';

export interface AskedImages {
  /** undefined: not given, or not a valid run id. */
  readonly runId: string | undefined;
  /** Absolute paths, each once, in the given order. */
  readonly images: readonly string[];
  /** Names of selected files that are not images on this disk. */
  readonly leftOut: readonly string[];
}

/** File of the disk as the editor passes it: a vscode.Uri, or one that was serialised to plain data. */
interface FileUri {
  readonly scheme: string;
  readonly fsPath: string;
}

/**
 * `argument`: a file, or `{ runId, image }`, `{ runId, images }`; `selected`: all files selected in the explorer. Files not named like
 * an image are skipped.
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
