// npm run strings: writes l10n/bundle.l10n.json, the table that a translation starts from (copy it to bundle.l10n.LANGUAGE.json and
// put the words on the right side). It holds the host's sentences, the panel's words, the sentences of problems and of explanations.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sentences } from '../runner/contracts/errors.ts';
import { layerWords, methodWords, remarkSentences, scoreWords } from '../runner/contracts/explanation.ts';
import { heatColorWords } from '../runner/contracts/heatMap.ts';
import { panelStrings } from '../webview/strings.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
export const stringsFile = join(root, 'l10n', 'bundle.l10n.json');

/** The file's text: English sentence -> the same, in order of the alphabet. */
export async function stringsText(): Promise<string> {
  const source = join(root, 'src');
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(join(source, name), 'utf8')));
  const own = texts.flatMap((text) => [...text.matchAll(call)].map(([, words]) => words!));
  const all = new Set([...own, ...Object.values(panelStrings), ...Object.values(sentences), ...explanationWords]);
  return `${JSON.stringify(Object.fromEntries([...all].sort().map((words) => [words, words])), null, 2)}\n`;
}

const explanationWords = [
  ...Object.values(methodWords).flatMap(({ name, meaning }) => [name, meaning]),
  ...[layerWords, scoreWords, heatColorWords, remarkSentences].flatMap((words) => Object.values<string>(words)),
];

/** t('…') and vscode.l10n.t('…'), also over a line's end. */
const call = /\bt\(\s*'([^'\\]+)'/g;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dirname(stringsFile), { recursive: true });
  await writeFile(stringsFile, await stringsText());
}
