// Lists for picking runs: the text of each run's line, and questions for one or several runs.
import * as vscode from 'vscode';
import { t } from '../../words/showError.ts';
import { whenText } from '../../words/time.ts';
import { datasetName, type Run, runName } from '../runs.ts';
import { headlineText, stateText } from '../tree/runTexts.ts';

export interface RunItem extends vscode.QuickPickItem {
  readonly run: Run;
}

export function runItem(run: Run, now: Date): RunItem {
  const { starred, name, tags } = run.labels;
  const parts = [
    stateText(run, t),
    name === null ? null : plain(datasetName(run)),
    headlineText(run, t),
    ...tags.map((tag) => plain(`#${tag}`)),
    whenText(run.createdAt, now, vscode.env.language),
  ];
  return {
    label: `${starred ? '$(star-full) ' : ''}${plain(runName(run))}`,
    description: parts.filter((part) => part !== null).join(' · '),
    detail: run.id,
    run,
  };
}

/** Keeps a $(name) in a name as text. */
const plain = (text: string): string => text.replaceAll('$(', '$ (');

const options = { matchOnDescription: true, matchOnDetail: true } as const;

export async function pickRun(runs: readonly Run[]): Promise<Run | undefined> {
  const items = await itemsOf(runs);
  return items && (await vscode.window.showQuickPick(items, { ...options, placeHolder: vscode.l10n.t('Run') }))?.run;
}

/** Empty: cancelled. */
export async function pickRuns(runs: readonly Run[]): Promise<Run[]> {
  const items = await itemsOf(runs);
  const placeHolder = vscode.l10n.t('Runs');
  const picked = items && (await vscode.window.showQuickPick(items, { ...options, placeHolder, canPickMany: true }));
  return (picked ?? []).map(({ run }) => run);
}

async function itemsOf(runs: readonly Run[]): Promise<RunItem[] | undefined> {
  const now = new Date();
  if (runs.length > 0) return runs.map((run) => runItem(run, now));
  await vscode.window.showInformationMessage(vscode.l10n.t('There is no such run.'));
  return undefined;
}
