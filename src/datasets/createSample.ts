// Create Sample Dataset: copies the bundled drawings of cats and dogs into the open folder, so that users can try everything at once and
// offline. Asks for a folder only when there is a choice.
import { randomInt } from 'node:crypto';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../shared/contracts/errors.ts';
import { isThere } from '../runs/index/requests.ts';
import { freeName, nameProblem } from './sampleName.ts';

const sampleName = 'animals';

/** `samples`: the folder of the sample datasets within the extension. @throws UserError when the copy cannot be written */
export async function createSample(samples: string): Promise<void> {
  const place = await pickPlace();
  if (place === undefined) return;
  const name = await pickName(place.folder);
  if (name === undefined) return;
  const target = join(place.folder, name);
  const title = vscode.l10n.t('Creating the sample dataset…');
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    copyWhole(join(samples, sampleName), target),
  );
  if (place.isOpen) await showSample(vscode.Uri.file(target));
  else await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(place.folder));
}

interface Place {
  /** Absolute path. */
  readonly folder: string;
  /** false: the window has no folder and will open this one. */
  readonly isOpen: boolean;
}

async function pickPlace(): Promise<Place | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length === 0) return browse();
  if (folders.length === 1) return { folder: folders[0]!.uri.fsPath, isOpen: true };
  const items = folders.map(({ name, uri }) => ({ label: name, description: uri.fsPath, folder: uri.fsPath }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Create Sample Dataset'),
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

/** Asks only when the default name is taken. */
async function pickName(folder: string): Promise<string | undefined> {
  const isTaken = (name: string): Promise<boolean> => isThere(join(folder, name));
  if (!(await isTaken(sampleName))) return sampleName;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Create Sample Dataset'),
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

async function showSample(folder: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('revealInExplorer', folder);
  const fineTune = vscode.l10n.t('Fine-tune ResNet');
  const sentence = vscode.l10n.t(
    'The sample dataset is in {0}: drawn cats and dogs, in train, val and test.',
    vscode.workspace.asRelativePath(folder),
  );
  if ((await vscode.window.showInformationMessage(sentence, fineTune)) === fineTune)
    await vscode.commands.executeCommand('shoulders.fineTune', folder);
}
