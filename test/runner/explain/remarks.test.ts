import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLeftOut, remarksOf } from '../../../runner/explain/remarks.ts';
import { remarkText } from '../../../shared/contracts/explanation.ts';

const usual: Parameters<typeof remarksOf>[0] = {
  question: { of: 'probability', layer: 'layer4', method: 'grad-cam' },
  map: { values: new Float32Array(4), rawMaximum: 1, rawMinimum: 0 },
  className: 'cat',
  probability: 0.9,
  network: 'resnet18',
  medical: false,
};
const codesOf = (changed: Partial<typeof usual>) => remarksOf({ ...usual, ...changed }).map(({ code }) => code);
const empty = { values: new Float32Array(4), rawMaximum: 0, rawMinimum: 0 };

test('an ordinary map needs no remark; a medical recipe gets its own first', () => {
  assert.deepEqual(codesOf({}), []);
  assert.deepEqual(codesOf({ medical: true, map: empty }), ['notDiagnostic', 'nothingPositive']);
});

test('an empty map of a near-certain class is called faint, because its gradient has vanished', () => {
  assert.deepEqual(codesOf({ map: empty, probability: 1 - 1e-9 }), ['faintMap']);
  assert.deepEqual(codesOf({ probability: 1e-9 }), ['faintMap']);
  assert.deepEqual(codesOf({ probability: 1 - 1e-9, question: { ...usual.question, of: 'logit' } }), []);
  const [faint] = remarksOf({ ...usual, probability: 1 - 2e-8 });
  assert.match(remarkText(faint!), /of "cat" is 0\.99999998 and/); // not rounded to 1
});

test('a constant map is remarked upon, with and without evidence', () => {
  assert.deepEqual(codesOf({ map: { ...empty, rawMaximum: 2, rawMinimum: 2 } }), ['evenMap']);
  assert.deepEqual(codesOf({ map: empty }), ['nothingPositive']);
});

test('the check skips a map without a most important position, in one sentence, and covers all others', () => {
  const leftOut = (changed: Partial<typeof usual>) => {
    const reason = checkLeftOut({ ...usual, ...changed });
    return reason && remarkText(reason);
  };
  assert.equal(leftOut({}), null);
  assert.equal(leftOut({ probability: 1 - 1e-9 }), null); // faint, but with an order
  assert.match(leftOut({ map: empty })!, /^No check is possible: nothing at layer4 supports "cat"/);
  assert.match(
    leftOut({ map: { ...empty, rawMaximum: 2, rawMinimum: 2 } })!,
    /^No check is possible: all positions at layer4/,
  );
  assert.match(
    leftOut({ map: empty, probability: 1 })!,
    /^No check is possible: the probability of "cat" is 1 and .* logit/,
  );
});

test('methods that answer a different question, or the same one again, are remarked upon', () => {
  assert.deepEqual(codesOf({ question: { ...usual.question, method: 'eigen-cam' } }), ['classIgnored']);
  assert.deepEqual(codesOf({ question: { ...usual.question, method: 'hires-cam' } }), ['gradCamOnLayer4']);
  assert.deepEqual(codesOf({ question: { of: 'logit', layer: 'layer3', method: 'hires-cam' } }), []);
});
