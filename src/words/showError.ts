// Problems as sentences in the editor's language, with possible next steps. Codes and parameters come from the runner.
import * as vscode from 'vscode';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Problem } from '../../shared/contracts/events.ts';
import { filled } from '../../shared/filled.ts';
import { problemText } from '../runs/tree/runTexts.ts';
import type { Translate } from './translate.ts';

export const t: Translate = (message, params = {}) => filled(vscode.l10n.t(message), params);

export const wording = (problem: Problem): string => problemText(problem, t);

/** Shows the sentence, with a button to the log if there is one. Resolves when the notification is answered. */
export async function showProblem(problem: Problem, openLog: (() => unknown) | undefined): Promise<void> {
  const show = vscode.l10n.t('Show Log');
  const answer = await vscode.window.showErrorMessage(wording(problem), ...(openLog ? [show] : []));
  if (answer === show) await openLog?.();
}

/** For the edge of a command: a UserError as its sentence, anything else with the log. */
export async function showError(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof UserError) return showProblem(error, undefined);
  log.error(error instanceof Error ? error : String(error));
  const reason = error instanceof Error ? error.message : String(error);
  return showProblem({ code: 'internal', params: { reason, log: 'Output: Shoulders' } }, () => log.show());
}
