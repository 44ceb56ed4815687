// The only way in which a test asserts a property. `npm test` draws the same cases on every machine, so that its result depends only on
// the code; `npm run test:properties` looks for new cases. test/house.test.ts finds tests that do not use it.
import process from 'node:process';
import fc from 'fast-check';

/** Variables that scripts/testProperties.ts sets for the tests that it starts. */
export const propertyVariables = {
  /** A whole number of 32 bits. */
  seed: 'SHOULDERS_PROPERTY_SEED',
  /** Factor of the number of cases. */
  times: 'SHOULDERS_PROPERTY_TIMES',
  /** Time in milliseconds after which no new case of a property starts. */
  limitMs: 'SHOULDERS_PROPERTY_LIMIT_MS',
} as const;

/** An arbitrary number. */
const fixedSeed = 20_260_101;

interface Amount {
  /** Default: 100. */
  readonly numRuns?: number;
}

/** @throws Error with seed, path and the smallest case found that breaks the property */
export function assertProperty<T extends unknown[]>(property: fc.IProperty<T>, amount?: Amount): void;
export function assertProperty<T extends unknown[]>(property: fc.IAsyncProperty<T>, amount?: Amount): Promise<void>;
export function assertProperty<T extends unknown[]>(
  property: fc.IProperty<T> | fc.IAsyncProperty<T>,
  { numRuns = 100 }: Amount = {},
): void | Promise<void> {
  const limitMs = numberIn(propertyVariables.limitMs);
  return fc.assert(property, {
    seed: numberIn(propertyVariables.seed) ?? fixedSeed,
    numRuns: numRuns * (numberIn(propertyVariables.times) ?? 1),
    ...(limitMs === undefined ? {} : { interruptAfterTimeLimit: limitMs, markInterruptAsFailure: false }),
  });
}

function numberIn(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`${variable} is "${text}", not a whole number`);
  return number;
}
