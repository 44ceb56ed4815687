// Size of the fault suite: `npm test` runs a fixed selection and reports what it leaves out, `npm run test:faults` runs everything.
import process from 'node:process';
import type { TestContext } from 'node:test';
import { shuffled, stream } from '../../../shared/random.ts';

/** Set by scripts/testFaults.ts. */
export const fullVariable = 'SHOULDERS_FAULTS_FULL';

export const isFull = process.env[fullVariable] === '1';

/**
 * The cases to run: all of `always`, and of the rest as many as make `count`, the same on every
 * machine.
 */
export function selected<T>(
  t: Pick<TestContext, 'diagnostic'>,
  cases: readonly T[],
  count: number,
  always: (one: T) => boolean = () => false,
): readonly T[] {
  if (isFull) return cases;
  const rest = cases.filter((one) => !always(one));
  const sure = cases.length - rest.length;
  const drawn = new Set(shuffled(rest, stream(20_261_130, 'faults')).slice(0, Math.max(0, count - sure)));
  const chosen = cases.filter((one) => always(one) || drawn.has(one));
  t.diagnostic(`${chosen.length} of ${cases.length} cases; \`npm run test:faults\` runs all`);
  return chosen;
}
