// "Which recipe?": the one that fits the data comes first, so that Enter accepts it.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { bundledRecipes } from '../../../shared/contracts/recipes.ts';
import { namesOf } from '../../datasets/index/datasetFolders.ts';
import { proposeRecipe } from '../../recipes/proposeRecipe.ts';
import { type BundledName, bundledNames, newRecipeText, recipeFileSuffix } from '../../recipes/recipeFiles.ts';
import { t } from '../../words/showError.ts';

/** A bundled name or the absolute path of a file. undefined: cancelled, or a new recipe file was opened instead. */
export async function pickRecipe(dataset: string): Promise<string | undefined> {
  // Scanning the data and the workspace takes a moment: the list opens at once and fills.
  const choices = recipeChoices(dataset);
  const items: Thenable<RecipeItem[]> = choices.then((known) => known.items);
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Fine-tune ResNet on {0}', basename(dataset)),
    placeHolder: vscode.l10n.t('Recipe'),
    matchOnDescription: true,
  });
  if (picked?.recipe === undefined) return undefined;
  if (picked.recipe !== null) return picked.recipe;
  await openNewRecipe((await choices).proposed, vscode.Uri.file(dataset));
  return undefined;
}

interface RecipeItem extends vscode.QuickPickItem {
  /** null: create a new one. Separators have none. */
  readonly recipe?: string | null;
}

async function recipeChoices(dataset: string): Promise<{ proposed: BundledName; items: RecipeItem[] }> {
  const [dataNames, files] = await Promise.all([
    namesOf(dataset),
    vscode.workspace.findFiles(`**/*${recipeFileSuffix}`, '**/{node_modules,.shoulders}/**', 50),
  ]);
  const proposed = proposeRecipe(dataNames);
  const bundled = [proposed, ...bundledNames.filter((name) => name !== proposed)].map((name) => ({
    label: name,
    description: name === proposed ? vscode.l10n.t('fits this folder') : '',
    detail: describe(name),
    recipe: name,
  }));
  const own = files
    .filter((uri) => uri.scheme === 'file')
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((uri) => ({
      label: basename(uri.fsPath),
      description: vscode.workspace.asRelativePath(uri),
      recipe: uri.fsPath,
    }));
  const customise = {
    label: `$(edit) ${vscode.l10n.t('Customise…')}`,
    detail: vscode.l10n.t('Opens a new recipe file to edit'),
    recipe: null,
  };
  const items = [
    ...bundled,
    ...(own.length > 0 ? [separator(vscode.l10n.t('Recipe files'))] : []),
    ...own,
    separator(''),
    customise,
  ];
  return { proposed, items };
}

/** Creates a recipe file in the workspace folder of `near` and opens it; its name activates completion. */
export async function openNewRecipe(base: BundledName, near: vscode.Uri | undefined): Promise<void> {
  const folder = near && vscode.workspace.getWorkspaceFolder(near);
  const root = (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri;
  const name = near ? basename(near.fsPath).slice(0, 40) : 'recipe';
  const text = newRecipeText(base, name);
  if (!root) {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: text, language: 'json' }));
    return;
  }
  const uri = await freeName(root, name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(uri);
}

async function freeName(root: vscode.Uri, name: string): Promise<vscode.Uri> {
  for (let i = 1; ; i++) {
    const uri = vscode.Uri.joinPath(root, `${name}${i === 1 ? '' : `-${i}`}${recipeFileSuffix}`);
    const exists = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (!exists) return uri;
  }
}

const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });

function describe(name: BundledName): string {
  const { network, stages } = bundledRecipes[name];
  const epochs = stages.reduce((sum, stage) => sum + stage.epochs, 0);
  const trained = t('{network} from ImageNet weights, {epochs} {epochs|epoch|epochs}', { network, epochs });
  return `${purposeOf(name)}; ${trained}`;
}

function purposeOf(name: BundledName): string {
  switch (name) {
    case 'photos':
      return t('For photographs and other color images');
    case 'chest-xray':
      return t('For chest X-rays: color is removed, and rare classes weigh more');
  }
}
