import assert from 'node:assert/strict';
import { type ErrorCode, UserError } from '../../../shared/contracts/errors.ts';

/** `read` fails with a sentence of this code that contains `words`. */
export async function checkRefused(read: () => unknown, code: ErrorCode, words: RegExp): Promise<void> {
  await assert.rejects(
    async () => read(),
    (error: unknown) => {
      assert.ok(
        error instanceof UserError,
        `expected a UserError, got ${error instanceof Error ? error.stack : error}`,
      );
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, /\{\w+\}/, 'a parameter of the sentence is missing');
      return true;
    },
  );
}
