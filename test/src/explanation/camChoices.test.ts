import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  explanationLayers,
  explanationMethods,
  explanationScores,
  remarkText,
} from '../../../shared/contracts/explanation.ts';
import { heatColors } from '../../../shared/contracts/heatMap.ts';
import { camChoices, wordedRemark } from '../../../src/explanation/camChoices.ts';
import { english } from '../../../src/words/translate.ts';

test('camChoices() offers every layer, method, score and colour map, each with an explanation', () => {
  const { layers, methods, scores, colors } = camChoices(english);
  const ids = (choices: readonly { id: string }[]) => choices.map(({ id }) => id);
  assert.deepEqual(ids(layers), explanationLayers);
  assert.deepEqual(ids(methods), explanationMethods);
  assert.deepEqual(ids(scores), explanationScores);
  assert.deepEqual(ids(colors), heatColors);
  for (const { name, meaning } of [...layers, ...methods, ...scores, ...colors]) {
    assert.ok(name.length >= 3);
    assert.match(meaning, /^[A-Z].*\.$/);
  }
});

test("wordedRemark() matches the command line in English, and names the score in the editor's language", () => {
  const remark = { code: 'deletionFlat', params: { of: 'probability', full: '0.9', blurred: '0.8' } };
  assert.equal(wordedRemark(remark, english), remarkText(remark));
  const german = (text: string, params = {}) =>
    english(text === 'probability' ? 'die Wahrscheinlichkeit' : text, params);
  assert.match(wordedRemark(remark, german), /^The die Wahrscheinlichkeit hardly changes/);
  const unknown = { code: 'ofTheFuture', params: { of: 'probability' } };
  assert.equal(wordedRemark(unknown, english), remarkText(unknown));
});
