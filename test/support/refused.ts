import assert from 'node:assert/strict';
import { UserError } from '../../shared/contracts/errors.ts';

/** For assert.rejects: a UserError of that code, with matching words. */
export const refused = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, words);
  return true;
};
