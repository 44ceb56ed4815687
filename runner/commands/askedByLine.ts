// Input of programs that answer questions from standard input, one per line.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { UserError } from '../../shared/contracts/errors.ts';

export async function* linesOf(input: Readable): AsyncGenerator<string> {
  yield* createInterface({ input }); // created when the first line is requested: earlier lines would be lost
}

/**
 * Each line parsed as JSON.
 *
 * @param what  the expected value in words, for the error message
 * @throws UserError badArgument
 */
export async function* jsonLines<T>(
  lines: AsyncIterable<string>,
  schema: z.ZodType<T>,
  what: string,
): AsyncGenerator<T> {
  for await (const line of lines) {
    const parsed = schema.safeParse(parsedJson(line));
    if (!parsed.success) throw new UserError('badArgument', { reason: `"${line.slice(0, 100)}" is not ${what}` });
    yield parsed.data;
  }
}

/** A promise that only rejects, for a race against a wait that may never end. */
export function failure(): { readonly promise: Promise<never>; readonly fail: (reason: unknown) => void } {
  let fail: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, reject) => {
    fail = reject;
  });
  return { promise, fail };
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // not a JSON value: no schema accepts it
  }
}
