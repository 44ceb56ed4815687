// Labels that a person gives a run: a star, a name, tags, a note. labels.json in the run folder; a run without the file has none.
import { z } from 'zod';

export const longestName = 120;
export const longestTag = 40;
export const mostTags = 30;
export const longestNote = 10_000;

const Name = z.string().transform(cleanName);

/**
 * Each field is parsed on its own; an invalid one counts as absent. Fields of later versions are kept, so that a change by this
 * version loses none of them.
 */
export const RunLabels = z.looseObject({
  starred: z.boolean().catch(false),
  /** null: the run is named after its dataset. */
  name: z.union([Name, z.null()]).catch(null),
  /** In the given order; no two differ by case alone. */
  tags: z
    .array(z.unknown())
    .catch([])
    .transform((tags) => cleanTags(tags.filter((tag) => typeof tag === 'string'))),
  note: z.string().transform(cleanNote).catch(''),
});
export type RunLabels = z.infer<typeof RunLabels>;

export const noLabels: RunLabels = Object.freeze({ starred: false, name: null, tags: [], note: '' });

/** Labels from any JSON. Never throws. */
export const labelsFrom = (json: unknown): RunLabels => RunLabels.safeParse(json).data ?? noLabels;

export function labelsFromText(text: string): RunLabels {
  try {
    return labelsFrom(JSON.parse(text));
  } catch {
    return noLabels; // not JSON: no labels
  }
}

/** One line, without characters that move or hide the text beside it. null: nothing is left. */
export function cleanName(text: string): string | null {
  return shortened(oneLine(text), longestName) || null;
}

export function cleanTags(tags: readonly string[]): string[] {
  const clean = tags.map((tag) => shortened(oneLine(tag.replaceAll(',', ' ')).replace(/^[#\s]+/, ''), longestTag));
  const first = new Map<string, string>();
  for (const tag of clean) if (tag !== '' && !first.has(tag.toLowerCase())) first.set(tag.toLowerCase(), tag);
  return [...first.values()].slice(0, mostTags);
}

/** Tags from typed text: "pilot, to show" are two tags, with or without a # before each. */
export const tagsFromText = (text: string): string[] => cleanTags(text.split(/[,\n]/));

export function cleanNote(text: string): string {
  return shortened(
    text
      .replace(/\r\n?|\u2028|\u2029/g, '\n')
      .replace(hidden, '')
      .trim(),
    longestNote,
  );
}

/** Control characters except line feed and tab, and those that change the direction of writing. */
const hidden = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const oneLine = (text: string): string =>
  text
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .replace(hidden, '')
    .trim();

/** Cuts at whole characters. */
const shortened = (text: string, length: number): string =>
  text.length <= length ? text : [...text].slice(0, length).join('').trim();
