// A grid of recipes: the fields that a person writes with several values each, and every combination of them. Pure; what a field may
// be is the recipe's (shared/recipes/recipes.ts).
import { UserError } from '../../shared/contracts/errors.ts';

/** Waiting processes are cheap, but not free; more runs than this are a script's work, which the command line is for. */
export const mostRuns = 24;

export interface GridField {
  /** Dotted, as --set takes it. */
  readonly path: string;
  /** As written: JSON, or a bare word. */
  readonly values: readonly string[];
}

/** `settings`: key=value of each field, in the order written. */
export interface GridRun {
  readonly settings: readonly string[];
  /** What tells it from the others: the last part of each varied field with its value. */
  readonly name: string;
}

/**
 * `field = value, value; field = value`: fields stand on lines of their own or between semicolons, values between commas; neither
 * divides inside quotes, brackets or braces.
 * @throws UserError badSetting, naming the part that makes no sense
 */
export function parseGrid(text: string): GridField[] {
  const fields = divide(text, ';\n').filter((part) => part !== '');
  const parsed = fields.map((setting): GridField => {
    const at = setting.indexOf('=');
    const path = setting.slice(0, Math.max(at, 0)).trim();
    const values = divide(setting.slice(at + 1), ',');
    if (path === '' || /\s/.test(path) || values.some((value) => value === ''))
      throw new UserError('badSetting', { setting });
    return { path, values: [...new Set(values)] };
  });
  const twice = parsed.find(({ path }, i) => parsed.findIndex((other) => other.path === path) !== i);
  if (twice) throw new UserError('gridFieldTwice', { field: twice.path });
  return parsed;
}

export const gridSize = (fields: readonly GridField[]): number =>
  fields.reduce((product, { values }) => product * values.length, 1);

/** The last field varies fastest. @throws UserError gridTooLarge */
export function gridRuns(fields: readonly GridField[]): GridRun[] {
  const count = gridSize(fields);
  if (count > mostRuns) throw new UserError('gridTooLarge', { count, most: mostRuns });
  const varied = new Set(fields.filter(({ values }) => values.length > 1).map(({ path }) => path));
  let runs: (readonly (readonly [path: string, value: string])[])[] = [[]];
  for (const { path, values } of fields)
    runs = runs.flatMap((run) => values.map((value) => [...run, [path, value] as const]));
  return runs.map((run) => ({
    settings: run.map(([path, value]) => `${path}=${value}`),
    name: run
      .filter(([path]) => varied.has(path))
      .map(([path, value]) => `${shortOf(path, [...varied])} ${value}`)
      .join(', '),
  }));
}

/** As much of the end of a path as tells it from the others. */
function shortOf(path: string, all: readonly string[]): string {
  const parts = path.split('.');
  for (let count = 1; count < parts.length; count++) {
    const short = parts.slice(-count).join('.');
    if (all.filter((other) => other === short || other.endsWith(`.${short}`)).length === 1) return short;
  }
  return path;
}

/** At any of `marks` that stands neither in quotes nor in brackets; the parts are trimmed. */
function divide(text: string, marks: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted && character === '\\') part += character + (text[++i] ?? '');
    else {
      if (character === '"') quoted = !quoted;
      if (!quoted && '[{'.includes(character)) depth++;
      if (!quoted && ']}'.includes(character)) depth--;
      if (!quoted && depth === 0 && marks.includes(character)) {
        parts.push(part.trim());
        part = '';
      } else part += character;
    }
  }
  return [...parts, part.trim()];
}
