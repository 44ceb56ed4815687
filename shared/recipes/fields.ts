// Fields of a zod schema, and its errors in words for users.
import { z } from 'zod';

type Schema = z.core.$ZodType;

/** Every dotted path that a recipe may have; array positions are written 0. */
export function fieldsOf(schema: Schema, prefix = ''): Set<string> {
  const out = new Set<string>();
  const add = (inner: Schema, path: string) => {
    for (const field of fieldsOf(inner, path)) out.add(field);
  };
  const def = schema._zod.def as unknown as Record<string, unknown>;
  if (schema instanceof z.ZodObject) {
    for (const [key, inner] of Object.entries(schema.shape)) {
      const path = prefix ? `${prefix}.${key}` : key;
      out.add(path);
      add(inner as Schema, path);
    }
  } else if (schema instanceof z.ZodArray) add(schema.element as Schema, `${prefix}.0`);
  else if ('options' in def) for (const option of def.options as Schema[]) add(option, prefix);
  else if ('innerType' in def) add(def.innerType as Schema, prefix);
  return out;
}

/** zod's issue as the end of "The recipe field "x" is not usable: …". */
export function humanReason(issue: z.core.$ZodIssue, value: unknown): string {
  const seen = value === undefined ? 'it is missing' : `it is ${JSON.stringify(value)}`;
  switch (issue.code) {
    case 'invalid_value':
      return `${seen}; use ${oneOf(issue.values.map((option) => JSON.stringify(option)))}`;
    case 'invalid_type':
      return `${seen}; ${article(issue.expected)} is expected`;
    case 'too_small':
      return `${seen}; it must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${seen}; it must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'not_multiple_of':
      return `${seen}; it must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `${seen}; use ${oneOf(issue.options.map((option) => JSON.stringify(option)))}`
        : `${seen}; see the recipe's schema for what it may be`;
    default:
      return `${seen}; ${issue.message}`;
  }
}

const oneOf = (options: readonly string[]) =>
  options.length > 1 ? `one of ${options.join(', ')}` : (options[0] ?? '');

const article = (type: string) =>
  type === 'int' ? 'a whole number' : type === 'array' ? 'a list' : type === 'object' ? 'an object { … }' : `a ${type}`;

const unitOf = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '');
