import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  HeatMap,
  heatMapOf,
  mapValues,
  methodWords,
  type RemarkCode,
  remarkSentences,
  remarkText,
} from '../../../shared/contracts/explanation.ts';
import { assertProperty } from '../../support/property.ts';

test('heatMapOf() and mapValues() round-trip every bit, and HeatMap accepts the result', () => {
  assertProperty(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (height, width) => {
      const values = Float32Array.from({ length: height * width }, (_, i) => Math.fround((i * 0.618) % 1));
      const map = heatMapOf(values, height, width);
      assert.deepEqual(mapValues(HeatMap.parse(JSON.parse(JSON.stringify(map)))), values);
    }),
  );
});

test('the values of a HeatMap are little-endian float32', () => {
  assert.equal(heatMapOf(Float32Array.of(1), 1, 1).values, 'AACAPw==');
});

test('HeatMap refuses values that do not match its size', () => {
  const map = heatMapOf(new Float32Array(6), 2, 3);
  assert.equal(HeatMap.safeParse(map).success, true);
  for (const wrong of [
    { ...map, height: 3 },
    { ...map, values: '' },
    { ...map, values: 'AA' },
    { ...map, height: 0 },
  ])
    assert.equal(HeatMap.safeParse(wrong).success, false);
});

test('remarkText() fills in every parameter, and shows an unknown code', () => {
  for (const code of Object.keys(remarkSentences) as RemarkCode[]) {
    const names = [...remarkSentences[code].matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const text = remarkText({ code, params: Object.fromEntries(names.map((name) => [name, `<${name}>`])) });
    assert.doesNotMatch(text, /\{/);
    for (const name of names) assert.ok(text.includes(`<${name}>`));
  }
  assert.equal(remarkText({ code: 'later', params: { a: '1' } }), 'later: {"a":"1"}');
});

test('every method has its own sentence', () => {
  const meanings = Object.values(methodWords).map(({ meaning }) => meaning);
  assert.equal(new Set(meanings).size, meanings.length);
  for (const meaning of meanings) assert.match(meaning, /^[A-Z][^.]*\.$/);
});
