// From the names of drawings to classes: the same thing drawn in several styles and sets is one class. Pure.
import { type Source, type SourceKind, sources } from './sources.ts';
import { meaningless, signNames, signs, styles, synonyms, withheld } from './words.ts';

export interface Drawing {
  readonly source: string;
  readonly icon: string;
  /** Several colours of its own; otherwise a shape that the scene colours. */
  readonly coloured: boolean;
}

export interface NamedIcon {
  readonly name: string;
  /** Groups of the set, '' without. */
  readonly category: string;
}

export interface ClassOfDrawings {
  /** Lower case with hyphens, a valid folder name. */
  readonly name: string;
  readonly drawings: readonly Drawing[];
}

const tone = /-(?:(?:medium-)?(?:light|dark)|medium)(?:-skin-tone)?$/;
const people = /^(?:man|woman|person|people|men|women|male|female)-(?=.)/;
const clock = /^(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)-(?:o-?clock|thirty)$/;
const animalFace = /-(?:face|head)$/;

const isWithheld = (name: string): boolean => name.split('-').some((word) => withheld.has(word));
const isMeaningless = (name: string): boolean =>
  name.length < 3 || name.split('-').some((word) => meaningless.has(word) || /^\d+$/.test(word));
const skippedCategory =
  /flag|symbol|arrow|brand|logo|arrange|alpha|text|form|edit|developer|component|format|chart|constellation|shape|interface/i;

/** The name of an emoji without skin tone, and with men and women as people. `names` are all of its set. */
function emojiMeaning(name: string, names: ReadonlySet<string>): string {
  let base = name.replace(/-\d$/, '');
  const toned = base.replace(tone, '').replace(tone, '');
  if (toned !== base && (names.has(`${toned}-medium-dark-skin-tone`) || names.has(`${toned}-medium-dark`)))
    base = toned;
  if (clock.test(base)) return 'clock-face';
  if (base.startsWith('family-')) return 'family';
  if (/-skin-tone-blond-hair$/.test(base)) return 'blond-hair';
  return base.replace(/-facing-right$/, '').replace(people, '');
}

/** The name of an icon without its style. */
export function iconMeaning(name: string): string {
  let base = name.replace(/^i-(?=.)/, '');
  while (styles.test(base)) base = base.replace(styles, '');
  return base;
}

const compact = (name: string): string => name.replaceAll('-', '');

/** At most this many drawings of one class from one set, so that no style outweighs the others. */
const mostOfOneSet = { emoji: 3, unspaced: 3, coloured: 2, plain: 2 } as const;
const fewestSets = 3;
const fewestDrawings = 5;

/**
 * @param icons  of every source by its name, in any order
 * @returns classes in code-point order with drawings in the order of the sources
 */
export function classesOf(icons: ReadonlyMap<string, readonly NamedIcon[]>): ClassOfDrawings[] {
  const byClass = new Map<string, Drawing[]>();
  const put = (name: string, { name: from, kind }: Source, icon: string): void => {
    const drawings = byClass.get(name) ?? [];
    if (drawings.filter(({ source }) => source === from).length >= mostOfOneSet[kind]) return;
    drawings.push({ source: from, icon, coloured: kind !== 'plain' });
    byClass.set(name, drawings);
  };

  /** Calls with the names of every source that qualifies, short names first. */
  const visit = (
    kinds: readonly SourceKind[],
    each: (from: Source, name: string, names: ReadonlySet<string>) => void,
  ) => {
    for (const from of sources) {
      if (!kinds.includes(from.kind)) continue;
      const wanted = (icons.get(from.name) ?? [])
        .filter(({ name, category }) => !skippedCategory.test(category) && !isWithheld(name))
        .map(({ name }) => name);
      const names = new Set(wanted);
      for (const name of wanted.toSorted((a, b) => a.length - b.length)) each(from, name, names);
    }
  };

  const emoji = new Set<string>();
  visit(['emoji'], (from, name, names) => {
    const meaning = emojiMeaning(name, names);
    if (signNames.test(meaning) || signs.has(meaning)) return;
    emoji.add(meaning);
    put(meaning, from, name);
  });
  const byCompact = new Map([...emoji].map((name) => [compact(name), name]));
  visit(['unspaced', 'coloured', 'plain'], (from, name, names) => {
    const plain = iconMeaning(name);
    const candidates = [emojiMeaning(name, names), name, synonyms[plain] ?? plain, plain];
    const known = candidates.find((each) => emoji.has(each) || byCompact.has(compact(each)));
    if (known !== undefined) put(emoji.has(known) ? known : byCompact.get(compact(known))!, from, name);
    else if (from.kind !== 'unspaced' && !isMeaningless(plain)) put(plain, from, name);
  });
  // A face or head of an animal and its whole: one meaning.
  for (const [name, drawings] of byClass) {
    const whole = byClass.get(name.replace(animalFace, ''));
    if (!animalFace.test(name) || !whole) continue;
    for (const drawing of drawings) whole.push(drawing);
    byClass.delete(name);
  }
  return [...byClass]
    .map(([name, drawings]) => ({ name: name.replace(/[^a-z0-9-]/g, ''), drawings }))
    .filter(
      ({ drawings }) =>
        drawings.length >= fewestDrawings && new Set(drawings.map(({ source }) => source)).size >= fewestSets,
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
