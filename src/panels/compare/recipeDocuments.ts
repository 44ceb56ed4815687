// Recipes of runs as read-only documents, for the editor's own diff: shoulders-recipe:/RUN-ID/NAME.json.
import * as vscode from 'vscode';
import { isRunId } from '../../../shared/contracts/run.ts';
import type { RunIndex } from '../../runs/index/runIndex.ts';

const scheme = 'shoulders-recipe';

const recipeUri = (runId: string, name: string): vscode.Uri =>
  vscode.Uri.from({ scheme, path: `/${runId}/${name.replace(/[^\p{L}\p{N} ._-]+/gu, '-') || 'recipe'}.json` });

/** Also serves editors that a reloaded window restores. */
export const registerRecipeDocuments = (index: RunIndex): vscode.Disposable =>
  vscode.workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent({ path }) {
      const id = path.split('/')[1] ?? '';
      if (!isRunId(id)) return '';
      if (!index.get(id)) await index.rescan();
      const recipe = index.get(id)?.state.recipe;
      return recipe ? `${JSON.stringify(recipe, null, 2)}\n` : '';
    },
  });

export interface NamedRun {
  readonly id: string;
  /** For the title and the document's name. */
  readonly name: string;
}

export async function diffRecipes(first: NamedRun, second: NamedRun): Promise<void> {
  const title = vscode.l10n.t('Recipes: {0} and {1}', first.name, second.name);
  await vscode.commands.executeCommand(
    'vscode.diff',
    recipeUri(first.id, first.name),
    recipeUri(second.id, second.name),
    title,
  );
}
