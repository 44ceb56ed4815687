// Match of folders to a model's classes: by name, never by position in the alphabet.
import { UserError } from '../../../shared/contracts/errors.ts';
import { groupedBy } from '../../../shared/groupedBy.ts';

export interface ClassMapping {
  /** Folder name -> label of the model. */
  readonly labelOf: ReadonlyMap<string, number>;
  /** Folder names that denote a class in another spelling. */
  readonly normalised: readonly string[];
  /** Folder names that denote no class. */
  readonly unknown: readonly string[];
}

/**
 * A folder with the name of a class is that class. One that differs in case, in the encoding of accents, or in blanks, `-` and `_`
 * is that class, too, if the match is unique; otherwise it is unknown.
 *
 * @param folders  distinct names
 * @throws UserError classesAmbiguous when two folders match one class
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
