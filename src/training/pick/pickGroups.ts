// "Are these folders patients?": asked when class folders contain folders of images that the recipe does not define.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';
import { settings } from '../../config.ts';
import { type FolderQuestion, folderQuestion } from '../../datasets/folderQuestion.ts';
import { listImages } from '../../datasets/index/listImages.ts';
import { t } from '../../words/showError.ts';

/** Settings over the recipe, empty when there is no question; undefined: cancelled. */
export async function pickGroups(dataset: string, recipe: string): Promise<readonly string[] | undefined> {
  const rule = await ruleOf(recipe);
  if (rule === undefined) return [];
  const list = await listImages(dataset, {
    images: 50_000,
    folders: 5000,
    linkFolders: settings().machine.linkFolders,
  });
  const question = await folderQuestion(list, rule);
  if (!question) return [];
  const picked = await vscode.window.showQuickPick(choices(question), {
    title: vscode.l10n.t('Fine-tune ResNet on {0}', basename(dataset)),
    placeHolder: t(
      'The class folders contain {count} {count|folder|folders}, such as {example}: {count|what is it|what are they}?',
      {
        count: question.folderCount,
        example: question.example,
      },
    ),
    ignoreFocusOut: true,
  });
  return picked && [`groups=${picked.groups}`];
}

const choices = ({ isSplit }: FolderQuestion) => [
  {
    label: vscode.l10n.t('Patients, or other groups'),
    detail: isSplit
      ? vscode.l10n.t('Reports folders that have images in more than one split')
      : vscode.l10n.t('Keeps the images of each folder in one split'),
    groups: 'folder',
  },
  {
    label: vscode.l10n.t('Something else'),
    detail: vscode.l10n.t('Images of one folder may be in both training and test'),
    groups: 'image',
  },
];

/** undefined: a recipe that the runner will refuse, in its own words. */
async function ruleOf(recipe: string): Promise<Recipe | undefined> {
  try {
    return await resolveRecipe({ recipe });
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
