// Runs a short command of the runner while the user waits: a notification shows progress and offers Cancel.
import * as vscode from 'vscode';
import type { z } from 'zod';
import { askRunner, type Question } from './askRunner.ts';

const patienceMs = 3_600_000;

/** Like askRunner(). @returns null: cancelled */
export async function askWithProgress<T>(
  title: string,
  question: Omit<Question, 'signal'>,
  answer: z.ZodType<T>,
): Promise<Awaited<ReturnType<typeof askRunner<T>>> | null> {
  const location = vscode.ProgressLocation.Notification;
  const canceled = new AbortController();
  const signal = AbortSignal.any([canceled.signal, AbortSignal.timeout(patienceMs)]);
  try {
    return await vscode.window.withProgress({ location, title, cancellable: true }, (_, token) => {
      token.onCancellationRequested(() => canceled.abort());
      return askRunner({ ...question, signal }, answer);
    });
  } catch (error) {
    if (canceled.signal.aborted) return null;
    throw error;
  }
}
