// Notice on the drawings that the starter weights are learned from: every icon set with its authors, and the texts of their licences.
import { readFile } from 'node:fs/promises';
import { type Source, sources } from '../starter/sources.ts';

/** Addresses of licences that allow naming one instead of the text. */
const addresses: Readonly<Partial<Record<Source['licence'], string>>> = {
  'CC-BY-4.0': 'https://creativecommons.org/licenses/by/4.0/legalcode',
  'CC-BY-3.0': 'https://creativecommons.org/licenses/by/3.0/legalcode',
  'CC0-1.0': 'https://creativecommons.org/publicdomain/zero/1.0/legalcode',
};

/** Part of THIRD-PARTY-NOTICES.txt. */
export async function drawingsNotice(): Promise<string> {
  const used = [...new Set(sources.map(({ licence }) => licence))].sort();
  const texts = used.map(async (licence) => {
    const text = addresses[licence] ?? (await readFile(new URL(`${licence}.txt`, import.meta.url), 'utf8'));
    return `${'-'.repeat(80)}\n${licence}\n\n${text.trim()}\n`;
  });
  return `${'='.repeat(80)}
Drawings that the starter weights are learned from

The starter weights of Shoulders are the weights of a network that learned to recognize the drawings of the following icon sets. For that
purpose, the drawings were turned into pixels, distorted, recoloured, lit and placed on drawn backgrounds. Shoulders does not contain
the drawings. Their authors do not endorse Shoulders.

${sources.map(entry).join('\n')}
${(await Promise.all(texts)).join('\n')}`;
}

const entry = ({ name, version, title, licence, copyright, upstream }: Source): string =>
  `${title}, ${upstream} (as @iconify-json/${name} ${version})\n  ${copyright}\n  Licence: ${licence}\n`;
