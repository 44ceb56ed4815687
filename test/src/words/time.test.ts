import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText, whenText } from '../../../src/words/time.ts';
import { english } from '../../../src/words/translate.ts';

const now = new Date(2026, 10, 23, 12, 0);
const cases: [Date, string][] = [
  [new Date(2026, 10, 23, 9, 15), '09:15'],
  [new Date(2026, 10, 22, 9, 15), '22 Nov, 09:15'],
  [new Date(2025, 11, 31, 9, 15), '31 Dec 2025'],
];
for (const [when, text] of cases)
  test(`whenText() returns "${text}"`, () => assert.equal(whenText(when, now, 'en-GB'), text));

const durations: [number, string][] = [
  [400, '0 s'],
  [59_000, '59 s'],
  [90_000, '2 min'],
  [7_140_000, '119 min'],
  [9_000_000, '2 h 30 min'],
];
for (const [ms, text] of durations)
  test(`durationText() returns "${text}"`, () => assert.equal(durationText(ms, english), text));
