// Which class of a model a folder stands for: by its name, never by its place in the alphabet.
import { UserError } from '../../../shared/contracts/errors.ts';
import { groupedBy } from '../../../shared/groupedBy.ts';

export interface ClassMapping {
  /** Folder name -> label of the model. */
  readonly labelOf: ReadonlyMap<string, number>;
  /** Folder names that are the class in other letters. */
  readonly normalised: readonly string[];
  /** Folder names that are no class. */
  readonly unknown: readonly string[];
}

/**
 * A folder that is called like a class is that class. One that differs in case, in how accents are stored, or in blanks, `-` and `_`
 * is it too, as long as only one class could be meant; else it is unknown.
 *
 * @param folders  names, each once
 * @throws UserError classesAmbiguous when two folders stand for one class
 */
export function mapClasses(dataset: string, folders: readonly string[], classNames: readonly string[]): ClassMapping {
  const byForm = groupedBy(classNames.keys(), (label) => formOf(classNames[label]!));
  const labelOf = new Map<string, number>();
  const normalised: string[] = [];
  const unknown: string[] = [];
  for (const folder of folders) {
    const same = classNames.indexOf(folder);
    const alike = byForm.get(formOf(folder)) ?? [];
    if (same >= 0) labelOf.set(folder, same);
    else if (alike.length === 1) {
      labelOf.set(folder, alike[0]!);
      normalised.push(folder);
    } else unknown.push(folder);
  }
  for (const [label, names] of groupedBy(labelOf.keys(), (folder) => labelOf.get(folder)!))
    if (names.length > 1)
      throw new UserError('classesAmbiguous', {
        folder: dataset,
        names: names.map((name) => `"${name}"`).join(' and '),
        className: classNames[label]!,
      });
  return { labelOf, normalised, unknown };
}

const formOf = (name: string): string =>
  name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '');
