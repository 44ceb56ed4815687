// A grid of recipes: the fields that a user writes with several values each, and every combination of them. Pure; the recipe decides
// what a field may be (shared/recipes/recipes.ts).
import { UserError } from '../../shared/contracts/errors.ts';

/** Waiting processes are cheap, but not free; for more runs than this, use a script with the command line. */
export const mostRuns = 24;

export interface GridField {
  /** Dotted path, as --set takes it. */
  readonly path: string;
  /** Raw text: JSON, or a bare word. */
  readonly values: readonly string[];
}

/** `settings`: key=value of each field, in the order written. */
export interface GridRun {
  readonly settings: readonly string[];
  /** Distinguishing label: the last part of each varied field with its value. */
  readonly name: string;
}

/**
 * `field = value, value; field = value`: fields are separated by lines or semicolons, values by commas; neither splits inside quotes,
 * brackets or braces.
 * @throws UserError badSetting, naming the invalid part
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

/** Shortest end of a path that distinguishes it from the others. */
function shortOf(path: string, all: readonly string[]): string {
  const parts = path.split('.');
  for (let count = 1; count < parts.length; count++) {
    const short = parts.slice(-count).join('.');
    if (all.filter((other) => other === short || other.endsWith(`.${short}`)).length === 1) return short;
  }
  return path;
}

/** Splits at any of `marks` outside quotes and brackets, and trims the parts. */
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
