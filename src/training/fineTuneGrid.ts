// Several runs at once: one question for the fields and their values, which shows the number of runs or the error while the user types.
// The machine's queue runs them in turn.
import { randomInt } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { runIdOf } from '../../shared/contracts/run.ts';
import { resolveRecipe } from '../../shared/recipes/recipes.ts';
import { settings } from '../config.ts';
import { refuseTooWide } from '../datasets/index/tooWide.ts';
import { outlineOf } from '../recipes/recipeFiles.ts';
import { t, wording } from '../words/showError.ts';
import { type GridRun, gridRuns, parseGrid } from './grid.ts';
import { type LaunchParts, launchFineTune, type NewRun } from './launch.ts';
import { pickDataset } from './pick/pickDataset.ts';
import { pickGroups } from './pick/pickGroups.ts';
import { pickRecipe } from './pick/pickRecipe.ts';
import { pickWeights } from './pick/pickWeights.ts';
import { type FineTuneParts, runsFolderOrAsk, saveIfOpen } from './startFineTune.ts';

const memoryKey = 'grid';

/** `dataset`: absolute; undefined asks. @throws UserError as startFineTune() does */
export async function fineTuneGrid(given: string | undefined, parts: FineTuneParts): Promise<void> {
  const dataset = given ?? (await pickDataset(parts.datasets));
  if (dataset === undefined) return;
  await refuseTooWide(dataset);
  const runsFolder = await runsFolderOrAsk(dataset);
  if (runsFolder === undefined) return;
  const recipe = await pickRecipe(dataset);
  if (recipe === undefined) return;
  await saveIfOpen(recipe);
  const groups = await pickGroups(dataset, recipe);
  if (groups === undefined) return;
  const base = await resolveRecipe({ recipe });
  const grid = await askGrid(recipe, base, parts.memory);
  if (grid === undefined) return;
  const weights = await pickWeights(await outlineOf(recipe), settings(), parts.memory);
  if (weights === undefined) return;

  const ids = gridIds(grid.length, dataset, base.network);
  const runs = grid.map((run, i): NewRun => {
    const name = `name=${JSON.stringify(nameOf(base.name, run))}`; // first: a name in the grid takes precedence
    return { ...weights, dataset, recipe, sets: [name, ...groups, ...run.settings], runsFolder, runId: ids[i]! };
  });
  await vscode.commands.executeCommand('shoulders.runs.focus');
  await launchInTurn(runs, parts);
}

async function askGrid(recipe: string, base: Recipe, memory: vscode.Memento): Promise<GridRun[] | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Grid over {0}: fields with the values to try', basename(recipe)),
    prompt: vscode.l10n.t('field = value, value; field = value. Every combination becomes a run.'),
    value: memory.get<string>(memoryKey) ?? proposal(base),
    ignoreFocusOut: true,
    validateInput: (value) => judge(recipe, value),
  });
  if (text === undefined) return undefined;
  await memory.update(memoryKey, text);
  return checkedGrid(recipe, text);
}

/** The two most common questions: which learning rate, and how much of the result is chance. */
function proposal({ stages, seed }: Recipe): string {
  const rate = stages[0]?.optimizer.learningRate.head ?? 1e-3;
  const third = Number((rate / 3).toPrecision(1));
  return `stages.0.optimizer.learningRate.head = ${rate}, ${third}; seed = ${seed}, ${seed + 1}, ${seed + 2}`;
}

async function judge(recipe: string, text: string): Promise<vscode.InputBoxValidationMessage | string> {
  try {
    const { length } = await checkedGrid(recipe, text);
    const message = t('{count} {count|run|runs}', { count: length });
    return { message, severity: vscode.InputBoxValidationSeverity.Info };
  } catch (error) {
    if (error instanceof UserError) return wording(error);
    throw error;
  }
}

/** @throws UserError for an invalid text, or for the first recipe that the runner would refuse */
async function checkedGrid(recipe: string, text: string): Promise<GridRun[]> {
  const runs = gridRuns(parseGrid(text));
  for (const { settings } of runs) await resolveRecipe({ recipe, sets: settings });
  return runs;
}

const nameOf = (base: string, { name }: GridRun): string => (name === '' ? base : `${base}: ${name}`).slice(0, 60);

/** All start in the same second: their numbers differ, and increase so that the runs keep their order. */
function gridIds(count: number, dataset: string, architecture: string): string[] {
  const numbers = new Set<number>();
  while (numbers.size < count) numbers.add(randomInt(65_536));
  const now = new Date();
  return [...numbers].sort((a, b) => a - b).map((number) => runIdOf(dataset, architecture, now, number));
}

/** Each takes its ticket in turn, so that they train in the order written. A slow start does not delay the others forever. */
async function launchInTurn(runs: readonly NewRun[], parts: LaunchParts): Promise<void> {
  for (const run of runs) {
    await launchFineTune(run, parts);
    for (let i = 0; i < 100 && parts.index.get(run.runId)?.phase === 'starting'; i++) await sleep(100);
  }
}
