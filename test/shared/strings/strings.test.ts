import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { t, useStrings } from '../../../shared/strings/strings.ts';

afterEach(() => useStrings({}));

test('t() fills in parameters and keeps unknown placeholders', () => {
  assert.equal(t('epochOf', { epoch: 3, count: 15 }), 'epoch 3 of 15');
  assert.equal(t('epochOf', { epoch: 3 }), 'epoch 3 of {count}');
});

test("t() prefers the host's words and falls back to English", () => {
  useStrings({ epochOf: 'Epoche {epoch} von {count}' });
  assert.equal(t('epochOf', { epoch: 3, count: 15 }), 'Epoche 3 von 15');
  assert.equal(t('stop'), 'Stop');
});

test('t() ignores the prototype of the table', () => {
  useStrings(JSON.parse('{"__proto__": {"stop": "Halt"}}'));
  assert.equal(t('stop'), 'Stop');
});
