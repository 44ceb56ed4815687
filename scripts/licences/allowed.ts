// Licences that may ship in the VSIX. Pure.

/** SPDX ids, each reviewed by a person: they require a notice at most. */
const permissive = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
]);
/** Allowed only for a library in a separate file, which users can replace. */
const replaceable = new Set(['LGPL-3.0-or-later']);

export interface Licensed {
  readonly name: string;
  readonly version: string;
  /** The field of package.json. */
  readonly license: unknown;
}

/** Sentence that names the package; undefined: it may ship. */
export function licenceProblem({ name, version, license }: Licensed): string | undefined {
  const mayBeReplaced = /^@img\/sharp-/.test(name);
  const isAllowed = (id: string) => permissive.has(id) || (mayBeReplaced && replaceable.has(id));
  if (typeof license === 'string' && holds(license, isAllowed)) return undefined;
  return `The licence of ${name} ${version} (${typeof license === 'string' ? license : 'none in its package.json'}) is not among those that may ship: take the package out, or read the licence and add it to scripts/licences/allowed.ts.`;
}

/** SPDX expression: one side of OR is enough, AND needs both and binds tighter. Exceptions (WITH) are unsupported. */
function holds(expression: string, isAllowed: (id: string) => boolean): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let result = both();
    while (tokens[at] === 'OR') {
      at++;
      result = both() || result;
    }
    return result;
  };
  const both = (): boolean => {
    let result = one();
    while (tokens[at] === 'AND') {
      at++;
      result = one() && result;
    }
    return result;
  };
  const one = (): boolean => {
    const token = tokens[at++];
    if (token !== '(') return token !== undefined && isAllowed(token);
    const result = either();
    return tokens[at++] === ')' && result;
  };
  const result = either();
  return at === tokens.length && result;
}
