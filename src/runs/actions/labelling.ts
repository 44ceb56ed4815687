// Labels of runs by the user: star, name, tags, note. Asked here, stored in each run's labels.json.
import * as vscode from 'vscode';
import { cleanName, cleanNote, longestName, longestNote, tagsFromText } from '../../../shared/contracts/labels.ts';
import type { RunIndex } from '../index/runIndex.ts';
import { datasetName, type Run, runName } from '../runs.ts';
import { retagged, sharedTags, tagsInUse } from './tags.ts';

export const starRuns = (index: RunIndex, runs: readonly Run[], starred: boolean): Promise<void> =>
  labelAll(index, runs, (labels) => ({ ...labels, starred }));

export async function renameRun(index: RunIndex, run: Run): Promise<void> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Rename the run on {0}', datasetName(run)),
    prompt: vscode.l10n.t('Changes the displayed name, not the folder. Empty: the name of the dataset.'),
    placeHolder: datasetName(run),
    value: run.labels.name ?? '',
    validateInput: (text) =>
      text.length > longestName ? vscode.l10n.t('At most {0} characters.', longestName) : undefined,
  });
  if (answer === undefined) return;
  await labelAll(index, [run], (labels) => ({ ...labels, name: cleanName(answer) }));
}

/** For several runs the box holds their common tags: a removed tag is removed from all, an added one is added to all. */
export async function tagRuns(index: RunIndex, runs: readonly Run[]): Promise<void> {
  const before = sharedTags(runs);
  const used = tagsInUse(index.runs);
  const answer = await vscode.window.showInputBox({
    title:
      runs.length === 1
        ? vscode.l10n.t('Tags of {0}', runName(runs[0]!))
        : vscode.l10n.t('Tags of {0} runs', runs.length),
    prompt:
      used.length === 0
        ? vscode.l10n.t('Separate tags by commas.')
        : vscode.l10n.t('Separate tags by commas. In use: {0}', used.slice(0, 20).join(', ')),
    placeHolder: vscode.l10n.t('pilot, to show'),
    value: before.join(', '),
  });
  if (answer === undefined) return;
  const after = tagsFromText(answer);
  await labelAll(index, runs, (labels) => ({ ...labels, tags: retagged(labels.tags, before, after) }));
}

/** An input box has one line: this character stands for a line break. */
const lineEnd = ' ⏎ ';

export async function noteRun(index: RunIndex, run: Run): Promise<void> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Note on {0}', runName(run)),
    prompt: vscode.l10n.t('Shown when you hover over the run. {0} starts a new line.', lineEnd.trim()),
    value: run.labels.note.replaceAll('\n', lineEnd),
    validateInput: (text) =>
      text.length > longestNote ? vscode.l10n.t('At most {0} characters.', longestNote) : undefined,
  });
  if (answer === undefined) return;
  const note = cleanNote(answer.replace(/ *⏎ */g, '\n'));
  await labelAll(index, [run], (labels) => ({ ...labels, note }));
}

async function labelAll(
  index: RunIndex,
  runs: readonly Run[],
  change: Parameters<RunIndex['label']>[1],
): Promise<void> {
  const without = await index.label(
    runs.map(({ id }) => id),
    change,
  );
  if (without.length > 0) await vscode.window.showInformationMessage(vscode.l10n.t('This run has no folder yet.'));
}
