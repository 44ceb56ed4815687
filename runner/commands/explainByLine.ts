// `shoulders explain RUN --json` without images: answers questions line by line and keeps the network loaded between them. Called by
// cli/groups/; the client is the editor's Grad-CAM panel.

import { UserError } from '../../shared/contracts/errors.ts';
import type { ExplainAnswer, ExplainQuestion } from '../../shared/contracts/explanation.ts';
import type { Engine } from '../engine/engine.ts';
import { isAbort } from '../run/control.ts';
import { failure } from './askedByLine.ts';
import { type ExplainedRun, type ExplainSession, openExplainSession } from './explain.ts';

/**
 * Every question gets its lines and an end, in the order of the questions; a replaced question ends early. An error in a question, or
 * in the run, becomes a line, and the next question may still be answered.
 */
export async function explainByLine(
  questions: AsyncIterable<ExplainQuestion>,
  run: ExplainedRun,
  on: (answer: ExplainAnswer) => void,
  createEngine?: (threads: number) => Engine,
): Promise<void> {
  let session: ExplainSession | undefined;
  const close = async () => {
    await session?.dispose();
    session = undefined;
  };
  const answer = async ({ id, ...question }: ExplainQuestion, signal: AbortSignal): Promise<void> => {
    try {
      signal.throwIfAborted();
      if (question.images.length > 0) {
        session ??= await openExplainSession(run, { signal, ...(createEngine && { createEngine }) });
        const request = { ...question, overlayFolder: null, colors: 'jet' } as const;
        await session.answer(request, { on: (line) => on({ id, line }), signal });
      }
    } catch (error) {
      if (error instanceof UserError) {
        const { code, params, message: sentence } = error;
        on({ id, line: { type: 'error', code, params, sentence } });
        if (code === 'engineFailed') await close();
      } else if (!isAbort(error)) throw error;
    }
    on({ id, line: null });
  };

  let replaced = new AbortController();
  let working = Promise.resolve();
  const { promise: failed, fail } = failure();
  const take = async (): Promise<void> => {
    for await (const question of questions) {
      replaced.abort();
      const { signal } = (replaced = new AbortController());
      working = working.then(() => answer(question, signal));
      working.catch(fail);
    }
    await working;
  };
  // A failure also ends the wait for questions that may never come.
  await Promise.race([take(), failed]).finally(close);
}
