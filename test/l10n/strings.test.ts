// Words: every one of the host goes through t('…') in a form that scripts/strings.ts finds, and every shipped language has them all.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultsOf, translations } from '../../scripts/strings.ts';

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

test('every t() of the host has its words as one literal in single quotes, where the table is made from', () => {
  assert.deepEqual(found(/(?<![\w.])(vscode\.l10n\.)?t\(\s*(["`]|'[^']*\\|'[^']*'\s*\+)/), []);
  // Words that stand in a table of their own.
  const tables =
    /t\(english\)|t\(sentences\[|t\((method|layer|score|heatColor|installable)Words[.[]|t\(remarkSentences\[|t\(message, params\)/;
  assert.deepEqual(found(/(?<![\w.])(vscode\.l10n\.)?t\(\s*[A-Za-z_[]/, tables), []);
});

test('no literal that a person reads goes by t(): titles, labels, messages', () => {
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
  test(`the language "${language}" has words for everything, with the same placeholders (npm run strings tells what it lacks)`, () => {
    assert.deepEqual(faults, []);
  });

test('faultsOf() finds what is lacking, what is left over, and placeholders that differ', () => {
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
