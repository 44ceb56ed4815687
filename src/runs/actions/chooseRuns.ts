// Chooses the runs of a comparison: the given ones, or picked from a list.
import * as vscode from 'vscode';
import { fewestRuns, mostRuns } from '../../../shared/messages/compare.ts';
import { t } from '../../words/showError.ts';
import type { Run } from '../runs.ts';
import { runItem } from './pickRuns.ts';

/** The given runs if they are two to ten; otherwise asks, with the given ones checked. undefined: cancelled, or the reason was shown. */
export async function chooseRuns(runs: readonly Run[], given: readonly string[]): Promise<string[] | undefined> {
  const known = runs.filter(({ id }) => given.includes(id)).map(({ id }) => id);
  const chosen = known.length < fewestRuns ? await pick(runs, known) : known;
  if (chosen === undefined) return undefined;
  if (chosen.length >= fewestRuns && chosen.length <= mostRuns) return chosen.toSorted();
  await vscode.window.showInformationMessage(
    t('Choose {fewest} to {most} runs to compare: {count} {count|is|are} chosen.', {
      fewest: fewestRuns,
      most: mostRuns,
      count: chosen.length,
    }),
  );
  return undefined;
}

async function pick(runs: readonly Run[], picked: readonly string[]): Promise<string[] | undefined> {
  if (runs.length < fewestRuns) {
    await vscode.window.showInformationMessage(vscode.l10n.t('There are not two runs to compare yet.'));
    return undefined;
  }
  const now = new Date();
  const items = runs
    .map((run) => ({ ...runItem(run, now), picked: picked.includes(run.id) }))
    .sort((a, b) => Number(b.picked) - Number(a.picked));
  const answer = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    matchOnDetail: true,
    matchOnDescription: true,
    title: vscode.l10n.t('Compare Runs'),
    placeHolder: vscode.l10n.t('Choose {0} to {1} runs', fewestRuns, mostRuns),
  });
  return answer?.map(({ run }) => run.id);
}
