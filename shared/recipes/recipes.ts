// recipes/: a whole Recipe from user input. A recipe file is JSON with any subset of the fields over a bundled base.
// Absent: datasets, training. Called by cli/, the editor and the benchmark.
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { UserError } from '../contracts/errors.ts';
import { Recipe } from '../contracts/recipe.ts';
import { bundledRecipes } from '../contracts/recipes.ts';
import { type PatternOrigin, patternProblem } from '../dataset/namePattern.ts';
import { fieldsOf, humanReason } from './fields.ts';
import { isOfficialName, starterName } from './officialWeights.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

export interface RecipeChoice {
  /** The name of a bundled recipe, or the path of a recipe file. */
  readonly recipe: string;
  /** key=value, dotted paths; the value is JSON or a bare word. Applied in order. */
  readonly sets?: readonly string[];
}

/**
 * @throws UserError recipeNotFound, recipeNotJson, recipeUnknownField (with the nearest name), recipeInvalid, badSetting
 */
export async function resolveRecipe({ recipe, sets = [] }: RecipeChoice): Promise<Recipe> {
  let whole: JsonObject = isBundled(recipe) ? copyOf(bundledRecipes[recipe]) : await readRecipeFile(recipe);
  for (const setting of sets) {
    const [path, value, text] = parseSetting(setting);
    whole = assign(whole, path, value);
    if (isWordOnly(value) && wantsText(whole, path)) whole = assign(whole, path, text);
    if (path.at(-1) === 'type') whole = withoutForeignFields(whole, path.slice(0, -1));
  }
  return parseRecipe(whole);
}

/** `positiveClass=1`: classes are often named by a number. */
const isWordOnly = (value: Json): boolean => typeof value === 'number' || typeof value === 'boolean';

const wantsText = (recipe: JsonObject, path: readonly string[]): boolean =>
  (Recipe.safeParse(recipe).error?.issues ?? []).some(
    (issue) => issue.code === 'invalid_type' && issue.expected === 'string' && issue.path.join('.') === path.join('.'),
  );

/** After `…schedule.type=constant`: drops the fields that only the old kind has; those of both kinds stay. */
function withoutForeignFields(recipe: JsonObject, path: readonly string[]): JsonObject {
  const out = copyOf(recipe);
  for (const issue of Recipe.safeParse(recipe).error?.issues ?? []) {
    const at = valueAt(out, path);
    if (issue.code !== 'unrecognized_keys' || issue.path.join('.') !== path.join('.') || !isObject(at)) continue;
    for (const key of issue.keys) delete at[key];
  }
  return out;
}

export const isBundled = (name: string): name is keyof typeof bundledRecipes => Object.hasOwn(bundledRecipes, name);

/** Validates plain data by the one schema; reports the first error as a sentence. */
export function parseRecipe(value: unknown): Recipe {
  const parsed = Recipe.safeParse(value);
  if (parsed.success) {
    refuseUnusablePattern(parsed.data);
    return parsed.data;
  }
  throw errorOf(parsed.error.issues[0]!, value);
}

/** Not part of the schema, which must also read the recipes of old runs, whatever their patterns. @throws UserError recipeInvalid */
export function refuseUnusablePattern(
  { groupPattern }: Pick<Recipe, 'groupPattern'>,
  origin: PatternOrigin = 'new',
): void {
  const problem = groupPattern === null ? undefined : patternProblem(groupPattern, origin);
  if (problem !== undefined)
    throw new UserError('recipeInvalid', {
      field: 'groupPattern',
      reason: `it is ${JSON.stringify(groupPattern)}; ${problem}`,
    });
}

async function readRecipeFile(file: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const known = Object.keys(bundledRecipes).join(', ');
    throw new UserError('recipeNotFound', { name: file, known }, { cause });
  }
  let fields: unknown;
  try {
    fields = JSON.parse(text.replace(/^\uFEFF/, '')); // some editors begin a file with a byte order mark
  } catch (cause) {
    throw new UserError('recipeNotJson', { file, reason: (cause as Error).message }, { cause });
  }
  if (!isObject(fields)) throw new UserError('recipeNotJson', { file, reason: 'it must be a JSON object { … }' });
  const { base = 'photos', $schema: _, ...own } = fields;
  if (typeof base !== 'string' || !isBundled(base))
    throw new UserError('recipeInvalid', {
      field: 'base',
      reason: `use one of ${Object.keys(bundledRecipes).join(', ')}`,
    });
  const { weights } = own;
  if (typeof weights === 'string' && isFileName(weights) && !isAbsolute(weights))
    own.weights = resolve(dirname(file), weights);
  const name = basename(file).replace(/(\.shoulders)?\.json$/i, '') || base;
  return merge({ ...copyOf(bundledRecipes[base]), name: name.slice(0, 60) }, own);
}

/** True for everything except official names, "starter" and "none". */
export const isFileName = (weights: string): boolean =>
  weights !== 'none' && weights !== starterName && !isOfficialName(weights);

/** Merges objects, and replaces everything else (arrays, too). Another branch of a union replaces the whole object: its fields differ. */
function merge(base: JsonObject, over: JsonObject): JsonObject {
  const out = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    out[key] = isObject(value) && isObject(below) && below.type === value.type ? merge(below, value) : value;
  }
  return out;
}

function parseSetting(setting: string): [path: string[], value: Json, text: string] {
  const at = setting.indexOf('=');
  const path = setting.slice(0, at).trim().split('.');
  if (at <= 0 || path.some((part) => part === '' || part === '__proto__'))
    throw new UserError('badSetting', { setting });
  const text = setting.slice(at + 1).trim();
  try {
    return [path, JSON.parse(text) as Json, text];
  } catch {
    return [path, text, text]; // a bare word, as in network=resnet50
  }
}

function assign(target: JsonObject, path: readonly string[], value: Json): JsonObject {
  const out = copyOf(target);
  let at: JsonObject | Json[] = out;
  for (const key of path.slice(0, -1)) {
    const next: Json | undefined = Array.isArray(at) ? at[Number(key)] : Object.hasOwn(at, key) ? at[key] : undefined;
    if (typeof next !== 'object' || next === null) throw unknownField(path.join('.'));
    at = next as JsonObject | Json[];
  }
  const last = path.at(-1)!;
  if (Array.isArray(at)) {
    if (!(Number(last) < at.length)) throw unknownField(path.join('.'));
    at[Number(last)] = value;
  } else at[last] = value;
  return out;
}

function errorOf(issue: z.core.$ZodIssue, value: unknown): UserError {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return unknownField([...path, issue.keys[0]!].join('.'));
  return new UserError('recipeInvalid', {
    field: path.join('.') || 'recipe',
    reason: humanReason(issue, valueAt(value, issue.path)),
  });
}

function unknownField(field: string): UserError {
  const general = field.replace(/\.\d+(?=\.|$)/g, '.0');
  const numbers = [...field.matchAll(/\.(\d+)(?=\.|$)/g)].map((match) => match[1]!);
  const nearest = closest(general, [...fieldsOf(Recipe)]);
  let i = 0;
  return new UserError('recipeUnknownField', {
    field,
    nearest: nearest.replace(/\.0(?=\.|$)/g, () => `.${numbers[i++] ?? 0}`),
  });
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const copyOf = (recipe: object): JsonObject => structuredClone(recipe) as unknown as JsonObject;
