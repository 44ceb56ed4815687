// npm run strings: writes l10n/bundle.l10n.json, the template of translations (copy it to bundle.l10n.LANGUAGE.json and translate the
// right side). It contains the host's sentences, the panel's words, the sentences of problems and of explanations.
// Then lists what the shipped languages lack.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { editorSentences } from '../shared/contracts/editorSentences.ts';
import { layerWords, methodWords, remarkSentences, scoreWords } from '../shared/contracts/explanation.ts';
import { heatColorWords } from '../shared/contracts/heatMap.ts';
import { installableWords } from '../shared/contracts/install.ts';
import { placeholder } from '../shared/filled.ts';
import { panelStrings } from '../shared/strings/strings.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
export const stringsFile = join(root, 'l10n', 'bundle.l10n.json');

/** The file's text: English sentence -> the same, in alphabetical order. */
export async function stringsText(): Promise<string> {
  const source = join(root, 'src');
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(join(source, name), 'utf8')));
  const own = texts.flatMap((text) => [...text.matchAll(call)].map(([, words]) => words!));
  const all = new Set([
    ...own,
    ...Object.values(panelStrings),
    ...Object.values(editorSentences),
    ...explanationWords,
    ...engineWords,
  ]);
  return `${JSON.stringify(Object.fromEntries([...all].sort().map((words) => [words, words])), null, 2)}\n`;
}

const explanationWords = [
  ...Object.values(methodWords).flatMap(({ name, meaning }) => [name, meaning]),
  ...[layerWords, scoreWords, heatColorWords, remarkSentences].flatMap((words) => Object.values<string>(words)),
];

const engineWords = Object.values(installableWords).flatMap(({ title, needs }) => [title, needs]);

/** t('…') and vscode.l10n.t('…'), also across a line break. */
const call = /\bt\(\s*'([^'\\]+)'/g;

/** Requirements of a translation: every text of the two tables, with the same placeholders and commands. Files beside the English ones. */
export interface Translation {
  /** Language code of the editor: de, pt-br. */
  readonly language: string;
  readonly faults: readonly string[];
}

/** Checks every language that the project ships. */
export async function translations(): Promise<Translation[]> {
  const names = await readdir(join(root, 'l10n'));
  const languages = names.flatMap((name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? []);
  const bundle = JSON.parse(await stringsText()) as Table;
  const manifest = await tableIn('package.nls.json');
  return Promise.all(
    languages.map(async (language) => ({
      language,
      faults: [
        ...faultsOf(`l10n/bundle.l10n.${language}.json`, bundle, await tableIn(`l10n/bundle.l10n.${language}.json`)),
        ...faultsOf(`package.nls.${language}.json`, manifest, await tableIn(`package.nls.${language}.json`)),
      ],
    })),
  );
}

type Table = Readonly<Record<string, string>>;

const tableIn = async (file: string): Promise<Table> =>
  JSON.parse(await readFile(join(root, file), 'utf8').catch(() => '{}')) as Table; // not started: everything is missing

/** Untranslated keys, unused keys, and translations whose {placeholders} or (command:…) links differ from the English ones. */
export function faultsOf(file: string, english: Table, translated: Table): string[] {
  const own = Object.keys(translated);
  return [
    ...Object.keys(english)
      .filter((key) => !translated[key]?.trim())
      .map((key) => `${file} lacks: ${key}`),
    ...own.filter((key) => !Object.hasOwn(english, key)).map((key) => `${file} has, and nobody asks for it: ${key}`),
    ...own
      .filter((key) => Object.hasOwn(english, key) && !hasSameParts(english[key]!, translated[key]!))
      .map((key) => `${file} has other placeholders or links than the English words: ${key}`),
  ];
}

/** A language may choose words by any number in the English sentence. */
function hasSameParts(english: string, translated: string): boolean {
  const names = new Set(namesIn(english));
  return partsOf(english) === partsOf(translated) && namesIn(translated).every((name) => names.has(name));
}

const namesIn = (text: string): string[] => [...text.matchAll(placeholder)].map(([, name]) => name!);

const partsOf = (text: string): string =>
  (text.match(/\{\w+\}|\(command:[^)]+\)|\$\([\w~-]+\)/g) ?? []).sort().join(' ');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dirname(stringsFile), { recursive: true });
  await writeFile(stringsFile, await stringsText());
  for (const { faults } of await translations()) for (const fault of faults) console.log(fault);
}
