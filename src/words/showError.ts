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

/** A UserError's own problem; any other error is logged with its stack, and its problem names the log. */
export function problemOf(error: unknown, log: vscode.LogOutputChannel): Problem {
  if (error instanceof UserError) return error;
  log.error(error instanceof Error ? error : String(error));
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'internal', params: { reason, log: 'Output: Shoulders' } };
}

/** For the edge of a command: a UserError as its sentence, anything else with the log. */
export const showError = (error: unknown, log: vscode.LogOutputChannel): Promise<void> =>
  showProblem(problemOf(error, log), error instanceof UserError ? undefined : () => log.show());
