// An invented language: every letter of our texts becomes fullwidth, so a word in plain letters was not translated.
import type { Translate } from '../../src/words/translate.ts';
import { english } from '../../src/words/translate.ts';

/** Names of placeholders stay. */
export const pseudo = (template: string): string =>
  template.replace(/\{\w+(?=[}|])|[A-Za-z]/g, (part) =>
    part.length > 1 ? part : String.fromCodePoint(part.codePointAt(0)! + 0xfee0),
  );

export const pseudoTranslate: Translate = (message, params = {}) => english(pseudo(message), params);

/** Words in plain letters that are not `data`: names and values from outside are the same in every language. */
export function escaped(texts: readonly string[], data: readonly string[]): string[] {
  const known = new Set(data.flatMap(wordsOf));
  return texts.filter((text) => wordsOf(text).some((word) => !known.has(word)));
}

const wordsOf = (text: string): string[] => text.match(/[A-Za-z]{2,}/g) ?? [];
