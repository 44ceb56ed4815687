import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { initialRunState } from '../../../../shared/contracts/runState.ts';
import { escapeMarkdown, tooltipMarkdown } from '../../../../src/runs/tree/tooltip.ts';
import { assertProperty } from '../../../support/property.ts';
import { rowContext, runOf } from '../../support/runs.ts';

const runId = '20261123-091500-pets-resnet18-1a2b';

const attacks = [
  '[Retry](command:workbench.action.terminal.new)',
  '<img src=x onerror=alert(1)>',
  '![x](https://example.org/pixel.png)',
  '$(trash) ~~gone~~ `code` **bold**',
  'https://example.org www.example.org a@example.org',
  'line\n\n# heading\u2028\n- list',
  '&lt;b&gt;',
];
for (const name of attacks)
  test(`tooltipMarkdown() shows the folder name ${JSON.stringify(name)} as text`, () => {
    const state = { ...initialRunState(runId), dataset: `/data/${name.replaceAll('/', '')}` };
    const text = tooltipMarkdown({ ...runOf(runId, []), state }, rowContext);
    assert.doesNotMatch(text, /[<>]/);
    assert.doesNotMatch(text, /(?<!\\)(\[|\]|\(|`|!|~|\$|@|#|:\/\/)/);
    assert.doesNotMatch(text, /www\.|\u2028/);
  });

test('escapeMarkdown() leaves no unescaped markup in any text, and loses no letter', () => {
  assertProperty(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const escaped = escapeMarkdown(text);
      assert.doesNotMatch(escaped.replace(/\\[^A-Za-z0-9\s]/gu, ''), /[<>\\`*_[\]()#!|~$@\n]/);
      const back = escaped
        .replace(/\\([^A-Za-z0-9\s])/gu, '$1')
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&amp;/g, '&');
      assert.equal(back, text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' '));
    }),
  );
});
