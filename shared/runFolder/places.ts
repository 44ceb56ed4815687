// Places of datasets and weights, as recorded by runs and evaluation records: relative to the folder of the run or record
// if they are in the same project, so that everything can be moved or renamed together; otherwise absolute. Everywhere else paths are
// absolute. Shared with the editor.
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { EvaluationRecord } from '../contracts/classification/evaluationRecord.ts';
import type { RunEvent } from '../contracts/events.ts';
import type { Recipe } from '../contracts/recipe.ts';
import type { RunState } from '../contracts/runState.ts';

/** The folder that contains the .shoulders around `folder`; undefined: there is none. */
function projectOf(folder: string): string | undefined {
  for (let at = folder; dirname(at) !== at; at = dirname(at)) if (basename(at) === '.shoulders') return dirname(at);
  return undefined;
}

/** @param path  absolute; anything else ("IMAGENET1K_V1", "none") stays unchanged @param runFolder  absolute */
export function storedPath(path: string, runFolder: string): string {
  const project = projectOf(runFolder);
  if (project === undefined || !isAbsolute(path)) return path;
  const inside = relative(project, path);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return path;
  return relative(runFolder, path).split(sep).join('/');
}

/** The inverse of storedPath(). A stored relative path begins with `..`, which distinguishes it from a name. */
export const locatedPath = (path: string, runFolder: string): string =>
  path === '..' || path.startsWith('../') ? join(runFolder, ...path.split('/')) : path;

type Rename = (path: string, runFolder: string) => string;

const renamedRecipe = (recipe: Recipe, runFolder: string, rename: Rename): Recipe => ({
  ...recipe,
  weights: rename(recipe.weights, runFolder),
});

function renamedEvent(event: RunEvent, runFolder: string, rename: Rename): RunEvent {
  switch (event.type) {
    case 'started': {
      const { dataset, recipe } = event;
      return { ...event, dataset: rename(dataset, runFolder), recipe: renamedRecipe(recipe, runFolder, rename) };
    }
    case 'relocated':
      return { ...event, dataset: rename(event.dataset, runFolder) };
    case 'checked':
      return event.dataset === undefined ? event : { ...event, dataset: rename(event.dataset, runFolder) };
    default:
      return event;
  }
}

type Paths = Pick<RunState, 'dataset' | 'recipe'>;

const renamedState = <T extends Paths>(state: T, runFolder: string, rename: Rename): T => ({
  ...state,
  dataset: state.dataset && rename(state.dataset, runFolder),
  recipe: state.recipe && renamedRecipe(state.recipe, runFolder, rename),
});

/** Conversion for the log, and back. */
export const storedEvent = (event: RunEvent, runFolder: string): RunEvent => renamedEvent(event, runFolder, storedPath);
export const locatedEvent = (event: RunEvent, runFolder: string): RunEvent =>
  renamedEvent(event, runFolder, locatedPath);

/** Conversion for run.json, and back. */
export const storedState = <T extends Paths>(state: T, runFolder: string): T =>
  renamedState(state, runFolder, storedPath);
export const locatedState = <T extends Paths>(state: T, runFolder: string): T =>
  renamedState(state, runFolder, locatedPath);

type RecordPaths = Pick<EvaluationRecord, 'model' | 'data'>;

const renamedRecord = <T extends RecordPaths>(record: T, folder: string, rename: Rename): T => ({
  ...record,
  model: record.model.kind === 'onnx' ? { ...record.model, file: rename(record.model.file, folder) } : record.model,
  data: { ...record.data, folder: rename(record.data.folder, folder) },
});

/** Conversion for record.json, and back. @param folder  folder of the record, absolute */
export const storedRecord = <T extends RecordPaths>(record: T, folder: string): T =>
  renamedRecord(record, folder, storedPath);
export const locatedRecord = <T extends RecordPaths>(record: T, folder: string): T =>
  renamedRecord(record, folder, locatedPath);
