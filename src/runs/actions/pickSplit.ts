// Asks which split of a run to look at. A look at the test split is counted, so it never opens by default.
import * as vscode from 'vscode';
import { EvaluationSource } from '../../../shared/messages/evaluation.ts';
import { readTestLooks } from '../../../shared/runFolder/testLooks.ts';
import { t } from '../../words/showError.ts';
import { datasetName, type Run } from '../runs.ts';

/** undefined: cancelled. A run without a test has only its validation split. */
export async function pickSplit(run: Run): Promise<'val' | 'test' | undefined> {
  if (run.state.evaluation === null) return 'val';
  const looks = await readTestLooks(run.folder).catch(() => []); // unreadable: the panel opens all the same
  const validation = {
    label: vscode.l10n.t('Validation split'),
    detail: vscode.l10n.t('Look as often as you like: weights and threshold were chosen on it.'),
    split: 'val',
  } as const;
  const test = {
    label: vscode.l10n.t('Test split'),
    detail: t(
      'Looked at {count} {count|time|times} so far. Each look that guides a choice makes its results say less about new images.',
      { count: looks.length },
    ),
    split: 'test',
  } as const;
  const picked = await vscode.window.showQuickPick([validation, test], {
    title: vscode.l10n.t('Evaluation of the run on {0}', datasetName(run)),
    placeHolder: vscode.l10n.t('Images to view'),
  });
  return picked?.split;
}

/** undefined: the argument is no split, but a row of the sidebar or a run's id, say. */
export const evaluationSourceFrom = (argument: unknown): EvaluationSource | undefined =>
  EvaluationSource.safeParse(argument).data;
