// Problems of a run in the words of a panel: messages contain code and parameters, the host sends the translated sentences once.
import { editorSentences } from '../contracts/editorSentences.ts';
import { sentenceOf } from '../contracts/errors.ts';
import type { Problem } from '../contracts/events.ts';
import { filled } from '../filled.ts';
import { translated } from './strings.ts';

/** Key under which the host sends the translation of a sentence. */
export const sentenceKey = (code: string): string => `sentence.${code}`;

/** Every sentence under its key, in English. */
export const problemStrings: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(editorSentences).map(([code, english]) => [sentenceKey(code), english]),
);

/** In the language of the panel; a code of a newer version is shown with its parameters. */
export const problemText = ({ code, params }: Problem): string =>
  Object.hasOwn(problemStrings, sentenceKey(code))
    ? filled(translated(sentenceKey(code), problemStrings[sentenceKey(code)]!), params)
    : sentenceOf(code, params);
