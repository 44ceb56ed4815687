// Differences between recipes, field by field. Pure.
import type { Recipe } from '../../shared/contracts/recipe.ts';

export interface DifferingField {
  /** stages.1.optimizer.learningRate.head */
  readonly path: string;
  /** One value per recipe; null: the recipe has no such field, or there is no recipe. */
  readonly values: readonly (string | null)[];
}

/** Fields that differ between the available recipes, in the recipe's own order. */
export function differingFields(recipes: readonly (Recipe | null)[]): DifferingField[] {
  const flat = recipes.map((recipe) => (recipe === null ? null : flatten(recipe)));
  const known = flat.filter((fields) => fields !== null);
  const paths = [...new Set(known.flatMap((fields) => [...fields.keys()]))];
  return paths
    .filter((path) => new Set(known.map((fields) => fields.get(path))).size > 1)
    .map((path) => ({ path, values: flat.map((fields) => fields?.get(path) ?? null) }));
}

/** Leaves by path. Lists of objects are traversed, lists of values are one leaf. */
function flatten(recipe: Recipe): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    const isList = Array.isArray(value);
    const isBranch = typeof value === 'object' && value !== null && !(isList && value.every(isLeaf));
    if (!isBranch) leaves.set(path, typeof value === 'string' ? value : JSON.stringify(value));
    else
      for (const [key, inner] of Object.entries(value))
        if (inner !== undefined) walk(inner, `${path}${path && '.'}${key}`);
  };
  const { $schema: _, ...fields } = recipe;
  walk(fields, '');
  return leaves;
}

const isLeaf = (value: unknown): boolean => typeof value !== 'object' || value === null;
