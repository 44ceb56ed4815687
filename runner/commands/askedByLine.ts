// Programs that are asked on their standard input, a line a question.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { UserError } from '../../shared/contracts/errors.ts';

export async function* linesOf(input: Readable): AsyncGenerator<string> {
  yield* createInterface({ input }); // made when the first line is asked for: earlier ones would be lost
}

/**
 * Each line as the value that it is the JSON of.
 *
 * @param what  the value in words, for who asks wrongly
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

/** A promise that only fails, for a race with a wait that may never end. */
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
    return undefined; // which is no JSON value: no schema takes it
  }
}
