// Proposes a bundled recipe for a dataset from names alone.
import type { BundledName } from './recipeFiles.ts';

export interface DatasetNames {
  /** Names of the dataset folder and its parent. */
  readonly folderNames: readonly string[];
  readonly classNames: readonly string[];
  /** Some file names. */
  readonly fileNames: readonly string[];
}

const xray = /x[\s_-]?ray|radiograph|thorax|chest|\bcxr/i;
const lungs = /pneumonia|tubercul|covid|pneumothorax|effusion|cardiomegaly/i;
// Kermany's files: person12_virus_45.jpeg, NORMAL2-IM-0012-0001.jpeg
const kermany = /^(person\d+_|(NORMAL2-)?IM-\d+-)/;

/** `chest-xray` if the folder, the classes or most file names suggest it, else `photos`. */
export function proposeRecipe({ folderNames, classNames, fileNames }: DatasetNames): BundledName {
  const named =
    folderNames.some((name) => xray.test(name)) || classNames.some((name) => xray.test(name) || lungs.test(name));
  const filed = fileNames.filter((name) => kermany.test(name)).length;
  return named || (fileNames.length > 0 && filed > fileNames.length / 2) ? 'chest-xray' : 'photos';
}
