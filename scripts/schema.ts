// npm run schema: writes media/recipe.schema.json, with which the editor completes and validates *.shoulders.json.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Recipe } from '../shared/contracts/recipe.ts';
import { bundledRecipes } from '../shared/contracts/recipes.ts';

export const schemaFile = fileURLToPath(new URL('../media/recipe.schema.json', import.meta.url));

type Node = Record<string, unknown> & { properties?: Record<string, Node> };

/** The file's text. A recipe file contains any subset of the fields over a bundled base. */
export function recipeSchemaText(): string {
  const { $schema, properties, ...schema } = z.toJSONSchema(Recipe, { io: 'input', target: 'draft-7' }) as Node;
  const base = {
    description: 'The bundled recipe whose values hold for every field that is left out.',
    enum: Object.keys(bundledRecipes),
    default: 'photos',
  };
  const fields = { $schema: { type: 'string' }, base, ...properties };
  // Objects merge with the base's, so parts of trainViews, batchSize, imbalance and split may be omitted, too.
  for (const name of ['trainViews', 'batchSize', 'imbalance', 'split'])
    delete fields[name as keyof typeof fields]['required' as never];
  const described = { $schema, title: 'Shoulders recipe', ...schema, required: [], properties: fields };
  return `${JSON.stringify(described, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(schemaFile, recipeSchemaText());
