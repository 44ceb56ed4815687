// Names that distinguish left from right: if they describe the images, a mirrored image has the wrong one.
import type { Dataset } from '../dataset.ts';

/** Words for the sides, one list per side, in the languages in which our users name folders. Single letters only on their own. */
const sides = [
  /^(?:left|links|linke[rs]?|gauche|izquierd[ao]|sinistr[ao]|esquerd[ao]|venstre|vänster|lewy|l)$/,
  /^(?:right|rechts|rechte[rs]?|droite?|derech[ao]|destr[ao]|direit[ao]|højre|höger|prawy|r)$/,
] as const;

/** Share of the file names that must name a side before they count: one "left" among many is an ordinary word. */
const notableShare = 0.2;

/** Classes that name a side, or the words for it in names of folders, or of files if many contain one; empty if none does. */
export function sidesIn({ classNames, images }: Pick<Dataset, 'classNames' | 'images'>): string[] {
  const telling = (names: readonly string[]) => names.filter((name) => sidesOf(name).some(Boolean));
  const classes = telling(classNames);
  if (bothSides(classes)) return classes.slice(0, mostNames);
  const paths = images.map(({ relativePath }) => relativePath.split('/'));
  const folders = telling([...new Set(paths.flatMap((path) => path.slice(0, -1)))]);
  if (bothSides(folders)) return wordsForSides(folders);
  const files = telling(paths.map((path) => path.at(-1)!));
  return files.length >= notableShare * paths.length && bothSides(files) ? wordsForSides(files) : [];
}

const mostNames = 4;

/** Only the words for sides: the rest of a name may be a patient's. */
const wordsForSides = (names: readonly string[]): string[] =>
  [...new Set(names.flatMap(wordsOf))].filter((word) => sides.some((side) => side.test(word))).slice(0, mostNames);

const bothSides = (names: readonly string[]): boolean =>
  sides.every((_, side) => names.some((name) => sidesOf(name)[side]));

const sidesOf = (name: string): boolean[] => {
  const words = wordsOf(name);
  return sides.map((side) => words.some((word) => side.test(word)));
};

const wordsOf = (name: string): string[] =>
  name
    .replace(/\.[^.]+$/, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
