// Words: every one of the host goes through t('…') in a form that scripts/strings.ts finds, and every shipped language has them all.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultsOf, translations } from '../../scripts/strings.ts';
import { editorSentences } from '../../shared/contracts/editorSentences.ts';
import { type ErrorCode, sentenceOf, sentences } from '../../shared/contracts/errors.ts';
import { filled } from '../../shared/filled.ts';
import { plainerWords } from '../support/plainerWords.ts';

const source = fileURLToPath(new URL('../../src/', import.meta.url));
const lines = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) =>
    readFileSync(join(source, name), 'utf8')
      .split('\n')
      .map((text, i) => ({ text: text.trim(), where: `src/${name}:${i + 1}` }))
      .filter(({ text }) => !/^(\/\/|\*|\/\*)/.test(text)),
  );

const found = (pattern: RegExp, but: RegExp = /^$/): string[] =>
  lines.filter(({ text }) => pattern.test(text) && !but.test(text)).map(({ text, where }) => `${where} ${text}`);

test('every t() call of the host passes one literal in single quotes, because the table is generated from those', () => {
  assert.deepEqual(found(/(?<![\w.])(vscode\.l10n\.)?t\(\s*(["`]|'[^']*\\|'[^']*'\s*\+)/), []);
  // Words from tables of their own.
  const tables =
    /t\(english\)|t\(editorSentences\[|t\((method|layer|score|heatColor|installable)Words[.[]|t\(remarkSentences\[|t\(message\)/;
  assert.deepEqual(found(/(?<![\w.])(vscode\.l10n\.)?t\(\s*[A-Za-z_[]/, tables), []);
});

/** vscode.l10n.t() does not support plurals: those use t() of showError.ts. */
test('no sentence with a plural goes through vscode.l10n.t() directly', () => {
  assert.deepEqual(found(/vscode\.l10n\.t\(.*\{\w+\|/), []);
});

/** Numbers that are never 1. */
const atLeastTwo = new Set([
  'Choose {0} to {1} runs',
  'Choose {fewest} to {most} runs to compare: {count} {count|is|are} chosen.',
  'The engine {0} is installed: {1} runs on the {2}.', // a verb
  'Compare {0} Runs',
  'Delete {0} runs ({1} MB)?', // one run is named
  'Grad-CAM: {0} images',
  'Move {0} images to "{1}"?',
  'Tags of {0} runs',
  'more than {count} images',
  '{0} images are in "{1}" now.',
  '{most} has {ratio} times as many images as {least}; always predicting {most} would be right for {percent} %.',
]);

test('a counted noun of the host agrees with its number', () => {
  const nouns =
    /\{\w+\} (?:\w+ )?(?:runs|images|epochs|stages|views|folders|times|files|rows|classes|warnings|patterns)\b(?!\/)/;
  const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(source, name), 'utf8').matchAll(/\bt\(\s*'([^'\\]+)'/g)])
    .map(([, words]) => words!);
  assert.deepEqual(
    texts.filter((words) => (nouns.test(words) && !atLeastTwo.has(words)) || /^1 /.test(words)),
    [],
  );
});

const counted: [
  sentence: keyof typeof sentences,
  params: Record<string, string | number>,
  english: RegExp,
  german: RegExp,
][] = [
  [
    'tooFewImages',
    { className: 'x', count: 1, needed: 3 },
    /has 1 usable image, too few/,
    /hat 1 brauchbares Bild, zu wenige/,
  ],
  [
    'tooFewImages',
    { className: 'x', count: 2, needed: 3 },
    /has 2 usable images, too few/,
    /hat 2 brauchbare Bilder, zu wenige/,
  ],
  [
    'depthExceeded',
    { count: 1, depth: 12 },
    /^1 of the 16-bit images contains values/,
    /^1 der 16-Bit-Bilder enthält Werte/,
  ],
  [
    'depthExceeded',
    { count: 7, depth: 12 },
    /^7 of the 16-bit images contain values/,
    /^7 der 16-Bit-Bilder enthalten Werte/,
  ],
  ['imagesSkipped', { count: 1 }, /^1 image could not be used and was/, /^1 Bild war nicht verwendbar und wurde/],
  ['trainedOn', { count: 1, total: 21 }, /^1 of these 21 images was used for training: on it/, /An ihm zeigt/],
  ['nearLeak', { count: 1, example: 'a.png' }, /^1 image looks almost the same as an image of/, /^1 Bild sieht fast/],
  ['nearLeak', { count: 3, example: 'a.png' }, /^3 images look almost the same as images of/, /^3 Bilder sehen fast/],
  ['smallSplit', { split: 'test', count: 1, step: 100 }, /has only 1 image: its/, /hat nur 1 Bild: Seine/],
];
const german = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../l10n/bundle.l10n.de.json', import.meta.url)), 'utf8'),
);
for (const [code, params, inEnglish, inGerman] of counted)
  test(`${code} of ${params.count} uses the right plural, in English and German`, () => {
    assert.match(sentenceOf(code, params), inEnglish);
    assert.match(filled(german[editorSentences[code]], params), inGerman);
  });

test('filled() ignores placeholders inside parameters, and keeps those without a parameter', () => {
  const name = '{count|a|b} {count}';
  assert.equal(
    filled('{name}: {count} {count|file|files}, {other} {other|x|y}', { name, count: 1 }),
    `${name}: 1 file, {other} {other|x|y}`,
  );
  assert.equal(filled('{count} {count|file|files}', { count: '1,000' }), '1,000 files');
});

test('a translation may choose plurals only by numbers of the English sentence', () => {
  const wrong = (german: string) =>
    faultsOf('de', { '{count} {count|a|b}': '{count} {count|a|b}' }, { '{count} {count|a|b}': german });
  assert.deepEqual(wrong('{count} {count|Bild|Bilder}, {count|es|sie}'), []);
  assert.equal(wrong('{count} {total|Bild|Bilder}').length, 1);
});

test('every literal shown to users goes through t(): titles, labels, messages', () => {
  const shown = '(title|placeHolder|prompt|label|description|detail|tooltip|openLabel|message|text)';
  // Names of formats are the same in every language.
  const names = /label: '(HTML|Markdown|CSV)'/;
  assert.deepEqual(found(new RegExp(`\\b${shown}\\s*[:=]\\s*['"\`][^'"\`$]*[A-Za-z]{3}`), names), []);
  assert.deepEqual(
    found(
      /(show(Information|Warning|Error)Message|setStatusBarMessage|createTreeView|withProgress)\(\s*(['"`][^'"`$]*[A-Z][a-z])/,
    ),
    [],
  );
});

for (const { language, faults } of await translations())
  test(`the language "${language}" translates every string, with the same placeholders (npm run strings lists what is missing)`, () => {
    assert.deepEqual(faults, []);
  });

test('faultsOf() finds missing and leftover strings, and placeholders that differ', () => {
  const words = { 'Stop {run}': 'Stop {run}', Go: 'Go', Open: '[Open](command:shoulders.openRun)' };
  assert.deepEqual(
    faultsOf('x', words, { 'Stop {run}': '{run} anhalten', Go: 'Los', Open: '[Auf](command:shoulders.openRun)' }),
    [],
  );
  assert.deepEqual(faultsOf('x', words, { 'Stop {run}': 'Halt {lauf}', Open: '[Auf](command:other)', Gone: 'Weg' }), [
    'x lacks: Go',
    'x has, and nobody asks for it: Gone',
    'x has other placeholders or links than the English words: Stop {run}',
    'x has other placeholders or links than the English words: Open',
  ]);
});

test('no English text shown to users contains a word that is not a term of the field', () => {
  const manifest = readFileSync(fileURLToPath(new URL('../../package.nls.json', import.meta.url)), 'utf8');
  const bundle = readFileSync(fileURLToPath(new URL('../../l10n/bundle.l10n.json', import.meta.url)), 'utf8');
  const tables = [manifest, bundle].flatMap((table) => Object.values<string>(JSON.parse(table)));
  const texts = [...tables, ...Object.values(sentences)];
  const odd = texts.flatMap((text) =>
    plainerWords.filter(([word]) => word.test(text)).map(([, plainer]) => `${text} (write: ${plainer})`),
  );
  assert.ok(texts.length > 900);
  assert.deepEqual(odd, []);
});

test('no sentence of the editor advises an option of the command line, and each has the placeholders of its original', () => {
  const placeholders = (text: string) =>
    [...new Set([...text.matchAll(/\{(\w+)[|}]/g)].map(([, name]) => name!))].sort();
  for (const [code, text] of Object.entries(editorSentences) as [ErrorCode, string][]) {
    // Commands to type are not options: npm's, and those of `shoulders` in backticks.
    for (const shown of [text, german[text]])
      assert.doesNotMatch(shown.replace(/`[^`]*`|npm \w+ --prefix/g, ''), /(^|[\s(])--[a-z]/, code);
    assert.deepEqual(placeholders(text), placeholders(sentences[code]), code);
  }
});
