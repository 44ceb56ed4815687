// A copy of the bundled drawings of cats and dogs in the folder that the user works in. Asks for a folder only when there is a choice, and
// for a name only when the usual one is taken.
import { randomInt } from 'node:crypto';
import { cp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../shared/contracts/errors.ts';
import { isThere } from '../runs/index/requests.ts';
import { freeName, nameProblem } from './sampleName.ts';

const sampleName = 'animals';

export interface SampleCopy {
  /** Absolute path of the dataset. */
  readonly dataset: string;
  /** Absolute path of the folder that contains it. */
  readonly folder: string;
  /** false: the window has no folder and should open this one. */
  readonly isOpen: boolean;
}

export interface SampleWish {
  /** Absolute path of the folder of the sample datasets within the extension. */
  readonly samples: string;
  /** Title of the questions. */
  readonly title: string;
  /** Takes a copy that is already in the folder, instead of asking for another name. */
  readonly reuse: boolean;
}

/** undefined: cancelled. @throws UserError when the copy cannot be written */
export async function copySample({ samples, title, reuse }: SampleWish): Promise<SampleCopy | undefined> {
  const place = await pickPlace(title);
  if (place === undefined) return undefined;
  const bundled = join(samples, sampleName);
  const usual = join(place.folder, sampleName);
  if (reuse && (await hasAllFiles(usual, bundled))) return { ...place, dataset: usual };
  const name = await pickName(place.folder, title);
  if (name === undefined) return undefined;
  const dataset = join(place.folder, name);
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Creating the sample dataset…') },
    () => copyWhole(bundled, dataset),
  );
  return { ...place, dataset };
}

type Place = Omit<SampleCopy, 'dataset'>;

async function pickPlace(title: string): Promise<Place | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length === 0) return browse();
  if (folders.length === 1) return { folder: folders[0]!.uri.fsPath, isOpen: true };
  const items = folders.map(({ name, uri }) => ({ label: name, description: uri.fsPath, folder: uri.fsPath }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Folder to create it in'),
  });
  return picked && { folder: picked.folder, isOpen: true };
}

async function browse(): Promise<Place | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Folder to create the sample dataset in and to work in'),
      openLabel: vscode.l10n.t('Choose'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder && { folder: folder.fsPath, isOpen: false };
}

/** Asks only when the usual name is taken. */
async function pickName(folder: string, title: string): Promise<string | undefined> {
  const isTaken = (name: string): Promise<boolean> => isThere(join(folder, name));
  if (!(await isTaken(sampleName))) return sampleName;
  const name = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('"{0}" already exists: enter a name for the new folder', sampleName),
    value: await freeName(sampleName, isTaken),
    ignoreFocusOut: true,
    async validateInput(text) {
      switch (await nameProblem(text, isTaken)) {
        case 'notAName':
          return vscode.l10n.t('Enter the name of a single folder.');
        case 'taken':
          return vscode.l10n.t('"{0}" already exists.', text.trim());
        default:
          return undefined;
      }
    },
  });
  return name?.trim();
}

/** Looks only for the files of `original`: the folder may be anyone's, and of any size. */
async function hasAllFiles(folder: string, original: string): Promise<boolean> {
  const names = await readdir(original, { recursive: true });
  const found = await Promise.all(names.map((name) => isThere(join(folder, name))));
  return found.every(Boolean);
}

/** The folder appears only when complete: it is copied beside the target under a name that no scan reads, then renamed. */
async function copyWhole(from: string, target: string): Promise<void> {
  const halfway = `${target}.${randomInt(1e9)}.tmp`;
  try {
    await cp(from, halfway, { recursive: true });
    await rename(halfway, target);
  } catch (cause) {
    await rm(halfway, { recursive: true, force: true }).catch(() => {}); // report the first error
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('cannotSave', { file: target, reason }, { cause });
  }
}
