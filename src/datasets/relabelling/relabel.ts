// Moves images to another class's folder as one undoable step of the editor. relabelPlan.ts decides where each image goes.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/contracts/errors.ts';
import { type Move, planRelabelling, type Relabelling } from './relabelPlan.ts';

/** Asks first. @throws UserError when an image is not a file of the dataset, or cannot be moved */
export async function relabelImages(asked: Relabelling): Promise<void> {
  const moves = await planRelabelling(asked);
  if (moves.length === 0 || !(await isMeant(asked, moves))) return;
  await moveAll(asked.dataset, moves);
  await offerUndo(asked, moves);
}

async function isMeant({ target }: Relabelling, moves: readonly Move[]): Promise<boolean> {
  const [first] = moves;
  const question =
    moves.length === 1
      ? vscode.l10n.t('Move {0} to "{1}"?', first!.from, target)
      : vscode.l10n.t('Move {0} images to "{1}"?', moves.length, target);
  const detail = vscode.l10n.t(
    'The file will be moved within its split, to {0}. The results of finished runs do not change: they were trained and tested with the folder that it is in now. Undo reverses the move.',
    moves.length === 1 ? first!.to : moves[0]!.to.slice(0, moves[0]!.to.lastIndexOf('/')),
  );
  const move = vscode.l10n.t('Move');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, move)) === move;
}

async function moveAll(dataset: string, moves: readonly Move[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const { from, to } of moves)
    edit.renameFile(vscode.Uri.file(join(dataset, from)), vscode.Uri.file(join(dataset, to)), { overwrite: false });
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new UserError('cannotMove', { relativePath: moves[0]!.from, to: moves[0]!.to });
}

/** The editor's own Undo works only in an open file, and the explorer's only for its own changes; this one works anywhere. */
async function offerUndo({ dataset, target }: Relabelling, moves: readonly Move[]): Promise<void> {
  const undo = vscode.l10n.t('Undo');
  const said =
    moves.length === 1
      ? vscode.l10n.t('{0} is in "{1}" now.', moves[0]!.from.slice(moves[0]!.from.lastIndexOf('/') + 1), target)
      : vscode.l10n.t('{0} images are in "{1}" now.', moves.length, target);
  const answered = await vscode.window.showInformationMessage(said, undo);
  if (answered === undo)
    await moveAll(
      dataset,
      moves.map(({ from, to }) => ({ from: to, to: from })),
    );
}
