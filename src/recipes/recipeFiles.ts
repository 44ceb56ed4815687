// Recipes in the host: the bundled ones, the workspace's files, and of each only what is needed to ask about its weights.
// Absent: validating a recipe. The runner does that, and its sentence reaches the panel.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { type Architecture, architectures } from '../../shared/contracts/architectures.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { bundledRecipes } from '../../shared/contracts/recipes.ts';
import { isFileName } from '../../shared/recipes/recipes.ts';

export type BundledName = keyof typeof bundledRecipes;

export const bundledNames = Object.keys(bundledRecipes) as BundledName[];

export const isBundled = (recipe: string): recipe is BundledName => Object.hasOwn(bundledRecipes, recipe);

export const recipeFileSuffix = '.shoulders.json';

export interface RecipeOutline {
  readonly network: Architecture;
  /** An official name, "starter", "none", or the absolute path of a file. */
  readonly weights: string;
}

/**
 * Network and initial weights of a bundled recipe or a recipe file. An invalid field counts as missing: the runner reports it.
 * @throws UserError recipeNotFound, recipeNotJson
 */
export async function outlineOf(recipe: string): Promise<RecipeOutline> {
  if (isBundled(recipe)) return bundledRecipes[recipe];
  const fields = FileOutline.parse(await readJson(recipe));
  const base = bundledRecipes[fields.base];
  const weights = fields.weights ?? base.weights;
  return {
    network: fields.network ?? base.network,
    weights: isFileName(weights) ? resolve(dirname(recipe), weights) : weights,
  };
}

const FileOutline = z
  .object({
    base: z.enum(['photos', 'chest-xray']).catch('photos'),
    network: z.enum(architectures).optional().catch(undefined),
    weights: z.string().min(1).optional().catch(undefined),
  })
  .catch({ base: 'photos' });

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new UserError('recipeNotJson', { file, reason: cause.message }, { cause });
    throw new UserError('recipeNotFound', { name: file, known: bundledNames.join(', ') }, { cause });
  }
}

/** Text of a new recipe file over a bundled one: the fields that people change most, with the base's values. */
export function newRecipeText(base: BundledName, name: string): string {
  const { network, weights, imageSize, trainViews, batchSize, stages, seed } = bundledRecipes[base];
  const fields = { base, name, network, weights, imageSize, trainViews, batchSize, stages, seed };
  // Pairs of numbers are more readable on one line.
  const text = JSON.stringify(fields, null, 2).replace(/\[\s+([\d.]+),\s+([\d.]+)\s+\]/g, '[$1, $2]');
  return `${text}\n`;
}
